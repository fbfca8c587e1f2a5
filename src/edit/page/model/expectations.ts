/*
 * "It worked when": each line is one condition on the response. In the file, several conditions of
 * one subject share a key: body: {contains: [a, b], max: 3} are three lines.
 */
import { removeValue, setValue } from "./edit_ops";
import type { EditOp } from "./edit_ops";
import type { Language, Row } from "./form_model";
import { findNode, isInside, joinPath, splitPath, toValue } from "./tree";
import type { Json, TreeNode } from "./tree";

/** The comparisons, as a reader would say them. */
export const comparisons: { word: string; label: string }[] = [
  { word: "contains", label: "contains" },
  { word: "equals", label: "is" },
  { word: "not", label: "is not" },
  { word: "matches", label: "matches (regex)" },
  { word: "exists", label: "exists" },
  { word: "min", label: "is at least" },
  { word: "max", label: "is at most" },
  { word: "count", label: "has this many values" },
  { word: "type", label: "has the type" },
];

export interface Condition {
  /** The key: body, header, status … */
  subject: string;
  /** The name of the header, the JSONPath: only for a subject with names. */
  name?: string;
  /** Only for a subject that is compared. */
  comparison?: string;
  path: string;
  node: TreeNode;
}

export function takesNames(row: Row | undefined): boolean {
  return row?.widget === "map";
}

export function isCompared(row: Row | undefined): boolean {
  return row?.widget === "predicate" || row?.element?.widget === "predicate";
}

function compared(node: TreeNode, path: string): { comparison: string; path: string; node: TreeNode }[] {
  if (node.kind !== "map") return [{ comparison: "equals", path, node }];
  return node.pairs.flatMap((pair) => {
    const place = joinPath(path, pair.key);
    if (pair.value.kind !== "list" || !["contains", "matches", "not"].includes(pair.key)) {
      return [{ comparison: pair.key, path: place, node: pair.value }];
    }
    return pair.value.items.map((one, index) => ({
      comparison: pair.key,
      path: joinPath(place, index),
      node: one,
    }));
  });
}

/** The conditions of the mapping `expect` at PATH. */
export function conditionsOf(language: Language, expect: TreeNode | undefined, path: string): Condition[] {
  if (expect?.kind !== "map") return [];
  return expect.pairs.flatMap((pair): Condition[] => {
    const row = language.assertions.find((one) => one.key === pair.key);
    const place = joinPath(path, pair.key);
    if (takesNames(row) && pair.value.kind === "map") {
      return pair.value.pairs.flatMap((named) =>
        compared(named.value, joinPath(place, named.key)).map((one) => ({
          subject: pair.key,
          name: named.key,
          ...one,
        })),
      );
    }
    if (isCompared(row)) return compared(pair.value, place).map((one) => ({ subject: pair.key, ...one }));
    return [{ subject: pair.key, path: place, node: pair.value }];
  });
}

export interface Wanted {
  subject: string;
  name: string;
  comparison: string;
  value: Json;
}

function commonPath(a: string, b: string): string {
  const other = splitPath(b);
  const parts: string[] = [];
  for (const part of splitPath(a)) {
    if (other[parts.length] !== part) break;
    parts.push(part);
  }
  return joinPath("", ...parts);
}

/** Where the comparison is written, and its value there: a second text of `contains` makes a list. */
function placeOf(root: TreeNode | null, path: string, comparison: string, value: Json): [string, Json] {
  const node = findNode(root, path);
  const place = joinPath(path, comparison);
  if (!node) return comparison === "equals" ? [path, value] : [path, { [comparison]: value }];
  // The short form is a comparison with "equals".
  if (node.kind !== "map") return [path, { equals: toValue(node), [comparison]: value }];
  const old = findNode(root, place);
  if (!old || !["contains", "matches", "not"].includes(comparison)) return [place, value];
  const list = toValue(old);
  return [place, [...(Array.isArray(list) ? list : [list]), value]];
}

/** Adds a condition to the mapping at PATH. */
export function addCondition(
  root: TreeNode | null,
  language: Language,
  path: string,
  wanted: Wanted,
  order: readonly string[],
): EditOp[] {
  const row = language.assertions.find((one) => one.key === wanted.subject);
  const own = joinPath(path, wanted.subject, ...(takesNames(row) ? [wanted.name] : []));
  if (!isCompared(row)) return setValue(root, own, wanted.value, order);
  const [place, value] = placeOf(root, own, wanted.comparison, wanted.value);
  return setValue(root, place, value, order);
}

/** Changes a condition. If it moves to another key, the old one is removed. */
export function changeCondition(
  root: TreeNode | null,
  language: Language,
  path: string,
  old: Condition,
  wanted: Wanted,
): EditOp[] {
  const same = old.subject === wanted.subject && (old.name ?? "") === wanted.name;
  if (same && (old.comparison ?? "") === wanted.comparison) {
    return [{ op: "set", path: old.path, value: wanted.value }];
  }
  const short = findNode(root, old.path) && !old.path.endsWith("/" + (old.comparison ?? ""));
  if (same && short && old.comparison === "equals") {
    return [{ op: "set", path: old.path, value: { [wanted.comparison]: wanted.value } }];
  }
  const add = addCondition(root, language, path, wanted, []);
  const first = add[0];
  const target = first && "path" in first ? first.path : path;
  if (isInside(target, old.path)) return add;
  return [...add, ...removeValue(root, old.path, commonPath(target, old.path) || path)];
}
