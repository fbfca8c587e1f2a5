/*
 * Limits: the thresholds of a file as sentences with one value to change, and proposals from the
 * figures of a try or of an earlier run. A threshold is what must be true; the sentence says when the
 * test fails, which is the opposite.
 */
import { parseDuration, parseShare, timeText } from "./quantity";
import { childOf, textOf } from "./tree";
import type { Json, TreeNode } from "./tree";

export interface Threshold {
  /** Empty: the response time. */
  metric: string;
  stat: string;
  /** The name of a step, group or scenario; empty: all requests. */
  of: string;
  op: string;
  value: string;
  /** Seconds of the modifiers, as written; empty if they are missing. */
  lasting: string;
  after: string;
}

/** Metric, statistic, name in quotes or without, comparison, value with modifiers. */
const SHORT = new RegExp(
  [
    String.raw`^\s*(?:([a-z_]+)\s+)?(p\d+(?:\.\d+)?|[a-z_]+)\s*`,
    String.raw`(?:of\s+(?:"((?:[^"\\]|\\.)*)"|([^<>=!"]+?))\s*)?`,
    String.raw`(<=|>=|==|!=|=|<|>)\s*(.+?)\s*$`,
  ].join(""),
);

/** Reads the short form; null if it is not one that the page knows. */
export function parseThreshold(text: string): Threshold | null {
  const match = SHORT.exec(text);
  if (!match) return null;
  let value = match[6]!;
  let lasting = "";
  let after = "";
  for (let found; (found = /^(.+?)\s+(for|after)\s+(\S+)$/.exec(value));) {
    if (found[2] === "for") lasting = found[3]!;
    else after = found[3]!;
    value = found[1]!;
  }
  return {
    metric: match[1] ?? "",
    stat: match[2]!,
    of: match[3]?.replace(/\\(.)/g, "$1") ?? match[4] ?? "",
    op: match[5] === "=" ? "==" : match[5]!,
    value,
    lasting,
    after,
  };
}

export function thresholdText(limit: Threshold): string {
  const of = limit.of ? ` of "${limit.of.replace(/(["\\])/g, "\\$1")}"` : "";
  const modifiers = (limit.lasting ? ` for ${limit.lasting}` : "") + (limit.after ? ` after ${limit.after}` : "");
  return `${limit.metric ? limit.metric + " " : ""}${limit.stat}${of} ${limit.op} ${limit.value}${modifiers}`;
}

/* ---- sentences */

/** "[before] <value> [after]", with the value as a field. */
export interface LimitSentence {
  before: string;
  after: string;
}

const METRIC_WORDS: { [metric: string]: string } = {
  response_time: "response time",
  wait: "wait for the first byte",
  receive: "time to receive a response",
  first_event: "time to the first event",
  first_output: "time to the first output",
  event_gap: "time between events",
  dns: "name lookup",
  connect: "TCP connect",
  tls: "TLS handshake",
  handshake: "WebSocket handshake",
  message: "wait for a message",
  iteration: "iteration time",
};

const COUNT_WORDS: { [stat: string]: string } = {
  requests: "requests",
  iterations: "completed iterations",
  failures: "failed requests",
  failed_iterations: "failed iterations",
  expect_failures: "failed assertions",
  dropped: "dropped arrivals",
  requests_per_second: "requests per second",
  outputs_per_second: "outputs per second",
};

/** When a value beside the limit makes the test fail: the opposite of each comparison. */
const FAILS_WHEN: { [op: string]: [string, string] } = {
  "<": ["", "or more"],
  "<=": ["more than", ""],
  ">": ["", "or less"],
  ">=": ["less than", ""],
  "==": ["other than", ""],
  "!=": ["exactly", ""],
};

function sentenceOfTime(limit: Threshold, of: string): LimitSentence | null {
  const [pre, post] = FAILS_WHEN[limit.op]!;
  const percent = /^p(\d+(?:\.\d+)?)$/.exec(limit.stat)?.[1];
  const plain = !limit.metric || limit.metric === "response_time";
  const metric = METRIC_WORDS[limit.metric || "response_time"];
  const slow = limit.op.startsWith("<");
  if (!metric) return null;
  if (percent && plain && slow && Number(percent) !== 50) {
    const share = Number((100 - Number(percent)).toPrecision(6));
    const responses = `${share}% or more of the responses${of} take`;
    return limit.op === "<"
      ? { before: responses, after: "or longer" }
      : { before: `${responses} longer than`, after: "" };
  }
  const stat = percent === "50" ? "median" : percent ? `${percent}th percentile of the` : STAT_WORDS[limit.stat];
  if (!stat) return null;
  return { before: join(`the ${stat} ${metric}${of} is`, pre), after: post };
}

const STAT_WORDS: { [stat: string]: string } = { mean: "mean", min: "shortest", max: "longest" };

function join(...parts: string[]): string {
  return parts.filter(Boolean).join(" ");
}

/** The sentence after "The test fails when …"; null: the text of the threshold is shown. */
export function sentenceOf(limit: Threshold): LimitSentence | null {
  const of = limit.of ? ` of “${limit.of}”` : "";
  const fails = FAILS_WHEN[limit.op];
  if (!fails) return null;
  if (limit.stat === "error_rate") {
    const requests = limit.of ? `of the requests${of} fail` : "of the requests fail";
    return { before: fails[0], after: join(fails[1], requests) };
  }
  if (limit.stat === "failed_iterations" && limit.value.endsWith("%")) {
    return { before: fails[0], after: join(fails[1], "of the iterations fail") };
  }
  const count = COUNT_WORDS[limit.stat];
  if (count)
    return {
      before: join(`the number of ${count}${of} is`, fails[0]).replace(/^the number of (\w+ per)/, "the $1"),
      after: fails[1],
    };
  return sentenceOfTime(limit, of);
}

/** The sentence as a text, for names and tooltips. */
export function sentenceText(limit: Threshold): string {
  const sentence = sentenceOf(limit);
  return sentence ? join(sentence.before, limit.value, sentence.after) : `not ${thresholdText(limit)}`;
}

/** The form of the value of a statistic: a test of the text, and the end of the message. */
function valueForm(stat: string): [(text: string) => boolean, string] {
  if (isTimeStat(stat)) return [(text) => parseDuration(text) !== null, "a duration; write 300ms or 2s"];
  if (stat === "error_rate") return [(text) => parseShare(text) !== null, "a percentage; write 1%"];
  if (stat.endsWith("_per_second")) return [(text) => /^\d+(\.\d+)?\s*\/\s*[smh]$/.test(text), "a rate; write 20/s"];
  if (stat === "failed_iterations") return [(text) => /^\d+(\.\d+)?\s*%?$/.test(text), "a number or a percentage"];
  return [(text) => /^\d+(\.\d+)?$/.test(text), "a number"];
}

/** Why the value does not have the right form for the statistic; empty if it has. */
export function valueError(limit: Threshold, value: string): string {
  const text = value.trim();
  const [isRight, expected] = valueForm(limit.stat);
  return text.includes("${") || isRight(text) ? "" : `‘${text}’ is not ${expected}`;
}

function isTimeStat(stat: string): boolean {
  return /^(p\d|mean$|min$|max$)/.test(stat);
}

/* ---- the limits of a file */

export interface Limit {
  /** "/thresholds/0" */
  path: string;
  text: string;
  /** The text is the member `check` of a mapping. */
  long: boolean;
  parsed: Threshold | null;
  abort: boolean;
}

/** The thresholds of a list; NODE is undefined if there is none. */
export function limitsOf(node: TreeNode | undefined, path: string): Limit[] {
  const items = node?.kind === "list" ? node.items : node && textOf(node) !== "" ? [node] : [];
  return items.map((item, i) => {
    const long = item.kind === "map";
    const text = (long ? textOf(childOf(item, "check")) : textOf(item)) ?? "";
    const parsed = parseThreshold(text);
    if (parsed && long) addKeys(parsed, item);
    return {
      path: node?.kind === "list" ? `${path}/${i}` : path,
      text,
      long,
      parsed,
      abort: isYes(textOf(childOf(item, "abort"))),
    };
  });
}

function addKeys(parsed: Threshold, item: TreeNode): void {
  const keys: [string, keyof Threshold][] = [
    ["metric", "metric"],
    ["step", "of"],
    ["group", "of"],
    ["scenario", "of"],
    ["for", "lasting"],
    ["after", "after"],
  ];
  for (const [key, member] of keys) {
    const text = textOf(childOf(item, key));
    if (text) parsed[member] = text;
  }
}

function isYes(text: string | undefined): boolean {
  return text === "yes" || text === "true" || text === "on";
}

/** The value of a new threshold in a file. */
export function limitValue(limit: Threshold, abort: boolean): Json {
  return abort ? { check: thresholdText(limit), abort: true } : thresholdText(limit);
}

/** Whether a failed request of any step, at any time, is covered by a limit of the file. */
export function coversFailures(limits: readonly Limit[]): boolean {
  const covers = (limit: Threshold) => !limit.of && !limit.lasting && ["error_rate", "failures"].includes(limit.stat);
  return limits.some(({ parsed }) => parsed && covers(parsed));
}

/* ---- proposals */

/** Response times of a try or an earlier run, in milliseconds. */
export interface Measured {
  source: "try" | "run";
  /** How many requests were measured. */
  requests: number;
  /** All requests: the maximum of a try, the 95th percentile of a run. */
  all: number | null;
  steps: { name: string; ms: number }[];
}

export interface Proposal {
  limit: Threshold;
  /** The run ends when it is not met. */
  abort: boolean;
  /** "in the try: 96 ms"; "proposed" if nothing was measured. */
  note: string;
  /** Whether the proposal is important enough to be added with the button "Add the proposed limits". */
  main: boolean;
}

function proposed(stat: string, value: string, of = ""): Threshold {
  return { metric: "", stat, of, op: "<", value, lasting: "", after: "" };
}

/** A round time above MS: one of 100, 200, 300, 500, 800, 1000 and their multiples; at least 100 ms. */
export function roundLimit(ms: number): string {
  const steps = [1, 1.5, 2, 3, 5, 8, 10];
  const power = 10 ** Math.floor(Math.log10(Math.max(ms, 100)) + 1e-9);
  const value = Math.round((steps.find((step) => step * power >= Math.max(ms, 100) - 1e-6) ?? 10) * power);
  return value >= 1000 ? `${value / 1000}s` : `${value}ms`;
}

/** Few responses say little about many users, so they get more room. */
const MANY_REQUESTS = 100;

/** How many times the measured time a proposal is, and the shortest time that is proposed, in milliseconds. */
function roomOf({ source, requests }: Measured): { times: number; least: number } {
  return source === "run" && requests >= MANY_REQUESTS ? { times: 2, least: 300 } : { times: 5, least: 500 };
}

/** How the proposed times were found; empty if nothing was measured. */
export function proposalReason(measured: Measured | null): string {
  if (!measured?.all) return "";
  const { times, least } = roomOf(measured);
  const base = measured.source === "run" ? "the p95 of the last run" : "the longest response of the last try";
  const why = times > 2 ? ", because a server with many users responds more slowly" : "";
  return `Proposed times are at least ${times} times ${base}, and at least ${least} ms${why}.`;
}

/** Limits that the file should have, without those that it has. */
export function proposeLimits(limits: readonly Limit[], measured: Measured | null): Proposal[] {
  const list: Proposal[] = [];
  const { times, least } = measured ? roomOf(measured) : { times: 0, least: 0 };
  const roomy = (ms: number, more = 1) => roundLimit(Math.max(ms * times, least) * more);
  const where = measured?.source === "run" ? "in the last run" : "in the last try";
  if (!coversFailures(limits))
    list.push({ limit: proposed("error_rate", "1%"), abort: false, note: "proposed", main: true });
  if (!limits.some(({ parsed }) => parsed && !parsed.of && isTimeStat(parsed.stat))) {
    const value = measured?.all ? roomy(measured.all) : "1s";
    const note = measured?.all ? `${where}: ${timeText(measured.all)}` : "proposed";
    list.push({ limit: proposed("p95", value), abort: false, note, main: true });
  }
  const slowest = [...(measured?.steps ?? [])].sort((a, b) => b.ms - a.ms)[0];
  if (slowest && (measured?.steps.length ?? 0) > 1 && !limits.some(({ parsed }) => parsed?.of === slowest.name)) {
    const value = roomy(slowest.ms, 1.5);
    const note = `${where}: ${timeText(slowest.ms)}`;
    list.push({ limit: proposed("p99", value, slowest.name), abort: false, note, main: false });
  }
  if (!limits.some((one) => one.abort)) {
    const limit = { ...proposed("error_rate", "50%"), lasting: "30s" };
    list.push({ limit, abort: true, note: "spares the server", main: false });
  }
  return list;
}
