/*
 * The parts of an imported visit, read from the scenario: the values that the site gives and
 * those that the user typed, pauses and groups; and the operations with which a review changes them.
 */
import { removeValue } from "./edit_ops";
import type { EditOp } from "./edit_ops";
import { pageStepName } from "./outline";
import { childOf, cutPath, findNode, joinPath, keysOf, splitPath, textOf } from "./tree";
import type { TreeNode } from "./tree";
import { nameIn, segmentsOf, usesOf } from "./variables";

type Root = TreeNode | null | undefined;

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options", "request"];
const BODIES = ["submit", "form"];

/* ---- steps */

export interface ReviewStep {
  path: string;
  verb: string; // "GET", "SUBMIT", "GROUP"
  name: string;
  detail: string;
  depth: number; // in groups
}

/** A value of the tree and its path, in the order of the file. */
function walk(node: Root, path: string, each: (node: TreeNode, path: string) => void): void {
  if (!node) return;
  each(node, path);
  if (node.kind === "map") for (const pair of node.pairs) walk(pair.value, joinPath(path, pair.key), each);
  if (node.kind === "list") node.items.forEach((item, i) => walk(item, joinPath(path, i), each));
}

function isStepList(path: string): boolean {
  return /(^|\/)(steps|setup|teardown|before_user|after_user|else|then)$/.test(path) || /^\/flows\/[^/]+$/.test(path);
}

function verbOf(node: TreeNode): string {
  const key = keysOf(node).find(
    (one) => METHODS.includes(one) || one === "submit" || one === "follow" || one === "group",
  );
  return key ?? keysOf(node)[0] ?? "";
}

export function stepFace(node: TreeNode): { verb: string; name: string; detail: string } {
  const verb = verbOf(node);
  const value = childOf(node, verb);
  const target = textOf(value) ?? textOf(childOf(value, "url")) ?? "";
  const given = textOf(childOf(node, "name"));
  const shown = verb === "submit" || verb === "follow" ? pageStepName(node) : target || verb;
  return { verb: verb.toUpperCase(), name: given ?? shown, detail: given ? target : "" };
}

/** The requests and groups of a scenario; pauses are not steps here. */
export function reviewSteps(root: Root): ReviewStep[] {
  const steps: ReviewStep[] = [];
  walk(root, "", (node, path) => {
    if (node.kind !== "list" || !isStepList(path)) return;
    const depth = splitPath(path).filter((part) => part === "steps").length - 1;
    node.items.forEach((item, i) => {
      const face = stepFace(item);
      if (item.kind === "map" && face.verb !== "THINK") steps.push({ path: joinPath(path, i), depth, ...face });
    });
  });
  // The steps of a group follow it.
  return steps.sort((a, b) => comparePaths(a.path, b.path));
}

function comparePaths(a: string, b: string): number {
  const [x, y] = [splitPath(a), splitPath(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [p, q] = [x[i] ?? "", y[i] ?? ""];
    if (p !== q) return /^\d+$/.test(p) && /^\d+$/.test(q) ? Number(p) - Number(q) : 0;
  }
  return x.length - y.length;
}

/** The name of the innermost step that contains a path. */
export function stepNameAt(root: Root, path: string): string {
  for (let at = path; at; at = cutPath(at).parent) {
    const node = findNode(root, at);
    if (node?.kind !== "map" || !isStepList(cutPath(at).parent)) continue;
    return stepFace(node).name;
  }
  return "";
}

/* ---- values that the site gives */

export interface GivenValue {
  name: string;
  path: string; // of the extractor
  from: string; // the name of its step
  how: string; // "the form field csrf_token"
  uses: string[]; // paths of the texts with ${name}
}

const HOW: { [key: string]: string } = {
  form_field: "the form field",
  jsonpath: "the JSON value",
  css: "the element",
  xpath: "the element",
  cookie: "the cookie",
  header: "the header",
  regex: "a text that fits",
  boundary: "a text in the page",
  link: "a link",
  url: "the address",
  meta: "the meta tag",
};

function howOf(extract: TreeNode): string {
  const key = keysOf(extract)[0] ?? "";
  const detail = textOf(childOf(extract, key)) ?? "";
  const shown = key === "boundary" || key === "regex" ? "" : detail;
  return `${HOW[key] ?? key}${shown ? ` ${shown}` : ""}`;
}

function isNamed(expression: string | undefined, name: string): boolean {
  const found = expression === undefined ? undefined : nameIn(expression);
  return found === name || (found ?? "").startsWith(name + ".");
}

export function givenValues(root: Root): GivenValue[] {
  const values: GivenValue[] = [];
  walk(root, "", (node, path) => {
    if (node.kind !== "map" || cutPath(path).last !== "extract") return;
    for (const pair of node.pairs) {
      const own = joinPath(path, pair.key);
      values.push({
        name: pair.key,
        path: own,
        from: stepNameAt(root, path),
        how: howOf(pair.value),
        uses: usesOf(root, pair.key),
      });
    }
  });
  return values;
}

/** A text with each ${name …} replaced; `to` gets the expression. */
function replaced(text: string, name: string, to: (expression: string) => string): string {
  return segmentsOf(text)
    .map((one) => (one.expression !== undefined && isNamed(one.expression, name) ? to(one.expression) : one.text))
    .join("");
}

function useOps(root: Root, value: GivenValue, to: (expression: string) => string): EditOp[] {
  return value.uses.map((path) => ({
    op: "set",
    path,
    value: replaced(textOf(findNode(root, path)) ?? "", value.name, to),
  }));
}

export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

export function renameOps(root: Root, value: GivenValue, name: string): EditOp[] {
  const uses = useOps(root, value, (expression) => "${" + name + expression.slice(value.name.length) + "}");
  return [...uses, { op: "rename", path: value.path, key: name }];
}

/** Sends what was recorded instead of what the site gives. */
export function keepRecordedOps(root: Root, value: GivenValue, recorded: string): EditOp[] {
  const list = cutPath(value.path).parent;
  const alone = keysOf(findNode(root, list)).length === 1;
  return [...useOps(root, value, () => recorded), { op: "remove", path: alone ? list : value.path }];
}

/* ---- values that the user typed */

export type TypedKind = "same" | "number" | "table" | "parameter" | "site";

export interface TypedValue {
  label: string;
  path: string;
  text: string;
  kind: TypedKind;
  secret: boolean;
  step: string;
}

const NUMBER = " ${user.id}-${iteration}";

function isSecret(root: Root, name: string): boolean {
  return /^(yes|true|on)$/i.test(textOf(findNode(root, joinPath("/parameters", name, "secret"))) ?? "");
}

function typedKind(root: Root, text: string): TypedKind {
  const names = segmentsOf(text).flatMap((one) => (one.expression === undefined ? [] : [nameIn(one.expression) ?? ""]));
  if (!names.length) return "same";
  const data = keysOf(findNode(root, "/data"));
  if (names.some((name) => data.includes(name.split(".")[0] ?? ""))) return "table";
  if (names.some((name) => findNode(root, joinPath("/parameters", name)))) return "parameter";
  return names.every((name) => /^(user\.id|user\.index|iteration|unique)$/.test(name)) ? "number" : "site";
}

export function typedValues(root: Root): TypedValue[] {
  const values: TypedValue[] = [];
  walk(root, "", (node, path) => {
    if (node.kind !== "map" || !BODIES.includes(cutPath(path).last)) return;
    for (const pair of node.pairs) {
      if (pair.value.kind !== "text" || pair.value.value === "") continue;
      const text = pair.value.value;
      const kind = typedKind(root, text);
      if (kind === "site") continue;
      const names = segmentsOf(text).flatMap((one) =>
        one.expression === undefined ? [] : [nameIn(one.expression) ?? ""],
      );
      values.push({
        label: pair.key,
        path: joinPath(path, pair.key),
        text,
        kind,
        secret: names.some((name) => isSecret(root, name)),
        step: stepNameAt(root, path),
      });
    }
  });
  return values;
}

/** "Password of anna at 127.0.0.1:8080": the form field that sends a parameter; empty if there is none. */
export function secretLabel(root: Root, name: string): string {
  const typed = typedValues(root);
  const own = typed.find((one) => one.text === "${" + name + "}");
  if (!own) return "";
  const form = cutPath(own.path).parent;
  const user = typed.find((one) => one.kind === "same" && cutPath(one.path).parent === form);
  const host = (textOf(findNode(root, "/target")) ?? "").replace(/^https?:\/\//, "");
  const label = own.label[0]?.toUpperCase() + own.label.slice(1);
  return label + (user ? ` of ${user.text}` : "") + (host ? ` at ${host}` : "");
}

export function withNumber(text: string): string {
  return text + NUMBER;
}

export function withoutNumber(text: string): string {
  return text.endsWith(NUMBER) ? text.slice(0, -NUMBER.length) : text;
}

/** The text with the number of some user. */
export function numberExample(text: string): string {
  return `${withoutNumber(text)} 17-1`;
}

/** A column of the table of typed values, in CSV. */
export function addColumn(csv: string, column: string, value: string): string {
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  const lines = csv.split(/\r?\n/).filter((line) => line !== "");
  if (!lines.length) return `${quoted(column)}\n${quoted(value)}\n`;
  return lines.map((line, i) => `${line},${quoted(i ? value : column)}\n`).join("");
}

/* ---- pauses */

export interface Pause {
  path: string; // of the text with the length
  text: string;
  after: string; // the name of the step before
  isStep: boolean; // a step "think", and not a key of a request
}

export function pausesOf(root: Root): Pause[] {
  const pauses: Pause[] = [];
  walk(root, "", (node, path) => {
    const { parent, last } = cutPath(path);
    if (last !== "think" || node.kind !== "text" || parent === "/defaults") return;
    const step = cutPath(parent);
    const index = Number(step.last);
    const isStep = keysOf(findNode(root, parent)).length === 1;
    const before = isStep ? findNode(root, joinPath(step.parent, index - 1)) : findNode(root, parent);
    pauses.push({ path, text: node.value, after: before ? stepFace(before).name : "the start", isStep });
  });
  return pauses;
}

/** Backwards, because removing a step moves those after it. */
export function removePausesOps(root: Root, pauses: readonly Pause[]): EditOp[] {
  return [...pauses]
    .reverse()
    .flatMap((pause): EditOp[] =>
      pause.isStep ? [{ op: "remove", path: cutPath(pause.path).parent }] : removeValue(root, pause.path),
    );
}
