/*
 * The lines of a running load test, collected to what the Run screen draws. A pure reducer: the same
 * lines always give the same state, also after a reload of the page.
 */
import type { ThresholdResult } from "./verdict";

export interface Second {
  at: number;
  users: number | null;
  perSecond: number;
  failedPerSecond: number;
  p50: number | null;
  p95: number | null;
  /** Before the measurement begins. */
  warmUp: boolean;
}

export interface StepTotals {
  name: string;
  scenario: string;
  started: number;
  failed: number;
  p50: number | null;
  p95: number | null;
}

export interface FailureReason {
  step: string;
  message: string;
  count: number;
}

export interface RunState {
  /** A line was read. */
  started: boolean;
  stage: string;
  /** Planned seconds of the load with its warm-up; null: unknown. */
  length: number | null;
  elapsed: number;
  users: number | null;
  seconds: Second[];
  requests: number;
  failed: number;
  p50: number | null;
  p95: number | null;
  steps: StepTotals[];
  failures: FailureReason[];
  thresholds: ThresholdResult[];
  /** The loads of a search for the maximum: "20/s passed, p95 5.7 ms". */
  levels: string[];
  /** Why the load generator cannot keep up; empty while it does. */
  limited: string;
  /** Why the run ended before its time; empty if it did not. */
  stop: string;
  end: RunEnd | null;
  /** An error before the start. */
  error: string | null;
}

export interface RunEnd {
  verdict: string;
  valid: boolean | null;
  reasons: string[];
  stoppedBy: string | null;
  out: string | null;
}

export const RUN_START: RunState = {
  started: false,
  stage: "",
  length: null,
  elapsed: 0,
  users: null,
  seconds: [],
  requests: 0,
  failed: 0,
  p50: null,
  p95: null,
  steps: [],
  failures: [],
  thresholds: [],
  levels: [],
  limited: "",
  stop: "",
  end: null,
  error: null,
};

const SECONDS_MAX = 7200;
const FAILURES_MAX = 20;

type Line = { [key: string]: any };

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function count(value: unknown): number {
  return number(value) ?? 0;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function readSecond(state: RunState, line: Line): RunState {
  const length = number(line.length_s) || 1;
  const warmUp = line.stage === "warm_up";
  const second: Second = {
    // Counted from the start of the measurement. The first lines may be missing in a long run.
    at: number(line.at_s) ?? state.elapsed,
    users: number(line.users),
    perSecond: count(line.started) / Math.max(length, 1),
    failedPerSecond: count(line.failed) / Math.max(length, 1),
    p50: number(line.p50_ms),
    p95: number(line.p95_ms),
    warmUp,
  };
  const total: Line | undefined = line.total;
  // A part of a second at the end would look like a sudden change.
  const seconds = length < 0.9 && state.seconds.length ? state.seconds : [...state.seconds, second];
  return {
    ...state,
    started: true,
    stage: text(line.stage) || state.stage,
    elapsed: second.at + length,
    users: second.users,
    seconds: seconds.length > SECONDS_MAX ? thin(seconds) : seconds,
    requests: total ? count(total.started) : state.requests + count(line.started),
    failed: total ? count(total.failed) : state.failed + count(line.failed),
    p50: total ? number(total.p50_ms) : second.p50,
    p95: total ? number(total.p95_ms) : second.p95,
    steps: Array.isArray(line.steps) ? line.steps.map(readStep) : state.steps,
    failures: Array.isArray(line.failures) ? line.failures.slice(0, FAILURES_MAX).map(readFailure) : state.failures,
    thresholds: Array.isArray(line.thresholds) ? line.thresholds.map(readThreshold) : state.thresholds,
  };
}

/** Every second one of the older half, so that the memory of a long run is bounded. */
function thin(seconds: Second[]): Second[] {
  const half = Math.floor(seconds.length / 2);
  return seconds.filter((_, i) => i >= half || i % 2 === 0);
}

function readStep(line: Line): StepTotals {
  return {
    name: text(line.name),
    scenario: text(line.scenario),
    started: count(line.started),
    failed: count(line.failed),
    p50: number(line.p50_ms),
    p95: number(line.p95_ms),
  };
}

function readFailure(line: Line): FailureReason {
  return { step: text(line.step), message: text(line.message) || text(line.class), count: count(line.count) || 1 };
}

function readThreshold(line: Line): ThresholdResult {
  return {
    check: text(line.check),
    value: number(line.value),
    unit: text(line.unit),
    pass: line.pass === true,
    ...(line.default === true ? { default: true } : {}),
  };
}

function readEnd(state: RunState, line: Line): RunState {
  const end: RunEnd = {
    verdict: text(line.verdict),
    valid: typeof line.valid === "boolean" ? line.valid : null,
    reasons: Array.isArray(line.reasons) ? line.reasons.map(text) : [],
    stoppedBy: text(line.stopped_by) || null,
    out: text(line.out) || null,
  };
  const total: Line | undefined = line.total ?? line.requests;
  return {
    ...state,
    end,
    requests: total ? count(total.started) : state.requests,
    failed: total ? count(total.failed) : state.failed,
    p50: total && "p50_ms" in total ? number(total.p50_ms) : state.p50,
    p95: total && "p95_ms" in total ? number(total.p95_ms) : state.p95,
    steps: Array.isArray(line.steps) ? line.steps.map(readStep) : state.steps,
    failures: Array.isArray(line.failures) ? line.failures.slice(0, FAILURES_MAX).map(readFailure) : state.failures,
    thresholds: Array.isArray(line.thresholds) ? line.thresholds.map(readThreshold) : state.thresholds,
  };
}

/** The state after one more line. Lines of an unknown kind change nothing. */
export function readRunLine(state: RunState, line: Line): RunState {
  switch (line.event) {
    case "start":
      return { ...state, started: true, stage: text(line.stage), length: number(line.length_s) ?? state.length };
    case "phase":
      return { ...state, started: true, stage: text(line.stage) || state.stage };
    case "level":
      return { ...state, levels: [...state.levels, text(line.text)] };
    case "second":
      return readSecond(state, line);
    case "error":
      return { ...state, error: text(line.message) };
    case "end":
      return readEnd(state, line);
    case "limited":
      return { ...state, limited: line.holds === true ? "" : text(line.text) };
    case "stop":
      return { ...state, stop: text(line.text) };
    default:
      return state;
  }
}

/** The completed part of the run, from 0 to 1; null: unknown. */
export function progressOf(state: RunState): number | null {
  if (state.end) return 1;
  return state.length ? Math.min(1, state.elapsed / state.length) : null;
}

/** Limits that are not met now; those without data are not known yet. */
export function failing(state: RunState): ThresholdResult[] {
  return state.thresholds.filter((one) => !one.pass && one.value !== null);
}

const STAGES: { [stage: string]: string } = {
  setup: "Setup is running",
  warm_up: "Warm-up, not measured yet",
  load: "Running",
  search: "Searching for the maximum",
  grace: "Users finish their iteration",
  teardown: "Teardown is running",
};

export function stageText(state: RunState): string {
  return STAGES[state.stage] ?? (state.started ? "Running" : "Starting");
}
