import {
  coversFailures,
  limitsOf,
  limitValue,
  parseThreshold,
  proposalReason,
  proposeLimits,
  roundLimit,
  sentenceText,
  thresholdText,
  valueError,
} from "../../src/edit/page/model/limits";
import { equal, test } from "./check";
import { tree } from "./trees";

void test("thresholds are read and written", () => {
  for (const text of [
    "p95 < 300ms",
    'p99.9 of "Log in" <= 1s',
    "error_rate < 1%",
    "wait p95 < 200ms",
    "error_rate < 20% for 10s",
    "p95 < 300ms for 5s after 30s",
    "requests_per_second > 100/s",
    'p95 of "a \\"b\\"" < 1s',
    "failures == 0",
  ])
    equal(thresholdText(parseThreshold(text)!), text);
  equal(parseThreshold("p95 of Search < 1s")?.of, "Search");
  equal(parseThreshold("p95"), null);
});

void test("the sentence says when the test fails", () => {
  const words = (text: string) => sentenceText(parseThreshold(text)!);
  equal(words("p95 < 300ms"), "5% or more of the responses take 300ms or longer");
  equal(words('p99.9 of "Pay" <= 1s'), "0.1% or more of the responses of “Pay” take longer than 1s");
  equal(words("error_rate < 1%"), "1% or more of the requests fail");
  equal(words("error_rate <= 1%"), "more than 1% of the requests fail");
  equal(words("failures == 0"), "the number of failed requests is other than 0");
  equal(words("requests_per_second > 100/s"), "the requests per second is 100/s or less");
  equal(words("mean < 200ms"), "the mean response time is 200ms or more");
  equal(words("p50 < 200ms"), "the median response time is 200ms or more");
  equal(words("wait p95 < 200ms"), "the 95th percentile of the wait for the first byte is 200ms or more");
});

void test("a wrong value has a reason", () => {
  equal(valueError(parseThreshold("p95 < 1s")!, "300"), "‘300’ is not a duration; write 300ms or 2s");
  equal(valueError(parseThreshold("error_rate < 1%")!, "2"), "‘2’ is not a percentage; write 1%");
  equal(valueError(parseThreshold("p95 < 1s")!, "${limit}"), "");
  equal(valueError(parseThreshold("failures < 1")!, "10"), "");
});

void test("long forms are read with their keys", () => {
  const limits = limitsOf(tree(["p95 < 1s", { check: "p99 < 2s", step: "Pay", abort: "yes" }]), "/thresholds");
  equal(
    limits.map((one) => [one.path, one.long, one.abort, one.parsed?.of]),
    [
      ["/thresholds/0", false, false, ""],
      ["/thresholds/1", true, true, "Pay"],
    ],
  );
  equal(limitValue(limits[1]!.parsed!, true), { check: 'p99 of "Pay" < 2s', abort: true });
  equal(limitsOf(tree("error_rate < 1%"), "/thresholds")[0]?.path, "/thresholds");
  equal(limitsOf(undefined, "/thresholds"), []);
});

void test("limits of failures cover all requests only without a name", () => {
  equal(coversFailures(limitsOf(tree(["error_rate < 1%"]), "")), true);
  equal(coversFailures(limitsOf(tree(['failures of "Pay" < 1', "p95 < 1s"]), "")), false);
});

void test("limits are proposed from a try, with round values", () => {
  equal([7, 96, 300, 301, 1200, 4500].map(roundLimit), ["100ms", "100ms", "300ms", "500ms", "1.5s", "5s"]);
  const measured = {
    source: "try" as const,
    requests: 2,
    all: 96,
    steps: [
      { name: "Search", ms: 40 },
      { name: "Pay", ms: 96 },
    ],
  };
  const found = proposeLimits([], measured);
  equal(
    found.map((one) => [thresholdText(one.limit), one.note, one.main]),
    [
      ["error_rate < 1%", "proposed", true],
      ["p95 < 500ms", "in the last try: 96 ms", true],
      ['p99 of "Pay" < 800ms', "in the last try: 96 ms", false],
      ["error_rate < 50% for 30s", "spares the server", false],
    ],
  );
  equal(
    proposalReason(measured),
    "Proposed times are at least 5 times the longest response of the last try, and at least 500 ms, " +
      "because a server with many users responds more slowly.",
  );
  const abort = { check: "error_rate < 50%", for: "30s", abort: true };
  equal(proposeLimits(limitsOf(tree(["error_rate < 1%", "p95 < 1s", abort]), ""), null), []);
  equal(proposeLimits(limitsOf(tree(["p95 < 1s", abort]), ""), null).length, 1);
  equal(
    proposeLimits([], null).map((one) => thresholdText(one.limit)),
    ["error_rate < 1%", "p95 < 1s", "error_rate < 50% for 30s"],
  );
});

void test("the proposals of a run have less room, if it had many requests", () => {
  const p95 = (all: number, requests: number) =>
    thresholdText(proposeLimits([], { source: "run", requests, all, steps: [] })[1]!.limit);
  equal(
    [p95(240, 1000), p95(240, 20), p95(5, 1000), p95(5, 20)],
    ["p95 < 500ms", "p95 < 1.5s", "p95 < 300ms", "p95 < 500ms"],
  );
  equal(proposalReason(null), "");
});
