/*
 * The `load` of a file or of a scenario: what the tree says, and the value that a change writes.
 * Keys that the page does not change are kept.
 */
import { pointsOfSimple, pointsOfStages, simpleOfPoints, stagesOfPoints } from "./load_curve";
import type { Curve, CurvePoint, SimpleShape, Stage } from "./load_curve";
import { durationText, levelValue, parseDuration, parseLevel } from "./quantity";
import type { RateUnit } from "./quantity";
import { childOf, keysOf, textOf, toValue } from "./tree";
import type { Json, TreeNode } from "./tree";

export type JsonMap = { [key: string]: Json };

/** Users or arrivals over time. */
export interface CurveLoad {
  kind: "curve";
  curve: Curve;
  /** Seconds at the start that are not measured. */
  warmUp: number;
  /** Whether the file has stages, which are kept even if a simpler form would do. */
  stages: boolean;
}

/** Users until each of them, or all together, performed a number of iterations. */
export interface IterationsLoad {
  kind: "iterations";
  users: number;
  iterations: number;
  /** The number is that of all users together. */
  total: boolean;
  /** Seconds after which the load ends anyway; null: there is no limit. */
  atMost: number | null;
}

export interface SearchLoad {
  kind: "capacity";
  unit: RateUnit | null;
  from: number;
  to: number;
  hold: number;
}

export interface ReplayLoad {
  kind: "replay";
  file: string;
  speed: string;
}

/** A load that cannot be drawn, with the reason. */
export interface TextLoad {
  kind: "text";
  reason: string;
}

export type Load = CurveLoad | IterationsLoad | SearchLoad | ReplayLoad | TextLoad;

/** The keys that say which kind of load it is, and those that belong to some kinds only. */
const MODEL_KEYS = [
  "users",
  "arrivals",
  "stages",
  "duration",
  "ramp_up",
  "iterations",
  "total_iterations",
  "capacity",
  "replay",
];
const ARRIVAL_KEYS = ["spacing", "max_users"];
export const LOAD_KEYS = [
  "users",
  "arrivals",
  "stages",
  "duration",
  "ramp_up",
  "warm_up",
  "iterations",
  "total_iterations",
  "grace",
  "spacing",
  "max_users",
  "capacity",
  "replay",
];

class NotDrawn extends Error {}

function durationOf(node: TreeNode | undefined, key: string): number | null {
  const text = textOf(childOf(node, key));
  if (text === undefined) return null;
  const seconds = parseDuration(text);
  if (seconds !== null) return seconds;
  throw new NotDrawn(`The value of ${key.replace("_", "-")} is ‘${text}’, which is not a fixed duration.`);
}

function levelOf(node: TreeNode | undefined, key: string) {
  const text = textOf(childOf(node, key));
  if (text === undefined) return null;
  const level = parseLevel(text);
  if (level) return level;
  throw new NotDrawn(`The value of ${key.replace("_", "-")} is ‘${text}’, which is not a fixed number.`);
}

function countOfKey(node: TreeNode | undefined, key: string): number | null {
  const text = textOf(childOf(node, key));
  if (text === undefined) return null;
  if (/^\d+$/.test(text)) return Number(text);
  throw new NotDrawn(`The value of ${key.replace("_", "-")} is ‘${text}’, which is not a fixed number.`);
}

function readStages(node: TreeNode, list: TreeNode): CurveLoad {
  let unit: RateUnit | null | undefined;
  const stages: Stage[] = [];
  if (list.kind !== "list" || !list.items.length) throw new NotDrawn("The list of stages is empty.");
  for (const item of list.items) {
    const level = levelOf(item, "ramp_to");
    const hold = durationOf(item, "hold");
    const over = durationOf(item, "over");
    if (level) {
      if (over === null) throw new NotDrawn("A stage has no ‘over’, the time to reach the level.");
      if (unit !== undefined && (unit === null) !== (level.unit === null)) {
        throw new NotDrawn("Some stages have users, and others have new users per second.");
      }
      unit ??= level.unit;
      stages.push({ ramp_to: inUnit(level.value, level.unit, unit), over });
    } else if (hold !== null && stages.length) {
      stages.push({ hold });
    } else {
      throw new NotDrawn("The first stage must be a ramp.");
    }
  }
  const points = pointsOfStages(stages);
  if (points.length < 2) points.push({ at: 60, level: points[0]?.level ?? 0 });
  const warmUp = durationOf(node, "warm_up") ?? 0;
  return { kind: "curve", curve: { unit: unit ?? null, points }, warmUp, stages: true };
}

const SECONDS = { s: 1, m: 60, h: 3600 };

function inUnit(value: number, from: RateUnit | null, to: RateUnit | null): number {
  return from === null || to === null ? value : (value / SECONDS[from]) * SECONDS[to];
}

function readSearch(node: TreeNode): SearchLoad {
  const users = textOf(childOf(node, "find")) === "users";
  const from = levelOf(node, "from");
  const to = levelOf(node, "to");
  if (!from || !to) throw new NotDrawn("The search needs ‘from’ and ‘to’.");
  const unit = users ? null : (from.unit ?? "s");
  return {
    kind: "capacity",
    unit,
    from: from.value,
    to: inUnit(to.value, to.unit, unit),
    hold: durationOf(node, "hold") ?? 30,
  };
}

function readSimple(node: TreeNode | undefined): Load {
  const arrivals = levelOf(node, "arrivals");
  const users = countOfKey(node, "users");
  const duration = durationOf(node, "duration");
  const perUser = countOfKey(node, "iterations");
  const total = countOfKey(node, "total_iterations");
  if (!arrivals && (perUser !== null || total !== null || duration === null)) {
    return {
      kind: "iterations",
      users: users ?? 1,
      iterations: perUser ?? total ?? 1,
      total: total !== null,
      atMost: duration,
    };
  }
  const warmUp = durationOf(node, "warm_up") ?? 0;
  const shape: SimpleShape = {
    level: arrivals?.value ?? users ?? 1,
    rampUp: durationOf(node, "ramp_up") ?? 0,
    length: warmUp + (duration ?? 60),
  };
  const curve = { unit: arrivals ? (arrivals.unit ?? "s") : null, points: pointsOfSimple(shape) };
  return { kind: "curve", curve, warmUp, stages: false };
}

/** Reads the value of `load`; undefined: the file has none, so one user runs once. */
export function readLoad(node: TreeNode | undefined): Load {
  try {
    const capacity = childOf(node, "capacity");
    const replay = childOf(node, "replay");
    const stages = childOf(node, "stages");
    if (node && node.kind !== "map" && textOf(node) !== "") throw new NotDrawn("The load is not a mapping.");
    if (capacity) return readSearch(capacity);
    if (replay) {
      return {
        kind: "replay",
        file: textOf(childOf(replay, "file")) ?? "",
        speed: textOf(childOf(replay, "speed")) ?? "1",
      };
    }
    return stages && node ? readStages(node, stages) : readSimple(node);
  } catch (error) {
    if (error instanceof NotDrawn) return { kind: "text", reason: error.message };
    throw error;
  }
}

/* ---- writing */

/** The keys of NODE without those that a new kind of load replaces. */
function otherKeys(node: TreeNode | undefined, drop: readonly string[]): JsonMap {
  const value = node?.kind === "map" ? (toValue(node) as JsonMap) : {};
  return Object.fromEntries(
    keysOf(node)
      .filter((key) => !drop.includes(key))
      .map((key) => [key, value[key]!]),
  );
}

/** `kept` with the new keys at the places of old ones, then the others in the order of the table. */
function ordered(node: TreeNode | undefined, value: JsonMap): JsonMap {
  const old = keysOf(node).filter((key) => key in value);
  const fresh = Object.keys(value).filter((key) => !old.includes(key));
  fresh.sort((a, b) => LOAD_KEYS.indexOf(a) - LOAD_KEYS.indexOf(b));
  const keys = [
    ...fresh.filter((key) => MODEL_KEYS.includes(key)),
    ...old,
    ...fresh.filter((key) => !MODEL_KEYS.includes(key)),
  ];
  return Object.fromEntries(keys.map((key) => [key, value[key]!]));
}

function stageValue(stage: Stage, unit: RateUnit | null): JsonMap {
  if ("hold" in stage) return { hold: durationText(stage.hold) };
  return { ramp_to: levelValue({ value: stage.ramp_to, unit }), over: durationText(stage.over) };
}

/** The text of the file is kept where it means the same: "60s" stays, although 1m is shorter. */
function keepText(node: TreeNode | undefined, value: JsonMap): JsonMap {
  const entries = Object.entries(value).map(([key, one]): [string, Json] => {
    const old = textOf(childOf(node, key));
    if (old === undefined || typeof one !== "string") return [key, one];
    const seconds = parseDuration(old);
    const level = parseLevel(old);
    if (seconds !== null && seconds === parseDuration(one)) return [key, old];
    const wanted = parseLevel(one);
    const same = level && wanted && level.value === wanted.value && level.unit === wanted.unit;
    return [key, same ? old : one];
  });
  return Object.fromEntries(entries);
}

/** The value of `load` for this curve. NODE is the load that it replaces. */
export function curveValue(node: TreeNode | undefined, load: CurveLoad): JsonMap {
  const { curve, warmUp } = load;
  const drop = [...MODEL_KEYS, "warm_up", ...(curve.unit === null ? ARRIVAL_KEYS : [])];
  const value = otherKeys(node, drop);
  const simple = load.stages ? null : simpleOfPoints(curve.points);
  const length = curve.points[curve.points.length - 1]?.at ?? 0;
  const unmeasured = Math.min(warmUp, Math.max(0, length - 1));
  if (unmeasured > 0) value.warm_up = durationText(unmeasured);
  if (simple) {
    const level = levelValue({ value: simple.level, unit: curve.unit });
    value[curve.unit === null ? "users" : "arrivals"] = level;
    value.duration = durationText(simple.length - unmeasured);
    if (simple.rampUp > 0) value.ramp_up = durationText(simple.rampUp);
    return ordered(node, keepText(node, value));
  }
  const old = childOf(node, "stages");
  value.stages = stagesOfPoints(curve.points).map((stage, i) =>
    keepText(childOf(old, String(i)), stageValue(stage, curve.unit)),
  );
  return ordered(node, keepText(node, value));
}

function iterationsValue(node: TreeNode | undefined, load: IterationsLoad): JsonMap {
  const value = otherKeys(node, [...MODEL_KEYS, ...ARRIVAL_KEYS, ...(load.atMost === null ? ["warm_up"] : [])]);
  value.users = Math.max(1, Math.round(load.users));
  value[load.total ? "total_iterations" : "iterations"] = Math.max(1, Math.round(load.iterations));
  if (load.atMost !== null) value.duration = durationText(load.atMost);
  return ordered(node, keepText(node, value));
}

function searchValue(node: TreeNode | undefined, load: SearchLoad): JsonMap {
  const drop = [...MODEL_KEYS, "warm_up", ...(load.unit === null ? ARRIVAL_KEYS : [])];
  const capacity = keepText(childOf(node, "capacity"), {
    find: load.unit === null ? "users" : "arrivals",
    from: levelValue({ value: load.from, unit: load.unit }),
    to: levelValue({ value: load.to, unit: load.unit }),
    hold: durationText(load.hold),
  });
  return ordered(node, { ...otherKeys(node, drop), capacity });
}

export function loadValue(node: TreeNode | undefined, load: Load): JsonMap | null {
  if (load.kind === "curve") return curveValue(node, load);
  if (load.kind === "iterations") return iterationsValue(node, load);
  return load.kind === "capacity" ? searchValue(node, load) : null;
}

/* ---- other kinds, and presets */

export type LoadKind = "users" | "arrivals" | "iterations" | "capacity" | "replay" | "text";

export function kindOfLoad(load: Load): LoadKind {
  if (load.kind === "curve") return load.curve.unit === null ? "users" : "arrivals";
  return load.kind;
}

function flat(unit: RateUnit | null, level: number, length: number, rampUp: number): CurveLoad {
  const points = pointsOfSimple({ level, rampUp, length });
  return { kind: "curve", curve: { unit, points }, warmUp: 0, stages: false };
}

/** The load that is proposed to a test without one. */
export const PROPOSED = flat(null, 10, 60, 10);
const USERS_MAX = 100;

/** A small load of another kind. SECONDS: the time of an iteration, which relates users and arrivals. */
export function changeKind(load: Load, kind: LoadKind, seconds: number): Load {
  const from = kindOfLoad(load);
  if (from === kind) return load;
  const users = Math.max(1, Math.min(Math.round(from === "users" ? peakOfLoad(load) : 10), USERS_MAX));
  if (kind === "users" || kind === "arrivals") {
    const unit: RateUnit | null = kind === "users" ? null : "s";
    if (load.kind !== "curve") return unit ? flat(unit, 1, 60, 10) : PROPOSED;
    const factor = unit ? 1 / Math.max(seconds, 1) : Math.max(seconds, 1) / SECONDS[load.curve.unit ?? "s"];
    const level = (value: number) =>
      unit
        ? Number((value * factor).toPrecision(2))
        : value && Math.max(1, Math.min(Math.round(value * factor), USERS_MAX));
    const points = load.curve.points.map((point) => ({ ...point, level: level(point.level) }));
    return { ...load, curve: { unit, points } };
  }
  if (kind === "iterations") return { kind, users, iterations: 1, total: false, atMost: null };
  if (kind === "capacity") return { kind, unit: from === "users" ? null : "s", from: 1, to: 50, hold: 30 };
  return load;
}

export function peakOfLoad(load: Load): number {
  if (load.kind === "curve") return load.curve.points.reduce((max, point) => Math.max(max, point.level), 0);
  if (load.kind === "iterations") return load.users;
  return load.kind === "capacity" ? load.to : 1;
}

export interface Preset {
  name: string;
  /** The question of such a test. */
  question: string;
  make: (unit: RateUnit | null, peak: number) => Load;
}

function staged(unit: RateUnit | null, points: CurvePoint[]): CurveLoad {
  const whole =
    unit === null ? points.map((point) => ({ ...point, level: Math.max(1, Math.round(point.level)) })) : points;
  const first = points[0]?.level === 0 ? [{ at: 0, level: 0 }, ...whole.slice(1)] : whole;
  return { kind: "curve", curve: { unit, points: first }, warmUp: 0, stages: true };
}

/** The kinds of load tests of the guide (load.md). PEAK is the expected load on a busy day. */
export const PRESETS: Preset[] = [
  {
    name: "Smoke",
    question: "Does the scenario work? A very small load, for 30 seconds at most.",
    // Without think times, a user would send as fast as the server responds.
    make: (unit) =>
      unit ? flat(unit, 1, 30, 0) : { kind: "iterations", users: 1, iterations: 5, total: false, atMost: 30 },
  },
  {
    name: "Load",
    question: "Is the site fast enough on a normal busy day? The expected load for 10 minutes.",
    make: (unit, peak) => flat(unit, peak, 600, 60),
  },
  {
    name: "Stress",
    question: "What happens above the expected load? Up to three times as much, then back.",
    make: (unit, peak) =>
      staged(unit, [
        { at: 0, level: 0 },
        { at: 120, level: peak },
        { at: 420, level: peak },
        { at: 540, level: 3 * peak },
        { at: 840, level: 3 * peak },
        { at: 900, level: peak },
        { at: 1200, level: peak },
      ]),
  },
  {
    name: "Spike",
    question: "What happens when everyone comes at the same time? A sudden jump for one minute.",
    make: (unit, peak) =>
      staged(unit, [
        { at: 0, level: 0 },
        { at: 30, level: peak / 5 },
        { at: 150, level: peak / 5 },
        { at: 150, level: peak },
        { at: 210, level: peak },
        { at: 210, level: peak / 5 },
        { at: 330, level: peak / 5 },
      ]),
  },
  {
    name: "Soak",
    question: "Is the site stable for a long time? The expected load for 8 hours.",
    make: (unit, peak) => flat(unit, peak, 28800, 300),
  },
];
