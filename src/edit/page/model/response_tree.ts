/* A JSON response as lines to click: each value has its place as a JSONPath (RFC 9535). */
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

/** JSON as it was received: numbers keep their digits, and keys their order. */
export type ResponseNode = { raw: string } | { items: ResponseNode[] } | { pairs: [string, ResponseNode][] };

interface Entry {
  key?: string;
  place: string;
  node: ResponseNode;
}

function entriesOf(node: ResponseNode): Entry[] {
  if ("items" in node) return node.items.map((one, index) => ({ place: `[${index}]`, node: one }));
  if ("pairs" in node) return node.pairs.map(([key, one]) => ({ key, place: step(key), node: one }));
  return [];
}

interface Where {
  path: string;
  depth: number;
  key?: string;
  comma: boolean;
}

function add(lines: ResponseLine[], node: ResponseNode, where: Where, closed: ReadonlySet<string>) {
  const { path, depth, comma } = where;
  const named = where.key === undefined ? {} : { key: where.key };
  if ("raw" in node) {
    lines.push({ depth, ...named, text: node.raw, path, leaf: true, comma });
    return;
  }
  const [open, close] = "items" in node ? ["[", "]"] : ["{", "}"];
  const entries = entriesOf(node);
  const line = { depth, ...named, path, leaf: false, count: entries.length };
  if (!entries.length || closed.has(path)) {
    lines.push({ ...line, text: entries.length ? `${open} … ${close}` : `${open}${close}`, comma });
    return;
  }
  lines.push({ ...line, text: open, comma: false });
  entries.forEach((one, index) => {
    const key = one.key === undefined ? {} : { key: one.key };
    const last = index + 1 === entries.length;
    add(lines, one.node, { path: path + one.place, depth: depth + 1, comma: !last, ...key }, closed);
  });
  lines.push({ depth, text: close, leaf: false, comma });
}

/** CLOSED are the paths of lists and objects that are shown as one line. */
export function responseLines(node: ResponseNode, closed: ReadonlySet<string> = new Set()): ResponseLine[] {
  const lines: ResponseLine[] = [];
  add(lines, node, { path: "$", depth: 0, comma: false }, closed);
  return lines;
}

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+)/y;

/** Reads a text that JSON.parse accepts. */
class Reader {
  private at = 0;

  constructor(readonly text: string) {}

  private next(): string {
    TOKEN.lastIndex = this.at;
    const found = TOKEN.exec(this.text);
    this.at = TOKEN.lastIndex;
    return found?.[1] ?? "";
  }

  value(token = this.next()): ResponseNode {
    if (token === "[") return this.list();
    if (token === "{") return this.object();
    return { raw: token };
  }

  private list(): ResponseNode {
    const items: ResponseNode[] = [];
    for (let token = this.next(); token !== "]" && token; token = this.next()) {
      if (token !== ",") items.push(this.value(token));
    }
    return { items };
  }

  private object(): ResponseNode {
    const pairs: [string, ResponseNode][] = [];
    for (let token = this.next(); token !== "}" && token; token = this.next()) {
      if (token === ",") continue;
      this.next();
      pairs.push([JSON.parse(token) as string, this.value()]);
    }
    return { pairs };
  }
}

/** The JSON in a body, or undefined. */
export function parseJson(body: string): ResponseNode | undefined {
  if (!/^\s*[[{"\d\-tfn]/.test(body)) return undefined;
  try {
    JSON.parse(body);
  } catch {
    return undefined;
  }
  return new Reader(body).value();
}

/** A name for the value at a JSONPath: its key; for an id, with what it identifies: item_id. */
export function lastName(path: string): string {
  const names = [...path.matchAll(/\.([A-Za-z_][A-Za-z0-9_]*)|\['((?:[^'\\]|\\.)*)'\]/g)].map(
    (one) => one[1] ?? one[2] ?? "",
  );
  const last = names[names.length - 1] ?? "value";
  const owner = names[names.length - 2];
  if (last.toLowerCase() !== "id" || !owner) return last;
  return `${owner.replace(/(ss)$|s$/, "$1")}_id`;
}
