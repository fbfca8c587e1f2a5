/*
 * Durations, rates and numbers: as the language writes them ("1m30s", "20/s", "1%"), and as people
 * read them ("1 min 30 s", "6,214", "1.25 s"). Times are seconds, response times are milliseconds.
 */

const UNIT_SECONDS: { [unit: string]: number } = {
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86400,
};
const UNIT_ORDER = ["d", "h", "m", "s", "ms", "us"];

/** Seconds of "1m30s", or null. As in the language, a number needs a unit; only "0" does not. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === "0") return 0;
  const pattern = /(\d+(?:\.\d+)?)\s*(us|µs|ms|s|m|h|d)\s*/y;
  let seconds = 0;
  let last = -1;
  while (pattern.lastIndex < trimmed.length) {
    const match = pattern.exec(trimmed);
    if (!match) return null;
    const unit = match[2] === "µs" ? "us" : match[2]!;
    const place = UNIT_ORDER.indexOf(unit);
    if (place <= last) return null;
    last = place;
    seconds += Number(match[1]) * UNIT_SECONDS[unit]!;
  }
  return last < 0 ? null : Number(seconds.toPrecision(12));
}

/** A typed duration as the language writes it: "10" → "10s", "1 min" → "1m"; null: not a duration. */
export function typedDuration(text: string): string | null {
  if (text.includes("${")) return text;
  const short = text
    .trim()
    .toLowerCase()
    .replace(/([smhd])(in|ec|our|ay)[a-z]*/g, "$1")
    .replace(/\s+/g, "");
  const whole = /^\d+(\.\d+)?$/.test(short) ? short + "s" : short;
  return parseDuration(whole) === null ? null : whole;
}

/** Seconds as the language writes them: 90 → "1m30s". Rounded to milliseconds. */
export function durationText(seconds: number): string {
  let rest = Math.round(seconds * 1000);
  if (rest <= 0) return "0s";
  let text = "";
  for (const [unit, size] of [
    ["h", 3600000],
    ["m", 60000],
    ["s", 1000],
    ["ms", 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count) text += count + unit;
  }
  return text;
}

/** Seconds for people: "8 min", "1 min 30 s", "2 h 5 min", "350 ms". */
export function lengthText(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10 && !Number.isInteger(seconds)) return `${Number(seconds.toFixed(1))} s`;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of [
    ["d", 86400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}

/** Seconds as a clock shows them: "4:12", "1:02:03". */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const pad = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

export type RateUnit = "s" | "m" | "h";

export const RATE_WORDS: { [unit in RateUnit]: string } = { s: "per second", m: "per minute", h: "per hour" };

export interface Level {
  value: number;
  /** The unit of a rate; null: a number of users. */
  unit: RateUnit | null;
}

/** "50" is users, "20/s" a rate. Null for anything else, such as ${users}. */
export function parseLevel(text: string): Level | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(?:\/\s*(s|m|h))?\s*$/.exec(text);
  if (!match) return null;
  return { value: Number(match[1]), unit: (match[2] as RateUnit | undefined) ?? null };
}

/** A number with six digits, without the rounding errors of a computation. */
function digits(value: number): number {
  return Number(value.toPrecision(6));
}

/** A level as the language writes it: 20 → 20 (users), "20/s". */
export function levelValue(level: Level): number | string {
  if (level.unit === null) return Math.round(level.value);
  return `${digits(level.value)}/${level.unit}`;
}

/** "30 users", "1 user", "20 new users per second". */
export function levelWords(level: Level): string {
  const number = numberText(level.value);
  const users = level.value === 1 ? "user" : "users";
  if (level.unit === null) return `${number} ${users}`;
  return `${number} new ${users} ${RATE_WORDS[level.unit]}`;
}

export function perSecond(level: Level): number {
  return level.value / (level.unit ? UNIT_SECONDS[level.unit]! : 1);
}

/** "1%" or "0.5 %" as a share between 0 and 1, or null. */
export function parseShare(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  return match ? Number(match[1]) / 100 : null;
}

/** A count with separators: "6,214". */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** A number that may have a fraction: "0.5", "12.3", "6,214". */
export function numberText(value: number): string {
  const size = Math.abs(value);
  const places = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", { maximumFractionDigits: places });
}

/** "About": two or three digits that can be relied on: 18,400; 3,060; 62. */
export function aboutText(value: number): string {
  if (value < 1000) return numberText(value < 10 ? value : Math.round(value));
  return countText(Number(value.toPrecision(3)));
}

/** A response time in milliseconds with three digits: "850 µs", "12.3 ms", "1.25 s", "1 min 30 s". */
export function timeText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return "–";
  if (ms === 0) return "0 ms";
  if (ms < 0.9995) return `${Number((ms * 1000).toPrecision(3))} µs`;
  if (ms < 999.5) return `${Number(ms.toPrecision(3))} ms`;
  if (ms < 59950) return `${Number((ms / 1000).toPrecision(3))} s`;
  return lengthText(ms / 1000);
}

/** A number from 0 to 1 as a percentage: "0%", "0.07%", "2.9%", "100%". */
export function shareText(share: number): string {
  const percent = share * 100;
  if (percent === 0) return "0%";
  if (percent < 0.01) return "under 0.01%";
  if (percent > 99.95 && percent < 100) return "over 99.9%";
  return `${Number(percent.toFixed(percent < 1 ? 2 : 1))}%`;
}

/** "431 bytes", "12.3 kB", "210 MB". */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} bytes`;
  let value = bytes;
  let unit = "bytes";
  for (const next of ["kB", "MB", "GB", "TB"]) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${Number(value.toPrecision(3))} ${unit}`;
}

/** "1 request", "6,214 requests". */
export function countOf(count: number, one: string, many = one + "s"): string {
  return `${countText(count)} ${Math.round(count) === 1 ? one : many}`;
}

/** "today 14:02", "yesterday 17:40", "Fri 27 Nov, 09:12", "27 Nov 2025, 09:12"; of local time. */
export function whenText(began: string, now: Date = new Date()): string {
  const at = new Date(began);
  if (Number.isNaN(at.getTime())) return began;
  const time = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86400000);
  if (days === 0) return `today ${time}`;
  if (days === 1) return `yesterday ${time}`;
  const date = `${at.getDate()} ${MONTHS[at.getMonth()]}`;
  if (at.getFullYear() !== now.getFullYear()) return `${date} ${at.getFullYear()}, ${time}`;
  return `${DAYS[at.getDay()]} ${date}, ${time}`;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Steps of an axis from 0 to at least MAX, with at most COUNT steps: 0, 20, 40, 60. */
export function axisSteps(max: number, count: number, whole = false): number[] {
  const step = Math.max(niceStep(Math.max(max, 1e-9) / count), whole ? 1 : 0);
  const steps: number[] = [];
  for (let i = 0; i * step < max - step * 1e-9; i++) steps.push(digits(i * step));
  steps.push(digits(steps.length * step));
  return steps;
}

/** The smallest of 1, 2, 5, 10, 20 … that is at least SIZE. */
export function niceStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size) + 1e-9);
  for (const factor of [1, 2, 5]) if (factor * power >= size * (1 - 1e-9)) return digits(factor * power);
  return digits(10 * power);
}

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];

/** Steps of an axis of time, in seconds, that a clock shows well. */
export function timeSteps(seconds: number, count: number): number[] {
  const wanted = seconds / count;
  const step = TIME_STEPS.find((one) => one >= wanted - 1e-9) ?? niceStep(wanted / 86400) * 86400;
  const steps: number[] = [];
  for (let at = 0; at <= seconds + 1e-6; at += step) steps.push(at);
  return steps;
}
