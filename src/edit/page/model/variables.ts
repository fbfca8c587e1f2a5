/*
 * Expressions ${…} in texts, and the variables that a step can use: parameters, data, variables of
 * the file, and what earlier steps keep or set.
 */
import { pageStepName } from "./outline";
import { childOf, cutPath, findNode, isInside, joinPath, keysOf, splitPath, textOf } from "./tree";
import type { TreeNode } from "./tree";

export interface Segment {
  /** Where it begins in the text. */
  begin: number;
  text: string;
  /** The expression between ${ and }; undefined for plain text. */
  expression?: string;
}

/** The end of the expression that starts at `from`; texts in quotes can contain braces. */
function expressionEnd(text: string, from: number): number {
  let quote = "";
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const c = text[i] ?? "";
    if (quote) {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === '"' || c === "'") {
      quote = c;
    } else if (c === "{") {
      depth++;
    } else if (c === "}" && depth-- === 0) {
      return i;
    }
  }
  return -1;
}

/** The parts of a text. `$${` is the two characters `${` and not an expression. */
export function segmentsOf(text: string): Segment[] {
  const segments: Segment[] = [];
  let begin = 0;
  for (let at = text.indexOf("${"); at >= 0; at = text.indexOf("${", at)) {
    if (text[at - 1] === "$") {
      at += 2;
      continue;
    }
    const end = expressionEnd(text, at + 2);
    if (end < 0) break;
    if (at > begin) segments.push({ begin, text: text.slice(begin, at) });
    segments.push({ begin: at, text: text.slice(at, end + 1), expression: text.slice(at + 2, end).trim() });
    at = begin = end + 1;
  }
  if (begin < text.length) segments.push({ begin, text: text.slice(begin) });
  return segments;
}

export function hasExpression(text: string): boolean {
  return segmentsOf(text).some((segment) => segment.expression !== undefined);
}

/** The first name of an expression: `account.user | upper` → account.user. */
export function nameIn(expression: string): string | undefined {
  return /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*/.exec(expression)?.[0];
}

export interface Variable {
  name: string;
  /** Where the value comes from, for people. */
  from: string;
  /** The place of the file that gives it. */
  path: string;
  secret?: boolean;
}

/** The columns of each data set, by the name of the set. */
export type Columns = { [set: string]: string[] };

function titleOf(node: TreeNode): string {
  const name = textOf(childOf(node, "name"));
  if (name) return name;
  if (childOf(node, "submit") || childOf(node, "follow")) return pageStepName(node);
  const first = node.kind === "map" ? node.pairs[0] : undefined;
  const text = textOf(first?.value);
  return first ? `${first.key} ${text ?? ""}`.trim() : "a step";
}

class Walk {
  found = new Map<string, Variable>();
  constructor(
    readonly root: TreeNode,
    readonly until: string,
  ) {}

  add(name: string, from: string, path: string, secret = false) {
    this.found.set(name, { name, from, path, ...(secret ? { secret } : {}) });
  }

  /** The variables of the steps of a list before the step `until`, or of all of them. */
  list(node: TreeNode | undefined, path: string, calls: readonly string[]): void {
    if (node?.kind === "map") return this.list(childOf(node, "steps"), joinPath(path, "steps"), calls);
    if (node?.kind !== "list") return;
    for (let index = 0; index < node.items.length; index++) {
      const item = node.items[index];
      const place = joinPath(path, index);
      if (!item) continue;
      const last = isInside(this.until, place);
      if (last) this.inside(item, place, calls);
      else this.step(item, place, calls);
      if (last) return;
    }
  }

  step(node: TreeNode, path: string, calls: readonly string[]) {
    for (const key of keysOf(childOf(node, "extract"))) {
      const secret = textOf(childOf(childOf(childOf(node, "extract"), key), "secret"));
      this.add(
        key,
        `kept from “${titleOf(node)}”`,
        joinPath(path, "extract", key),
        secret === "yes" || secret === "true",
      );
    }
    for (const key of keysOf(childOf(node, "set"))) this.add(key, "set by a step", joinPath(path, "set", key));
    const flow = textOf(childOf(node, "call"));
    if (flow !== undefined && !calls.includes(flow)) {
      const steps = findNode(this.root, joinPath("/flows", flow));
      this.list(steps, joinPath("/flows", flow), [...calls, flow]);
    }
    for (const key of ["steps", "then", "else", "parallel"]) {
      this.list(childOf(node, key), joinPath(path, key), calls);
    }
    const branches = childOf(node, "choose");
    if (branches?.kind === "list") {
      branches.items.forEach((branch, index) =>
        this.list(childOf(branch, "steps"), joinPath(path, "choose", index, "steps"), calls),
      );
    }
  }

  /** The variables of the step that contains the place, and of the steps in it before the place. */
  inside(node: TreeNode, path: string, calls: readonly string[]) {
    const item = textOf(childOf(node, "for_each"));
    if (item && this.until !== path) this.add(item, "the item of this loop", joinPath(path, "for_each"));
    const below = splitPath(this.until.slice(path.length));
    const key = below[0];
    if (key === "choose" && below.length > 2) {
      const place = joinPath(path, "choose", below[1] ?? "", "steps");
      this.list(findNode(this.root, place), place, calls);
    } else if (key !== undefined && ["steps", "then", "else", "parallel"].includes(key)) {
      this.list(childOf(node, key), joinPath(path, key), calls);
    }
  }
}

function addFileVariables(walk: Walk, columns: Columns) {
  const parameters = childOf(walk.root, "parameters");
  for (const key of keysOf(parameters)) {
    const secret = textOf(childOf(childOf(parameters, key), "secret"));
    walk.add(key, "a parameter of this test", joinPath("/parameters", key), secret === "yes" || secret === "true");
  }
  for (const set of keysOf(childOf(walk.root, "data"))) {
    for (const column of columns[set] ?? []) {
      walk.add(`${set}.${column}`, `a column of the data “${set}”`, joinPath("/data", set));
    }
  }
  for (const key of keysOf(childOf(walk.root, "variables"))) {
    walk.add(key, "a variable of this test", joinPath("/variables", key));
  }
}

/** The variables that the step at `path` can use, the nearest first. */
export function variablesAt(root: TreeNode | null | undefined, path: string, columns: Columns): Variable[] {
  if (!root) return [];
  const walk = new Walk(root, path);
  const top = splitPath(path)[0] ?? "";
  addFileVariables(walk, columns);
  const earlier: { [top: string]: string[] } = {
    setup: [],
    before_user: ["setup"],
    teardown: ["setup"],
  };
  for (const key of earlier[top] ?? ["setup", "before_user"]) {
    walk.list(childOf(root, key), joinPath("", key), []);
  }
  const list = top === "scenarios" || top === "flows" ? splitPath(path).slice(0, 2) : [top];
  const place = joinPath("", ...list);
  walk.list(findNode(root, place), place, []);
  return [...walk.found.values()].reverse();
}

/** Where the variable is used: the paths of the texts in the tree. */
export function usesOf(root: TreeNode | null | undefined, name: string): string[] {
  const uses: string[] = [];
  const visit = (node: TreeNode, path: string) => {
    if (node.kind === "text") {
      const used = segmentsOf(node.value).some(
        (segment) => segment.expression !== undefined && nameIn(segment.expression)?.split(".")[0] === name,
      );
      if (used) uses.push(path);
    } else if (node.kind === "list") {
      node.items.forEach((item, index) => visit(item, joinPath(path, index)));
    } else {
      node.pairs.forEach((pair) => visit(pair.value, joinPath(path, pair.key)));
    }
  };
  if (root) visit(root, "");
  return uses;
}

/** The step that contains the place. */
export function stepOfPath(path: string): string {
  let place = path;
  while (place && !/\/\d+$/.test(place)) place = cutPath(place).parent;
  return place;
}

/** A name for a variable, from the words of a key, header or selector. */
export function variableName(text: string, taken: readonly string[]): string {
  const words = text
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  const base = /^[a-z]/.test(words) ? words : words ? `value_${words}` : "value";
  if (!taken.includes(base)) return base;
  for (let i = 2; ; i++) if (!taken.includes(`${base}_${i}`)) return `${base}_${i}`;
}
