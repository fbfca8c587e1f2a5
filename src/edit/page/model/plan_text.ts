/*
 * What `reprise show --format json` knows about a run before it starts, as figures and sentences for
 * people, with warnings about loads that measure something else than intended.
 */
import { aboutText, bytesText, countOf, countText, lengthText, levelWords, numberText } from "./quantity";

export interface PlanPiece {
  begin_s: number;
  end_s: number;
  from: number;
  to: number;
}

export interface PlanLoad {
  scenario: string | null;
  kind: "users" | "arrivals" | "capacity" | "replay";
  text: string;
  start_after_s: number;
  warm_up_s: number;
  grace_s: number | null;
  iterations: number | null;
  total_iterations: number | null;
  max_users: number | null;
  peak?: number;
  total?: number | null;
  length_s?: number | null;
  shape?: PlanPiece[];
  capacity?: { of: "users" | "arrivals"; from: number; to: number; hold_s: number };
  replay?: { file: string; speed: number; requests?: number; length_s?: number };
}

export interface PlanScenario {
  name: string;
  share: number | null;
  requests_per_iteration: number;
  pause_per_iteration_s: number;
  loops_counted_once: boolean;
}

export interface PlanData {
  name: string;
  file: string | null;
  rows: number;
  needed: number | null;
  per: string;
  pick: string;
  at_end: string;
}

export interface Plan {
  name: string;
  target: string | null;
  steps: number;
  loads: PlanLoad[];
  scenarios: PlanScenario[];
  estimate: {
    requests_per_iteration: number;
    pause_per_iteration_s: number;
    loops_counted_once: boolean;
    response_time_s: number;
  };
  peak_users: number | null;
  sockets: { concurrent: number | null; limit: number | null };
  hosts: string[];
  proxy: string | null;
  thresholds: { text: string; at: string | null; default: boolean; abort: boolean }[];
  data: PlanData[];
}

/** Measured values, for the estimate. */
export interface PlanMeasured {
  /** Mean response time in seconds. */
  responseTime: number | null;
  /** Mean bytes of a response. */
  bytes: number | null;
}

export interface PlanEstimate {
  /** null: unknown, because the load ends with something else than time. */
  requests: number | null;
  iterations: number | null;
  peakUsers: number | null;
  peakPerSecond: number | null;
  length: number | null;
  bytes: number | null;
}

/** Seconds of a mean iteration. */
export function iterationSeconds(plan: Plan, measured: PlanMeasured): number {
  const { pause_per_iteration_s: pause, requests_per_iteration: count, response_time_s: time } = plan.estimate;
  return pause + count * (measured.responseTime ?? time);
}

/** The mean iteration of the scenarios that a load performs. */
function iterationOf(plan: Plan, load: PlanLoad): { requests: number; pause: number } {
  const own = plan.scenarios.find((one) => one.name === load.scenario);
  if (own) return { requests: own.requests_per_iteration, pause: own.pause_per_iteration_s };
  const shared = plan.scenarios.filter((one) => one.share !== null);
  if (!shared.length) {
    return { requests: plan.estimate.requests_per_iteration, pause: plan.estimate.pause_per_iteration_s };
  }
  return shared.reduce(
    (mean, one) => ({
      requests: mean.requests + one.share! * one.requests_per_iteration,
      pause: mean.pause + one.share! * one.pause_per_iteration_s,
    }),
    { requests: 0, pause: 0 },
  );
}

function areaOf(load: PlanLoad): number {
  return (load.shape ?? []).reduce(
    (sum, piece) => sum + ((piece.from + piece.to) / 2) * (piece.end_s - piece.begin_s),
    0,
  );
}

function estimateLoad(plan: Plan, load: PlanLoad, responseTime: number): PlanEstimate {
  const iteration = iterationOf(plan, load);
  const seconds = Math.max(iteration.pause + iteration.requests * responseTime, 1e-3);
  const unknown = { requests: null, iterations: null, peakUsers: null, peakPerSecond: null, length: null, bytes: null };
  if (load.kind === "capacity") {
    const to = load.capacity?.to ?? 0;
    const users = load.capacity?.of === "users";
    const perSecond = users ? (to / seconds) * iteration.requests : to * iteration.requests;
    return { ...unknown, peakUsers: users ? to : to * seconds, peakPerSecond: perSecond };
  }
  if (load.kind === "replay") {
    return { ...unknown, requests: load.replay?.requests ?? null, length: load.replay?.length_s ?? null };
  }
  const peak = load.peak ?? 0;
  const open = load.kind === "arrivals";
  const length = load.length_s ?? null;
  const perSecond = (open ? peak : peak / seconds) * iteration.requests;
  const limited = load.total_iterations ?? (load.iterations === null ? null : load.iterations * peak);
  const timed = length ? (open ? areaOf(load) : areaOf(load) / seconds) : null;
  const iterations = limited !== null && timed !== null ? Math.min(limited, timed) : (limited ?? timed);
  return {
    iterations,
    requests: iterations === null ? null : iterations * iteration.requests,
    peakUsers: open ? Math.min(peak * seconds, load.max_users ?? Infinity) : peak,
    peakPerSecond: perSecond,
    length: length ?? (limited === null ? null : (limited / Math.max(peak, 1)) * seconds),
    bytes: null,
  };
}

function sum(values: (number | null)[]): number | null {
  return values.some((value) => value === null) ? null : values.reduce<number>((all, value) => all + value!, 0);
}

/** The sum of all loads of a file. */
export function estimatePlan(plan: Plan, measured: PlanMeasured): PlanEstimate {
  const responseTime = measured.responseTime ?? plan.estimate.response_time_s;
  const loads = plan.loads.map((load) => estimateLoad(plan, load, responseTime));
  const ends = loads.map((one, i) => (one.length === null ? null : one.length + plan.loads[i]!.start_after_s));
  const requests = sum(loads.map((one) => one.requests));
  return {
    requests,
    iterations: sum(loads.map((one) => one.iterations)),
    peakUsers: sum(loads.map((one) => one.peakUsers)),
    peakPerSecond: sum(loads.map((one) => one.peakPerSecond)),
    length: sum(ends) === null ? null : Math.max(0, ...ends.map((end) => end!)),
    bytes: requests !== null && measured.bytes !== null ? requests * measured.bytes : null,
  };
}

/** Seconds of the measurement; null if a load does not end by time. */
export function measuredLength(plan: Plan): number | null {
  const ends = plan.loads.map((load) => {
    const length = load.kind === "users" || load.kind === "arrivals" ? load.length_s : null;
    return length ? load.start_after_s + length - load.warm_up_s : null;
  });
  return sum(ends) === null ? null : Math.max(0, ...ends.map((end) => end!));
}

/** Rows of the card "This will send about". */
export function planRows(plan: Plan, measured: PlanMeasured): { name: string; value: string }[] {
  const estimate = estimatePlan(plan, measured);
  const rows: { name: string; value: string }[] = [];
  const add = (name: string, value: number | null, words: (value: number) => string) => {
    if (value !== null && value > 0) rows.push({ name, value: words(value) });
  };
  const whole = (value: number) => aboutText(Math.max(1, Math.round(value)));
  add("Requests", estimate.requests, whole);
  add("Iterations", estimate.iterations, whole);
  add("Peak users", estimate.peakUsers, (value) => aboutText(Math.ceil(value - 1e-9)));
  // A few requests at the speed of the server say nothing about a second.
  const few = estimate.requests !== null && (estimate.peakPerSecond ?? 0) > estimate.requests;
  add("Peak per second", few ? null : estimate.peakPerSecond, aboutText);
  add("Received", estimate.bytes, bytesText);
  add("Duration", few ? null : estimate.length, lengthText);
  return rows;
}

/** One sentence per load: "Browse: 3 stages of up to 4 users for 6 s". */
export function planSentences(plan: Plan): string[] {
  return plan.loads.map((load) => {
    const name = load.scenario ? `${load.scenario}: ` : "";
    const later = load.start_after_s > 0 ? `, starting after ${lengthText(load.start_after_s)}` : "";
    const text = name ? load.text : load.text.charAt(0).toUpperCase() + load.text.slice(1);
    return `${name}${text}${later}.`;
  });
}

export interface PlanWarning {
  title: string;
  text: string;
  /** The tab where it can be changed. */
  tab: "steps" | "data" | "load";
}

function thinkTimeWarning(plan: Plan, load: PlanLoad, responseTime: number): PlanWarning | null {
  const iteration = iterationOf(plan, load);
  const users = load.peak ?? 0;
  if (load.kind !== "users" || iteration.pause > 0 || users < 2 || iteration.requests === 0) return null;
  const perSecond = users / Math.max(responseTime, 1e-3);
  const size = levelWords({ value: users, unit: null });
  return {
    title: load.scenario ? `“${load.scenario}” has no think time.` : "There is no think time.",
    text:
      `${size} send about ${aboutText(perSecond)} requests per second, as many as ` +
      `${aboutText(perSecond * 10)} people who read for 10 seconds. Add a pause between pages.`,
    tab: "steps",
  };
}

function maxUsersWarning(plan: Plan, load: PlanLoad, responseTime: number): PlanWarning | null {
  const iteration = iterationOf(plan, load);
  const needed = (load.peak ?? 0) * (iteration.pause + iteration.requests * responseTime);
  if (load.kind !== "arrivals" || load.max_users === null || needed <= load.max_users) return null;
  return {
    title: "Some arrivals will be dropped.",
    text:
      `About ${countText(needed)} users are needed, and the maximum is ` +
      `${countText(load.max_users)}. Increase it, or lower the rate.`,
    tab: "load",
  };
}

function dataWarning(data: PlanData): PlanWarning | null {
  if (data.needed === null || data.needed <= data.rows || data.at_end === "repeat" || data.pick === "random")
    return null;
  return {
    title: `The rows of “${data.name}” will run out.`,
    text: `The load needs ${countOf(data.needed, "row")}, and the table has ${countText(data.rows)}.`,
    tab: "data",
  };
}

function socketsWarning(plan: Plan): PlanWarning | null {
  const { concurrent, limit } = plan.sockets;
  if (concurrent === null || limit === null || concurrent < limit) return null;
  return {
    title: "This machine cannot open enough connections.",
    text:
      `The load needs ${countText(concurrent)}, and the limit of open files is ` +
      `${countText(limit)}: see ‘reprise doctor’, or use fewer users.`,
    tab: "load",
  };
}

/** Everything that makes the result mean something else than intended. */
export function planWarnings(plan: Plan, measured: PlanMeasured): PlanWarning[] {
  const responseTime = measured.responseTime ?? plan.estimate.response_time_s;
  const found = [
    // One such warning is enough: that of the largest load.
    ...[...plan.loads]
      .sort((a, b) => (b.peak ?? 0) - (a.peak ?? 0))
      .map((load) => thinkTimeWarning(plan, load, responseTime))
      .filter((one) => one !== null)
      .slice(0, 1),
    ...plan.loads.map((load) => maxUsersWarning(plan, load, responseTime)),
    ...plan.data.map(dataWarning),
    socketsWarning(plan),
  ];
  return found.filter((one): one is PlanWarning => one !== null);
}

/** The assumption of the estimate, as one sentence. */
export function assumptionText(plan: Plan, measured: PlanMeasured): string {
  const ms = (measured.responseTime ?? plan.estimate.response_time_s) * 1000;
  const source = measured.responseTime === null ? "if responses take" : "with the last measured response time,";
  const loops = plan.estimate.loops_counted_once ? " Loops without a fixed number are counted once." : "";
  return `Estimated ${source} ${numberText(ms)} ms.${loops}`;
}
