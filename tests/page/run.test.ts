import {
  assumptionText,
  estimatePlan,
  measuredLength,
  planRows,
  planSentences,
  planWarnings,
} from "../../src/edit/page/model/plan_text";
import type { Plan, PlanLoad } from "../../src/edit/page/model/plan_text";
import { failing, progressOf, readRunLine, RUN_START, stageText } from "../../src/edit/page/model/run_lines";
import {
  capacitySentence,
  exitSentence,
  invalidAdvice,
  sizeText,
  thresholdValue,
  verdictSentence,
  verdictWord,
} from "../../src/edit/page/model/verdict";
import {
  changeText,
  compareSentence,
  failureShare,
  isBetter,
  isTooShort,
  lastResultOf,
  runsOf,
  statChange,
} from "../../src/edit/page/model/results";
import type { CompareStat, Comparison, ResultRow } from "../../src/edit/page/model/results";
import { equal, test } from "./check";

const load: PlanLoad = {
  scenario: null,
  kind: "users",
  text: "10 users for 1m",
  start_after_s: 0,
  warm_up_s: 0,
  grace_s: 30,
  iterations: null,
  total_iterations: null,
  max_users: null,
  peak: 10,
  total: 10,
  length_s: 60,
  shape: [{ begin_s: 0, end_s: 60, from: 10, to: 10 }],
};
const plan: Plan = {
  name: "Shop",
  target: "http://127.0.0.1",
  steps: 3,
  loads: [load],
  scenarios: [
    { name: "Shop", share: 1, requests_per_iteration: 2, pause_per_iteration_s: 0.96, loops_counted_once: false },
  ],
  estimate: {
    requests_per_iteration: 2,
    pause_per_iteration_s: 0.96,
    loops_counted_once: false,
    response_time_s: 0.02,
  },
  peak_users: 10,
  sockets: { concurrent: 10, limit: 1024 },
  hosts: ["127.0.0.1"],
  proxy: null,
  thresholds: [],
  data: [],
};
const nothing = { responseTime: null, bytes: null };

void test("the plan of users is estimated from pauses and response times", () => {
  const found = estimatePlan(plan, nothing);
  equal(
    [found.iterations, found.requests, found.peakPerSecond, found.peakUsers, found.length],
    [600, 1200, 20, 10, 60],
  );
  equal(planRows(plan, { responseTime: 0.02, bytes: 1000 }), [
    { name: "Requests", value: "1,200" },
    { name: "Iterations", value: "600" },
    { name: "Peak users", value: "10" },
    { name: "Peak per second", value: "20" },
    { name: "Received", value: "1.2 MB" },
    { name: "Duration", value: "1 min" },
  ]);
  equal(assumptionText(plan, nothing), "Estimated if responses take 20 ms.");
});

void test("the plan of arrivals follows Little's law", () => {
  const open: PlanLoad = { ...load, kind: "arrivals", max_users: 5 };
  const found = estimatePlan({ ...plan, loads: [open] }, nothing);
  equal([found.iterations, found.requests, found.peakPerSecond, found.peakUsers], [600, 1200, 20, 5]);
  equal(
    planWarnings({ ...plan, loads: [open] }, nothing).map((one) => one.title),
    ["Some arrivals will be dropped."],
  );
});

void test("loads that end after iterations, and loads of unknown length", () => {
  const few: PlanLoad = { ...load, iterations: 3, length_s: null, shape: [{ begin_s: 0, end_s: 0, from: 10, to: 10 }] };
  equal(estimatePlan({ ...plan, loads: [few] }, nothing).requests, 60);
  const search: PlanLoad = {
    ...load,
    kind: "capacity",
    peak: undefined,
    length_s: undefined,
    shape: undefined,
    capacity: { of: "arrivals", from: 10, to: 100, hold_s: 30 },
  };
  const found = estimatePlan({ ...plan, loads: [search] }, nothing);
  equal([found.requests, found.peakPerSecond], [null, 200]);
});

void test("a load starts later than the others", () => {
  const later: PlanLoad = { ...load, scenario: "Shop", start_after_s: 30, text: "5 users for 1m" };
  equal(estimatePlan({ ...plan, loads: [load, later] }, nothing).length, 90);
  equal(
    [
      measuredLength({ ...plan, loads: [load, { ...later, warm_up_s: 10 }] }),
      measuredLength({ ...plan, loads: [load, { ...load, length_s: null }] }),
    ],
    [80, null],
  );
  equal(planSentences({ ...plan, loads: [later] }), ["Shop: 5 users for 1m, starting after 30 s."]);
});

void test("warnings of the plan", () => {
  const hasty = { ...plan, scenarios: [{ ...plan.scenarios[0]!, pause_per_iteration_s: 0 }] };
  equal(planWarnings(plan, nothing), []);
  equal(
    planWarnings(hasty, nothing).map((one) => one.title),
    ["There is no think time."],
  );
  const data = {
    name: "people",
    file: "people.csv",
    rows: 3,
    needed: 10,
    per: "user",
    pick: "in_order",
    at_end: "stop_run",
  };
  equal(
    planWarnings({ ...plan, data: [data] }, nothing).map((one) => one.text),
    ["The load needs 10 rows, and the table has 3."],
  );
  equal(planWarnings({ ...plan, data: [{ ...data, at_end: "repeat" }] }, nothing), []);
  equal(
    planWarnings({ ...plan, sockets: { concurrent: 2000, limit: 1024 } }, nothing)[0]?.title,
    "This machine cannot open enough connections.",
  );
});

void test("lines of a run become its state", () => {
  const lines = [
    { event: "start", length_s: 10, stage: "load" },
    {
      event: "second",
      at_s: 0,
      length_s: 1,
      stage: "load",
      users: 4,
      started: 40,
      failed: 1,
      p50_ms: 1,
      p95_ms: 3,
      total: { started: 40, failed: 1, p50_ms: 1, p95_ms: 3 },
      thresholds: [{ check: "p95 < 2ms", value: 3, unit: "ms", pass: false }],
      steps: [{ scenario: "Shop", name: "Home", started: 40, failed: 1, p50_ms: 1, p95_ms: 3 }],
      failures: [{ step: "Home", class: "status", message: "status 500", count: 1 }],
    },
    { event: "unknown" },
    { event: "limited", text: "the load generator cannot keep up" },
    { event: "second", at_s: 1, length_s: 1, users: 4, started: 20, failed: 0 },
  ];
  const state = lines.reduce(readRunLine, RUN_START);
  equal([state.requests, state.failed, state.elapsed, progressOf(state)], [60, 1, 2, 0.2]);
  equal(
    state.seconds.map((one) => one.perSecond),
    [40, 20],
  );
  equal(state.failures, [{ step: "Home", message: "status 500", count: 1 }]);
  equal(
    failing(state).map((one) => one.check),
    ["p95 < 2ms"],
  );
  equal(state.limited, "the load generator cannot keep up");
  equal(readRunLine(state, { event: "limited", text: "it keeps up again", holds: true }).limited, "");
  equal(readRunLine(state, { event: "second", at_s: 2, length_s: 0.05, started: 1 }).seconds.length, 2);
  equal(readRunLine(state, { event: "stop", text: "a step requested it" }).stop, "a step requested it");
  equal(stageText(state), "Running");
  equal(readRunLine(state, { event: "level", text: "5/s passed" }).levels, ["5/s passed"]);
  const end = readRunLine(state, {
    event: "end",
    verdict: "fail",
    valid: true,
    reasons: [],
    requests: { started: 61, failed: 1 },
  });
  equal([end.end?.verdict, end.requests, progressOf(end)], ["fail", 61, 1]);
});

void test("the memory of a long run is bounded", () => {
  let state = RUN_START;
  for (let i = 0; i < 9000; i++) state = readRunLine(state, { event: "second", at_s: i, length_s: 1, started: 1 });
  equal(
    [state.seconds.length <= 7200, state.requests, state.seconds[state.seconds.length - 1]?.at],
    [true, 9000, 8999],
  );
});

void test("verdicts as text", () => {
  const limit = { check: "p95 < 300ms", value: 212.4, unit: "ms", pass: true };
  const rate = { check: "error_rate < 1%", value: 0.07, unit: "%", pass: true };
  const own = { check: "failed_iterations = 0 (default)", value: 0, unit: "", pass: true, default: true };
  equal(
    verdictSentence({ verdict: "pass" }, [limit, rate, own]),
    "All 3 limits passed: p95 was 212 ms (limit 300ms) and 0.07% failed (limit 1%).",
  );
  equal(
    verdictSentence({ verdict: "fail" }, [{ ...limit, value: 684, pass: false }]),
    "A limit failed: p95 was 684 ms (limit 300ms).",
  );
  equal(
    verdictSentence({ verdict: "pass", stopped_by: "SIGINT" }, [own]),
    "The run was stopped. No request failed until then.",
  );
  equal(
    verdictSentence({ verdict: "pass", stopped_by: "a threshold with abort" }, [own]),
    "The run was stopped by a threshold with abort. No request failed until then.",
  );
  equal(verdictWord({ verdict: "pass", valid: false }), { kind: "warn", word: "NOT VALID" });
  equal(verdictWord({ verdict: "fail", stopped_by: "SIGINT" }), { kind: "bad", word: "FAILED" });
  equal(verdictWord({ verdict: null }).word, "NO VERDICT");
  equal(
    [thresholdValue(limit), thresholdValue(rate), thresholdValue({ ...limit, value: null })],
    ["212 ms", "0.07%", "no data"],
  );
  equal(
    [
      capacitySentence({ find: "arrivals", value: 40, confirmed: true }),
      capacitySentence({ find: "users", value: 1, confirmed: false }),
      capacitySentence({ find: "users", value: null, confirmed: false }),
    ],
    [
      "The maximum is 40 new users per second.",
      "The maximum is 1 user, which passed only once.",
      "Not even the first load passed the limits.",
    ],
  );
  equal(exitSentence(3).title, "The server was not reached.");
  equal(exitSentence(-9).text, "Its process crashed or was killed.");
  equal(sizeText({ requests: 18392, duration_s: 480.2, users: 55 }), "18,392 requests in 8 min, up to 55 users");
  equal(invalidAdvice("the rows of 'people' ran out").startsWith("Add rows"), true);
});

void test("runs of a test are sorted, and their changes are described", () => {
  const row = (name: string, began: string, more = {}): ResultRow => ({ name, scenario: "Shop", began, ...more });
  const rows = [
    row("a", "2026-12-01T10:00:00Z", { users: 40, requests: 2000, p95_ms: 100 }),
    row("b", "2026-12-01T11:00:00Z", { users: 55, requests: 2000, failures: 20, p95_ms: 150 }),
    { ...row("c", "2026-12-01T12:00:00Z"), scenario: "Other" },
  ];
  equal(
    runsOf(rows, "Shop").map((one) => one.name),
    ["b", "a"],
  );
  equal([lastResultOf(rows, "Shop")?.name, lastResultOf(rows, "None")], ["b", null]);
  equal(changeText(rows[1]!, rows[0]), "peak users 40 → 55, p95 +50%");
  equal(changeText(rows[0]!, undefined), "first run");
  equal([failureShare(rows[1]!), failureShare(rows[2]!)], [0.01, null]);
});

void test("comparisons as text", () => {
  const stat = (more: Partial<CompareStat>): CompareStat => ({
    known: true,
    a: 100,
    b: 112,
    change: 0.12,
    least: 0.05,
    real: true,
    regression: true,
    ...more,
  });
  equal(
    [statChange(stat({})), statChange(stat({ change: -0.031 })), statChange(stat({ change: 0 }))],
    ["+12%", "−3%", "no change"],
  );
  equal([statChange(stat({ change: null })), statChange(stat({ known: false }))], ["from 0", ""]);
  equal([isBetter("p95", stat({})), isBetter("throughput", stat({}))], [false, true]);
  const line = {
    scenario: "",
    name: "",
    samples: [1, 1] as [number, number],
    p50: stat({}),
    p95: stat({}),
    p99: stat({}),
  };
  const found: Comparison = {
    verdict: "regression",
    regressions: 2,
    real: 2,
    allow: 0.05,
    too_short: false,
    sides: [],
    lines: [{ ...line, error_rate: stat({}), throughput: stat({}) }],
  };
  equal(compareSentence(found), "2 values became worse by more than 5%.");
  equal(
    compareSentence({ ...found, regressions: 0, real: 0 }),
    "No real change: the differences are within the noise.",
  );
  equal(
    compareSentence({ ...found, regressions: 0, real: 0, too_few: true }),
    "Too few requests: p95 needs at least 200 in each run.",
  );
  equal(isTooShort({ ...found, lines: [] }), true);
});
