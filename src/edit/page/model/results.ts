/*
 * The result folders of the API: a list with the main numbers, the runs of one test, and what changed
 * between two of them.
 */
import { countOf, countText, shareText, timeText } from "./quantity";
import type { Capacity, ThresholdResult } from "./verdict";

/** An item of GET results. Members are null or missing if the run did not end. */
export interface ResultRow {
  name: string;
  error?: string;
  scenario?: string | null;
  began?: string | null;
  duration_s?: number | null;
  verdict?: string | null;
  valid?: boolean | null;
  stopped_by?: string | null;
  users?: number | null;
  iterations?: number | null;
  requests?: number | null;
  failures?: number | null;
  per_second?: number | null;
  mean_ms?: number | null;
  p50_ms?: number | null;
  p95_ms?: number | null;
  p99_ms?: number | null;
}

export interface Results {
  results: ResultRow[];
  complete?: boolean;
}

/** The parts of GET results/NAME that the page shows. */
export interface Summary {
  name: string;
  verdict: string | null;
  valid: boolean;
  reasons: string[];
  stopped_by: string | null;
  started: string;
  duration_s: number;
  requests: { started: number; failed: number; per_second: number };
  response_time_ms: { mean: number | null; p50: number | null; p95: number | null; p99: number | null };
  bytes: { sent: number; received: number };
  steps: SummaryStep[];
  failures: { step?: string; message?: string; class?: string; count?: number }[];
  thresholds: ThresholdResult[];
  capacity?: Capacity | null;
}

export interface SummaryStep {
  name: string;
  scenario: string;
  requests: { started: number; failed: number };
  response_time_ms: { p50: number | null; p95: number | null };
}

/** Runs of the test with this name, newest first. */
export function runsOf(results: readonly ResultRow[], test: string): ResultRow[] {
  const time = (row: ResultRow) => Date.parse(row.began ?? "") || 0;
  return results
    .filter((row) => row.scenario === test)
    .sort((a, b) => time(b) - time(a) || b.name.localeCompare(a.name));
}

export function lastResultOf(results: readonly ResultRow[], test: string): ResultRow | null {
  return runsOf(results, test)[0] ?? null;
}

/** Failed requests divided by all requests, or null. */
export function failureShare(row: ResultRow): number | null {
  if (typeof row.requests !== "number" || typeof row.failures !== "number" || !row.requests) return null;
  return row.failures / row.requests;
}

const REQUESTS_MANY = 1000;

/** The changes since the run before: "peak users 40 → 55", "first run". */
export function changeText(row: ResultRow, before: ResultRow | undefined): string {
  if (!before) return "first run";
  const parts: string[] = [];
  if (typeof row.users === "number" && typeof before.users === "number" && row.users !== before.users) {
    parts.push(`peak users ${countText(before.users)} → ${countText(row.users)}`);
  }
  // A few requests say little about the times.
  const many = Math.min(row.requests ?? 0, before.requests ?? 0) >= REQUESTS_MANY;
  if (many && row.p95_ms && before.p95_ms) {
    const change = row.p95_ms / before.p95_ms - 1;
    if (Math.abs(change) >= 0.1) parts.push(`p95 ${change > 0 ? "+" : "−"}${Math.round(Math.abs(change) * 100)}%`);
  }
  return parts.join(", ");
}

/* ---- a comparison of two runs */

/** A statistic of `compare --format json`. `least` is the smallest change that would be noticed. */
export interface CompareStat {
  known: boolean;
  a: number | null;
  b: number | null;
  change: number | null;
  least: number | null;
  real: boolean;
  regression: boolean;
}

export interface CompareLine {
  scenario: string;
  name: string;
  samples: [number, number];
  p50: CompareStat;
  p95: CompareStat;
  p99: CompareStat;
  error_rate: CompareStat;
  throughput: CompareStat;
}

export interface Comparison {
  verdict: string;
  regressions: number;
  real: number;
  allow: number;
  too_short: boolean;
  too_few?: boolean;
  /** Differences of the tests: "scenario", "load", "target". */
  differences?: string[];
  sides: { folder: string; name: string; seconds: number; valid: boolean; load?: string }[];
  lines: CompareLine[];
}

export type StatName = "p50" | "p95" | "p99" | "error_rate" | "throughput";

export function statText(name: StatName, value: number | null): string {
  if (value === null) return "–";
  if (name === "error_rate") return shareText(value);
  if (name === "throughput") return `${Number(value.toPrecision(3))}/s`;
  return timeText(value);
}

/** "+12%", "−3%", "no change"; "from 0" if the first value is 0. */
export function statChange(stat: CompareStat): string {
  if (!stat.known) return "";
  if (stat.change === null) return stat.b ? "from 0" : "no change";
  const size = Math.abs(stat.change) * 100;
  if (size < 0.05) return "no change";
  return `${stat.change > 0 ? "+" : "−"}${Number(size.toPrecision(size < 10 ? 1 : 2))}%`;
}

/** Whether a real change is an improvement. */
export function isBetter(name: StatName, stat: CompareStat): boolean {
  return name === "throughput" ? (stat.change ?? 0) > 0 : (stat.change ?? 0) < 0;
}

/** Whether a run is so short that no value could be compared. */
export function isTooShort(found: Comparison): boolean {
  return found.too_short || !found.lines.some((line) => line.p50.known || line.error_rate.known);
}

/** The result of a comparison as a sentence. */
export function compareSentence(found: Comparison): string {
  if (isTooShort(found)) return "The runs are too short to separate real changes from noise.";
  if (found.regressions)
    return `${countOf(found.regressions, "value")} became worse by more than ${shareText(found.allow)}.`;
  if (found.real)
    return `Nothing became worse by more than ${shareText(found.allow)}; ${countOf(found.real, "value")} changed.`;
  if (found.too_few) return "Too few requests: p95 needs at least 200 in each run.";
  return "No real change: the differences are within the noise.";
}
