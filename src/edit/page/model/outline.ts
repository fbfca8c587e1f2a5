/*
 * The lists of steps of a document, and each step as a card shows it: title, method, what it sends,
 * the variables that it keeps, and its nested steps.
 */
import { actionOf, kindOf } from "./form_model";
import type { Kind, Language, Row } from "./form_model";
import { childOf, cutPath, findNode, isEmptyText, isInside, joinPath, keysOf, textOf, toLine } from "./tree";
import type { Json, TreeNode } from "./tree";

export type SectionKind = "steps" | "scenario" | "setup" | "before_user" | "after_user" | "teardown" | "flow";

/** A list of steps that has a name. */
export interface Section {
  kind: SectionKind;
  label: string;
  /** The path of the mapping with its settings: the file, the scenario. */
  owner: string;
  list: string;
}

export interface OutlineList {
  path: string;
  /** "else", "branch 2"; empty for the only list of a step. */
  label: string;
  steps: OutlineStep[];
}

export interface OutlineStep {
  path: string;
  kind: Kind | undefined;
  action: string;
  title: string;
  verb: string;
  detail: string;
  keeps: string[];
  lists: OutlineList[];
  node: TreeNode;
}

const FIXTURES: [SectionKind, string][] = [
  ["setup", "Before the run"],
  ["before_user", "Before each user"],
  ["after_user", "After each user"],
  ["teardown", "After the run"],
];

function listBelow(root: TreeNode, path: string): string {
  return findNode(root, path)?.kind === "map" ? joinPath(path, "steps") : path;
}

/** All lists of steps, in the order in which they run; flows last. */
export function sectionsOf(root: TreeNode | null | undefined): Section[] {
  const sections: Section[] = [];
  if (root?.kind !== "map") return sections;
  const scenarios = childOf(root, "scenarios");
  if (childOf(root, "steps") || !scenarios) {
    sections.push({ kind: "steps", label: "Steps", owner: "", list: "/steps" });
  }
  if (scenarios?.kind === "list") {
    scenarios.items.forEach((one, index) => {
      const owner = joinPath("/scenarios", index);
      const label = textOf(childOf(one, "name")) || `Scenario ${index + 1}`;
      sections.push({ kind: "scenario", label, owner, list: joinPath(owner, "steps") });
    });
  }
  for (const [kind, label] of FIXTURES) {
    if (!childOf(root, kind)) continue;
    sections.push({ kind, label, owner: joinPath("", kind), list: listBelow(root, joinPath("", kind)) });
  }
  for (const key of keysOf(childOf(root, "flows"))) {
    const path = joinPath("/flows", key);
    sections.push({ kind: "flow", label: key, owner: path, list: listBelow(root, path) });
  }
  return sections;
}

/** The lists of steps in a step, with the label that a reader needs. */
export function nestedLists(kind: Kind | undefined, node: TreeNode, path: string): { path: string; label: string }[] {
  const lists: { path: string; label: string }[] = [];
  for (const row of kind?.rows ?? []) {
    if (row.widget === "steps" && (row.required || row.action || childOf(node, row.key))) {
      lists.push({ path: joinPath(path, row.key), label: row.key === "else" ? "otherwise" : "" });
    }
    const nested = row.element?.rows?.find((one) => one.widget === "steps");
    const items = childOf(node, row.key);
    if (!nested || items?.kind !== "list") continue;
    items.items.forEach((item, index) => {
      const weight = textOf(childOf(item, "weight"));
      const label = `branch ${index + 1}` + (weight ? `, weight ${weight}` : "");
      lists.push({ path: joinPath(path, row.key, index, nested.key), label });
    });
  }
  return lists;
}

function count(number: number, one: string, many = one + "s"): string {
  return number === 1 ? `1 ${one}` : `${number} ${many}`;
}

function size(node: TreeNode | undefined): number {
  if (node?.kind === "map") return node.pairs.length;
  return node?.kind === "list" ? node.items.length : node && !isEmptyText(node) ? 1 : 0;
}

/** The kind of body: "3 form fields", "JSON". */
function bodyOf(node: TreeNode): string {
  const form = childOf(node, "form");
  if (form) return count(size(form), "form field");
  if (childOf(node, "json")) return "JSON";
  if (childOf(node, "multipart")) return "form with files";
  if (childOf(node, "body")) return "text";
  const file = textOf(childOf(node, "body_file"));
  return file ? `file ${file}` : "";
}

/** The conditions on the response, if they are short: "must be 201", "at most 800ms". */
function mustBe(node: TreeNode): string {
  const expect = childOf(node, "expect");
  const parts: string[] = [];
  const status = textOf(childOf(expect, "status"));
  if (status) parts.push(`must be ${status}`);
  const time = textOf(childOf(expect, "max_time"));
  if (time) parts.push(`at most ${time}`);
  const rest = size(expect) - parts.length;
  if (rest > 0) parts.push(count(rest, parts.length ? "more check" : "check"));
  return parts.join(", ");
}

function lineOf(node: TreeNode | undefined): string {
  return node && !isEmptyText(node) ? toLine(node) : "";
}

const FIELDS_NAMED = 8;

/** The name in the results of a submit or follow step without a name: "submit Save (title, body)". */
export function pageStepName(node: TreeNode): string {
  const value = childOf(node, "submit");
  if (!value) {
    const link = childOf(node, "follow");
    return `follow ${textOf(childOf(link, "link")) ?? textOf(link) ?? ""}`.trim();
  }
  const keys = keysOf(value);
  const fields = keys.slice(0, FIELDS_NAMED).join(", ") + (keys.length > FIELDS_NAMED ? ", …" : "");
  const button = textOf(value) || textOf(childOf(node, "button"));
  return ["submit", button, fields && `(${fields})`].filter(Boolean).join(" ");
}

interface Face {
  title: string;
  verb: string;
  detail: string;
}

function requestFace(node: TreeNode, action: Row): Face {
  const value = childOf(node, action.key);
  const method = action.key === "request" ? textOf(childOf(value, "method")) : action.label;
  const url = action.key === "request" || value?.kind === "map" ? textOf(childOf(value, "url")) : textOf(value);
  const name = textOf(childOf(node, "name"));
  const parts = [name ? url : "", bodyOf(node), mustBe(node)].filter(Boolean);
  return { title: name || url || "A new request", verb: method || "?", detail: parts.join(" · ") };
}

const TITLES: { [kind: string]: (node: TreeNode) => string } = {
  think: (node) => `Pause ${lineOf(childOf(node, "think"))}`,
  set: (node) => `Set ${keysOf(childOf(node, "set")).join(", ")}`,
  repeat: (node) => `Repeat ${lineOf(childOf(node, "repeat"))} times`,
  for_each: (node) => `For each ${lineOf(childOf(node, "for_each"))} in ${lineOf(childOf(node, "in"))}`,
  while: (node) => `While ${lineOf(childOf(node, "while"))}`,
  if: (node) => `If ${lineOf(childOf(node, "if"))}`,
  choose: () => "One of several branches",
  parallel: () => "At the same time",
  group: (node) => lineOf(childOf(node, "group")) || "Group",
  call: (node) => `Flow “${lineOf(childOf(node, "call"))}”`,
  rendezvous: (node) => `Wait for other users: ${lineOf(childOf(childOf(node, "rendezvous"), "name"))}`,
  log: (node) => lineOf(childOf(node, "log")),
  fail: (node) => lineOf(childOf(node, "fail")),
  stop: (node) => `Stop the ${lineOf(childOf(node, "stop"))}`,
  follow: pageStepName,
  send: (node) => `Send ${keysOf(childOf(node, "send")).join(", ")}`,
  wait_for: (node) => `Wait for ${keysOf(childOf(node, "wait_for")).join(", ")}`,
  submit: pageStepName,
  graphql: (node) => textOf(childOf(node, "operation")) || lineOf(childOf(node, "graphql")),
};

export function faceOf(kind: Kind | undefined, node: TreeNode): Face {
  const action = actionOf(kind, node);
  if (!kind || !action) return { title: "Not a known step", verb: "?", detail: toLine(node).slice(0, 80) };
  if (kind.name === "request") return requestFace(node, action);
  const name = textOf(childOf(node, "name"));
  const title = TITLES[kind.name]?.(node) ?? `${kind.label} ${lineOf(childOf(node, action.key))}`;
  const detail = [name ? title : "", kind.request ? mustBe(node) : ""].filter(Boolean).join(" · ");
  return { title: (name || title).trim() || kind.label, verb: kind.label.toUpperCase(), detail };
}

export function outlineStep(language: Language, node: TreeNode, path: string): OutlineStep {
  const kind = kindOf(language, node);
  const lists = nestedLists(kind, node, path).map((list) => ({
    ...list,
    steps: outlineList(language, findBelow(node, path, list.path), list.path),
  }));
  return {
    path,
    kind,
    action: actionOf(kind, node)?.key ?? "",
    ...faceOf(kind, node),
    keeps: keysOf(childOf(node, "extract")),
    lists,
    node,
  };
}

function findBelow(node: TreeNode, path: string, place: string): TreeNode | undefined {
  return findNode(node, place.slice(path.length));
}

export function outlineList(language: Language, list: TreeNode | undefined, path: string): OutlineStep[] {
  if (list?.kind !== "list") return [];
  return list.items.map((item, index) => outlineStep(language, item, joinPath(path, index)));
}

/** The steps in the order in which they are shown. */
export function flatSteps(steps: readonly OutlineStep[]): OutlineStep[] {
  return steps.flatMap((step) => [step, ...step.lists.flatMap((list) => flatSteps(list.steps))]);
}

/** The section that has the step or list at `path`. */
export function sectionOf(sections: readonly Section[], path: string): Section | undefined {
  return sections.find((section) => isInside(path, section.list));
}

/** The innermost step of the sections whose text contains the offset. */
export function stepAt(language: Language, root: TreeNode | null | undefined, offset: number): string | undefined {
  let found: string | undefined;
  for (const section of sectionsOf(root)) {
    for (const step of flatSteps(outlineList(language, findNode(root, section.list), section.list))) {
      const { begin, end } = step.node;
      if (begin !== undefined && end !== undefined && begin <= offset && offset <= end) found = step.path;
    }
  }
  return found;
}

/** Steps run before others in the same list; the place after a step, and its list. */
export function placeAfter(path: string): { list: string; index: number } {
  const { parent, last } = cutPath(path);
  return { list: parent, index: Number(last) + 1 };
}

/** A new step of this kind that is valid where that is possible: a list of steps cannot be empty. */
export function newStep(kind: Kind, action: string): { [key: string]: Json } {
  const steps: Json = [{ get: "/" }];
  switch (kind.name) {
    case "request":
      return action === "request" ? { request: { method: "PROPFIND", url: "/" } } : { [action]: "/" };
    case "think":
      return { think: "1s..3s" };
    case "set":
      return { set: { value: "1" } };
    case "repeat":
      return { repeat: 2, steps };
    case "for_each":
      return { for_each: "item", in: "${[1, 2]}", steps };
    case "while":
      return { while: "${1 == 2}", max: 10, steps };
    case "if":
      return { if: "${1 == 1}", then: steps };
    case "choose":
      return {
        choose: [
          { weight: 1, steps },
          { weight: 1, steps },
        ],
      };
    case "parallel":
      return { parallel: steps };
    case "group":
      return { group: "New group", steps };
    case "rendezvous":
      return { rendezvous: { name: "together", users: 2 } };
    case "stop":
      return { stop: "iteration" };
    case "submit":
      return { submit: {} };
    case "follow":
      return { follow: { link: "Next" } };
    case "graphql":
      return { graphql: "/graphql", query: "{ __typename }" };
    case "websocket":
      return { websocket: "/" };
    case "listen":
      return { listen: "/events" };
    case "send":
      return { send: { text: "hello" } };
    case "wait_for":
      return { wait_for: { body: { exists: true } } };
    case "close":
      return { close: 1000 };
    case "log":
      return { log: "Here" };
    case "fail":
      return { fail: "This must not happen" };
    default:
      return { [action]: "" };
  }
}
