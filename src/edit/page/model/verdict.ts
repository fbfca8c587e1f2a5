/*
 * The result of a run as text: verdict, reasons, and what to do. The same for a run that has just
 * ended (the line `end`) and for a result folder (its summary).
 */
import { parseThreshold } from "./limits";
import { countOf, countText, lengthText, numberText, shareText, timeText } from "./quantity";

export interface ThresholdResult {
  check: string;
  metric?: string;
  value: number | null;
  unit: string;
  pass: boolean;
  default?: boolean;
  failed_by_request?: number;
}

export type VerdictKind = "good" | "bad" | "warn" | "none";

export interface VerdictWord {
  kind: VerdictKind;
  word: string;
}

export interface Outcome {
  verdict: string | null;
  valid?: boolean | null;
  stopped_by?: string | null;
  partial?: boolean | null;
}

/** The word of the badge. A run that was stopped has no other verdict unless a threshold failed. */
export function verdictWord(outcome: Outcome): VerdictWord {
  if (outcome.verdict === "fail" || outcome.verdict === "failed") return { kind: "bad", word: "FAILED" };
  if (outcome.verdict === "no_data") return { kind: "bad", word: "NO DATA" };
  if (outcome.stopped_by) return { kind: "none", word: "STOPPED" };
  if (outcome.verdict !== "pass" && outcome.verdict !== "passed") return { kind: "none", word: "NO VERDICT" };
  if (outcome.valid === false) return { kind: "warn", word: "NOT VALID" };
  return { kind: "good", word: "PASSED" };
}

/** A value of a threshold: "212 ms", "0.07%", "58.3/s", "12". */
export function thresholdValue(result: ThresholdResult): string {
  if (result.value === null) return "no data";
  if (result.unit === "ms") return timeText(result.value);
  if (result.unit === "%") return shareText(result.value / 100);
  return result.unit === "/s" ? `${numberText(result.value)}/s` : numberText(result.value);
}

/** "p95 < 300ms" without the note that the program adds to its own limits. */
export function checkText(check: string): string {
  return check.replace(/ \(default\)$/, "");
}

/** "p95 was 212 ms (limit 300ms)", "0.07% failed (limit 1%)" */
function resultText(result: ThresholdResult): string {
  const value = thresholdValue(result);
  const limit = parseThreshold(checkText(result.check));
  if (!limit) return `${checkText(result.check)} was ${value}`;
  const of = limit.of ? ` of “${limit.of}”` : "";
  const none = result.value === null;
  const atLeast = limit.op.startsWith(">") ? "at least " : "";
  if (limit.stat === "error_rate" && !none) return `${value}${of} failed (limit ${limit.value})`;
  const name = `${limit.metric} ${limit.stat}${of}`.trim();
  return `${name} ${none ? "has no data" : `was ${value}`} (limit ${atLeast}${limit.value})`;
}

function listOf(parts: string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}

/** The most important sentence of a result. */
export function verdictSentence(outcome: Outcome, thresholds: readonly ThresholdResult[]): string {
  const failed = thresholds.filter((one) => !one.pass);
  const { word } = verdictWord(outcome);
  if (word === "NO DATA") return "No request got the expected response, so nothing was measured.";
  if (failed.length) {
    const parts = failed.slice(0, 2).map(resultText);
    const more = failed.length > 2 ? `, and ${countOf(failed.length - 2, "other limit")}` : "";
    const limits = failed.length === 1 ? "A limit failed" : `${countText(failed.length)} limits failed`;
    return `${limits}: ${listOf(parts)}${more}.${outcome.stopped_by ? ` ${stoppedText(outcome.stopped_by)}` : ""}`;
  }
  if (word === "FAILED") return "The run failed.";
  if (word === "NO VERDICT") return "The run did not end, so it has no verdict.";
  const own = thresholds.filter((one) => !one.default);
  const all = ["", "The", "Both"][thresholds.length] ?? `All ${countText(thresholds.length)}`;
  const passed = own.length ? `${all} ${thresholds.length === 1 ? "limit" : "limits"} passed` : "No request failed";
  if (word === "STOPPED") return `${stoppedText(outcome.stopped_by)} ${passed} until then.`;
  const numbers = own.slice(0, 2).map(resultText);
  return numbers.length ? `${passed}: ${listOf(numbers)}.` : `${passed}.`;
}

/** Who or what stopped a run; the signals are those of the button and of Ctrl-C. */
function stoppedText(stoppedBy: string | null | undefined): string {
  const known = !stoppedBy || /^(SIG[A-Z]+|you)$/.test(stoppedBy);
  return `The run was stopped${known ? "" : ` by ${stoppedBy}`}.`;
}

/** The result of a search for the maximum, in a summary. */
export interface Capacity {
  find: "users" | "arrivals";
  value: number | null;
  confirmed: boolean;
}

export function capacitySentence(found: Capacity): string {
  if (found.value === null || found.value <= 0) return "Not even the first load passed the limits.";
  const size =
    found.find === "users" ? countOf(found.value, "user") : `${numberText(found.value)} new users per second`;
  return `The maximum is ${size}${found.confirmed ? "" : ", which passed only once"}.`;
}

/** Why a result is not valid: a heading and what to do, for the reasons that the program gives. */
export function invalidAdvice(reason: string): string {
  if (/could not keep up|schedule lag|cpu|core/i.test(reason)) {
    return "This machine was too slow or too busy. " + "Close other programs, lower the load, or use a larger machine.";
  }
  if (/row|data/i.test(reason))
    return "Add rows to the data, or let the users start again from the first row (tab Data).";
  if (/open files|ulimit|files/i.test(reason)) return "Increase the limit of open files: see ‘reprise doctor’.";
  if (/port/i.test(reason)) return "Use several machines.";
  if (/sample|expected response/i.test(reason)) return "Try the test once to see why the responses are refused.";
  return "Repeat the run.";
}

/** The meaning of an exit status of the child process, for a run without a result. */
export function exitSentence(exit: number | null | undefined): { title: string; text: string } {
  switch (exit) {
    case 2:
      return { title: "The run did not start.", text: "The test has an error. Nothing was sent." };
    case 3:
      return {
        title: "The server was not reached.",
        text: "Check that the server is running, and that its address is right.",
      };
    case 137:
      return {
        title: "The run was killed.",
        text: "The system ended it, probably because the memory was full.",
      };
    default:
      return {
        title: "The run ended unexpectedly.",
        text:
          exit === null || exit === undefined || exit < 0 || exit > 128
            ? "Its process crashed or was killed."
            : `Its exit status was ${exit}.`,
      };
  }
}

/** "18,392 requests in 8 min, up to 55 users". */
export function sizeText(result: {
  requests?: number | null;
  duration_s?: number | null;
  users?: number | null;
}): string {
  const parts: string[] = [];
  if (typeof result.requests === "number") parts.push(countOf(result.requests, "request"));
  if (typeof result.duration_s === "number") parts.push(`in ${lengthText(Math.round(result.duration_s))}`);
  const users = typeof result.users === "number" && result.users > 0 ? `, up to ${countOf(result.users, "user")}` : "";
  return parts.join(" ") + users;
}
