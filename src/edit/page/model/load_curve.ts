/*
 * The curve of a load: a level (users, or new users per second) at points in time, with straight
 * lines between them. Two points at the same time are a jump. Pure functions: a change returns a new
 * curve. The first point is always at time 0.
 */
import { niceStep } from "./quantity";
import type { RateUnit } from "./quantity";

export interface CurvePoint {
  /** Seconds since the start of the load. */
  at: number;
  /** Users, or new users per `unit`. */
  level: number;
}

export interface Curve {
  /** The unit of rates; null: the levels are concurrent users. */
  unit: RateUnit | null;
  points: CurvePoint[];
}

const LEVEL_MAX = 1e6;
const LENGTH_MAX = 1e8;
const POINTS_MAX = 60;

export function curveLength(curve: Curve): number {
  return curve.points[curve.points.length - 1]?.at ?? 0;
}

export function curvePeak(curve: Curve): number {
  return curve.points.reduce((peak, point) => Math.max(peak, point.level), 0);
}

/** The level at a time; of a jump, the later level. */
export function levelAt(curve: Curve, at: number): number {
  const { points } = curve;
  for (let i = points.length - 1; i >= 0; i--) {
    const from = points[i]!;
    const to = points[i + 1];
    if (from.at > at) continue;
    if (!to || to.at === from.at) return from.level;
    return from.level + ((to.level - from.level) * (at - from.at)) / (to.at - from.at);
  }
  return points[0]?.level ?? 0;
}

/* ---- stages */

export interface RampStage {
  ramp_to: number;
  over: number;
}

export interface HoldStage {
  hold: number;
}

export type Stage = RampStage | HoldStage;

/** The points of stages, which begin at level 0. */
export function pointsOfStages(stages: readonly Stage[]): CurvePoint[] {
  const points: CurvePoint[] = [{ at: 0, level: 0 }];
  for (const stage of stages) {
    const last = points[points.length - 1]!;
    const point =
      "hold" in stage
        ? { at: last.at + stage.hold, level: last.level }
        : { at: last.at + stage.over, level: stage.ramp_to };
    /* A load that starts with a jump has one point at time 0, at the level of the jump. */
    if (point.at === 0) points.pop();
    points.push(point);
  }
  return points;
}

/** The stages of a curve. The first one is always a ramp, because a load starts at 0. */
export function stagesOfPoints(points: readonly CurvePoint[]): Stage[] {
  const stages: Stage[] = [];
  const first = points[0];
  if (first && first.level > 0) stages.push({ ramp_to: first.level, over: 0 });
  points.slice(1).forEach((point, i) => {
    const last = points[i]!;
    const length = roundTime(point.at - last.at);
    if (point.level !== last.level || !stages.length) stages.push({ ramp_to: point.level, over: length });
    else if (length > 0) stages.push({ hold: length });
  });
  return stages;
}

/** A load that grows once and then stays, as `users`, `duration` and `ramp_up` describe it. */
export interface SimpleShape {
  level: number;
  rampUp: number;
  length: number;
}

export function pointsOfSimple({ level, rampUp, length }: SimpleShape): CurvePoint[] {
  if (rampUp <= 0)
    return [
      { at: 0, level },
      { at: length, level },
    ];
  const ramp = [
    { at: 0, level: 0 },
    { at: Math.min(rampUp, length), level },
  ];
  return rampUp < length ? [...ramp, { at: length, level }] : ramp;
}

/** The simple shape of a curve; null if it needs stages. */
export function simpleOfPoints(points: readonly CurvePoint[]): SimpleShape | null {
  const [first, second, third] = points;
  const last = points[points.length - 1];
  if (!first || !second || !last || points.length > 3 || last.level <= 0) return null;
  if (first.level === 0 && second.level === last.level && second.at > 0) {
    return third && third.at === second.at ? null : { level: last.level, rampUp: second.at, length: last.at };
  }
  if (points.length > 2 || first.level !== last.level) return null;
  return { level: last.level, rampUp: 0, length: last.at };
}

/* ---- round values */

export interface CurveGrid {
  /** Smallest change of a level and of a time by mouse or key. */
  level: number;
  time: number;
}

const TIME_GRID = [0.1, 0.5, 1, 5, 10, 15, 30, 60, 300, 600, 900, 1800, 3600];

/** Round values that suit the size of the axes: about 100 steps of the time, 50 of the level. */
export function gridOf(unit: RateUnit | null, length: number, peak: number): CurveGrid {
  const level = niceStep(Math.max(peak, 1e-6) / 50);
  const time = TIME_GRID.find((step) => step >= length / 100 - 1e-9) ?? 3600;
  return { level: unit === null ? Math.max(1, level) : level, time };
}

function roundTo(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toPrecision(10));
}

function roundTime(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/* ---- changes */

function replace(curve: Curve, index: number, point: CurvePoint): Curve {
  return { ...curve, points: curve.points.map((one, i) => (i === index ? point : one)) };
}

/**
 * Moves a point near (AT, LEVEL): rounded to the grid, attracted by the level of its neighbours and
 * by their time, and never past them. The first point stays at time 0.
 */
export function movePoint(curve: Curve, index: number, at: number, level: number, grid: CurveGrid): Curve {
  const before = curve.points[index - 1];
  const after = curve.points[index + 1];
  if (!curve.points[index]) return curve;
  let newLevel = clamp(roundTo(level, grid.level), 0, LEVEL_MAX);
  for (const near of [before, after]) {
    if (near && Math.abs(near.level - level) <= grid.level * 1.2) newLevel = near.level;
  }
  if (index === 0) return replace(curve, 0, { at: 0, level: newLevel });
  const low = before?.at ?? 0;
  const high = after?.at ?? LENGTH_MAX;
  const isLast = !after;
  const newAt = clamp(roundTo(at, grid.time), low, high);
  /* The last point keeps some distance, so that the load has a length. */
  const kept = isLast && newAt === low && curve.points.length === 2 ? low + grid.time : newAt;
  return replace(curve, index, { at: roundTime(kept), level: newLevel });
}

/** Moves a point by steps of the grid, exactly: for keys, without attraction. */
export function nudgePoint(
  curve: Curve,
  index: number,
  steps: { time?: number; level?: number },
  grid: CurveGrid,
): Curve {
  const point = curve.points[index];
  if (!point) return curve;
  const before = curve.points[index - 1];
  const after = curve.points[index + 1];
  const level = clamp(step(point.level, steps.level ?? 0, grid.level), 0, LEVEL_MAX);
  if (index === 0) return replace(curve, 0, { at: 0, level });
  const low = (before?.at ?? 0) + (curve.points.length === 2 ? grid.time : 0);
  const at = clamp(step(point.at, steps.time ?? 0, grid.time), low, after?.at ?? LENGTH_MAX);
  return replace(curve, index, { at: roundTime(at), level });
}

/** The next round value in the direction of COUNT, and COUNT - 1 further ones. */
function step(value: number, count: number, size: number): number {
  if (count === 0) return value;
  const round = count > 0 ? Math.floor(value / size + 1e-9) : Math.ceil(value / size - 1e-9);
  return Number(((round + count) * size).toPrecision(10));
}

/** Moves a period of constant level, the line after the point INDEX, up or down. */
export function moveHold(curve: Curve, index: number, level: number, grid: CurveGrid): Curve {
  if (!isHold(curve, index)) return curve;
  const value = clamp(roundTo(level, grid.level), 0, LEVEL_MAX);
  const points = curve.points.map((one, i) => (i === index || i === index + 1 ? { ...one, level: value } : one));
  return { ...curve, points };
}

export function isHold(curve: Curve, index: number): boolean {
  const from = curve.points[index];
  const to = curve.points[index + 1];
  return from !== undefined && to !== undefined && from.level === to.level && to.at > from.at;
}

/** Adds a point on the curve at a time. The index is that of the new point; -1: it was not added. */
export function addPoint(curve: Curve, at: number, grid: CurveGrid): { curve: Curve; index: number } {
  const time = roundTo(clamp(at, 0, curveLength(curve)), grid.time);
  const index = curve.points.findIndex((point) => point.at > time);
  const taken = curve.points.some((point) => point.at === time);
  if (index <= 0 || taken || curve.points.length >= POINTS_MAX) return { curve, index: -1 };
  const level = levelAt(curve, time);
  const rounded = isHold(curve, index - 1) ? level : roundTo(level, grid.level);
  const points = [...curve.points];
  points.splice(index, 0, { at: time, level: rounded });
  return { curve: { ...curve, points }, index };
}

/** Adds a point after the point INDEX: in the middle of the line, or a new stage at the end. */
export function addPointAfter(curve: Curve, index: number, grid: CurveGrid): { curve: Curve; index: number } {
  const from = curve.points[index];
  const to = curve.points[index + 1];
  if (from && to) return addPoint(curve, (from.at + to.at) / 2, grid);
  if (!from || curve.points.length >= POINTS_MAX) return { curve, index: -1 };
  const at = from.at + Math.max(grid.time, roundTo(curveLength(curve) / 4, grid.time));
  return { curve: { ...curve, points: [...curve.points, { at, level: from.level }] }, index: index + 1 };
}

/** Removes a point; the first one, and the last of two, cannot be removed. */
export function removePoint(curve: Curve, index: number): Curve {
  if (index <= 0 || curve.points.length <= 2) return curve;
  return { ...curve, points: curve.points.filter((_, i) => i !== index) };
}
