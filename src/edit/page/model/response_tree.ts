/* A JSON response as lines to click: each value has its place as a JSONPath (RFC 9535). */
import type { Json } from "./tree";

export interface ResponseLine {
  /** Levels of nesting. */
  depth: number;
  key?: string;
  /** "{", "[", "}", "]", or the value as JSON. */
  text: string;
  /** The place of a value; undefined for a closing bracket. */
  path?: string;
  /** A value to click, not a bracket. */
  leaf: boolean;
  /** The number of entries, on the line of an opening bracket. */
  count?: number;
  comma: boolean;
}

function step(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${quoted(key)}]`;
}

function quoted(key: string): string {
  return `'${key
    .replace(/\\/g, "\\\\")
    .replace(/'/g, "\\'")
    .replace(/[\u0000-\u001f]/g, (c) => JSON.stringify(c).slice(1, -1))}'`;
}

function add(
  lines: ResponseLine[],
  value: Json,
  path: string,
  depth: number,
  comma: boolean,
  key: string | undefined,
  closed: ReadonlySet<string>,
) {
  const named = key === undefined ? {} : { key };
  if (value === null || typeof value !== "object") {
    lines.push({ depth, ...named, text: JSON.stringify(value), path, leaf: true, comma });
    return;
  }
  const list = Array.isArray(value);
  const entries: [string, Json][] = list
    ? value.map((one, index) => [`[${index}]`, one])
    : Object.entries(value).map(([name, one]) => [step(name), one]);
  const [open, close] = list ? ["[", "]"] : ["{", "}"];
  if (!entries.length) {
    lines.push({ depth, ...named, text: `${open}${close}`, path, leaf: false, count: 0, comma });
    return;
  }
  if (closed.has(path)) {
    lines.push({ depth, ...named, text: `${open} … ${close}`, path, leaf: false, count: entries.length, comma });
    return;
  }
  lines.push({ depth, ...named, text: open, path, leaf: false, count: entries.length, comma: false });
  const names = list ? [] : Object.keys(value);
  entries.forEach(([place, one], index) =>
    add(lines, one, path + place, depth + 1, index + 1 < entries.length, list ? undefined : names[index], closed),
  );
  lines.push({ depth, text: close, leaf: false, comma });
}

/** CLOSED are the paths of lists and objects that are shown as one line. */
export function responseLines(value: Json, closed: ReadonlySet<string> = new Set()): ResponseLine[] {
  const lines: ResponseLine[] = [];
  add(lines, value, "$", 0, false, undefined, closed);
  return lines;
}

/** The JSON in a body, or undefined. Large numbers are shown as they were received. */
export function parseJson(body: string): Json | undefined {
  if (!/^\s*[[{"\d\-tfn]/.test(body)) return undefined;
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}

/** The last name in a JSONPath: the key of the value. */
export function lastName(path: string): string {
  const names = [...path.matchAll(/\.([A-Za-z_][A-Za-z0-9_]*)|\['((?:[^'\\]|\\.)*)'\]/g)];
  const last = names[names.length - 1];
  return last ? (last[1] ?? last[2] ?? "value") : "value";
}
