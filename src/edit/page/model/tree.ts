/*
 * The tree of a document as the API sends it, and paths in it. A path is a JSON Pointer:
 * "/steps/2/form/user". Offsets are UTF-16 units of the document's text.
 */

export interface TreeText {
  kind: "text";
  begin?: number;
  end?: number;
  alias?: boolean;
  value: string;
  style: "plain" | "single" | "double" | "literal" | "folded";
}

export interface TreeList {
  kind: "list";
  begin?: number;
  end?: number;
  alias?: boolean;
  flow: boolean;
  items: TreeNode[];
}

export interface TreePair {
  key: string;
  begin?: number;
  end?: number;
  value: TreeNode;
}

export interface TreeMap {
  kind: "map";
  begin?: number;
  end?: number;
  alias?: boolean;
  flow: boolean;
  pairs: TreePair[];
}

export type TreeNode = TreeText | TreeList | TreeMap;
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The keys and indexes of a path. */
export function splitPath(path: string): string[] {
  return path
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
}

export function joinPath(path: string, ...parts: (string | number)[]): string {
  return parts.reduce<string>(
    (whole, part) => whole + "/" + String(part).replace(/~/g, "~0").replace(/\//g, "~1"),
    path,
  );
}

/** The path without its last part, and that part. */
export function cutPath(path: string): { parent: string; last: string } {
  const at = path.lastIndexOf("/");
  return { parent: path.slice(0, at), last: splitPath(path.slice(at))[0] ?? "" };
}

/** Whether `path` is `outer` or a place inside it. */
export function isInside(path: string, outer: string): boolean {
  return path === outer || path.startsWith(outer + "/");
}

export function childOf(node: TreeNode | null | undefined, part: string): TreeNode | undefined {
  if (node?.kind === "map") return node.pairs.find((pair) => pair.key === part)?.value;
  if (node?.kind === "list" && /^\d+$/.test(part)) return node.items[Number(part)];
  return undefined;
}

export function findNode(root: TreeNode | null | undefined, path: string): TreeNode | undefined {
  return splitPath(path).reduce<TreeNode | undefined>(childOf, root ?? undefined);
}

export function keysOf(node: TreeNode | null | undefined): string[] {
  return node?.kind === "map" ? node.pairs.map((pair) => pair.key) : [];
}

/** The text of a scalar, or undefined. */
export function textOf(node: TreeNode | null | undefined): string | undefined {
  return node?.kind === "text" ? node.value : undefined;
}

/** A key without a value. */
export function isEmptyText(node: TreeNode | undefined): boolean {
  return node?.kind === "text" && node.style === "plain" && node.value === "";
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** The value of a text without quotes as JSON: numbers, true, false and null keep their type. */
export function plainValue(text: string): Json {
  if (text === "" || text === "null" || text === "~") return null;
  if (text === "true" || text === "false") return text === "true";
  return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}

export function toValue(node: TreeNode): Json {
  if (node.kind === "list") return node.items.map(toValue);
  if (node.kind === "map") {
    return Object.fromEntries(node.pairs.map((pair) => [pair.key, toValue(pair.value)]));
  }
  return node.style === "plain" ? plainValue(node.value) : node.value;
}

/** A value on one line, for summaries: {a: 1, b: [x]}. */
export function toLine(node: TreeNode, depth = 0): string {
  if (node.kind === "text") return node.value;
  if (depth > 2) return node.kind === "list" ? "[…]" : "{…}";
  if (node.kind === "list") return `[${node.items.map((one) => toLine(one, depth + 1)).join(", ")}]`;
  const pairs = node.pairs.map((pair) => `${pair.key}: ${toLine(pair.value, depth + 1)}`);
  return `{${pairs.join(", ")}}`;
}
