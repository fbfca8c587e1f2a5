/*
 * The operations of POST edits: what a change in a form does to the file. The server turns them into
 * patches of the text; see the section EDITING of reprise(1).
 */
import { cutPath, findNode, isEmptyText, isInside, joinPath, keysOf, splitPath } from "./tree";
import type { Json, TreeNode } from "./tree";

export type Aliases = "everywhere" | "here";
export type TextStyle = "plain" | "single" | "double" | "literal" | "folded";

export type EditOp =
  | { op: "set"; path: string; value?: Json; style?: TextStyle; aliases?: Aliases }
  | { op: "add"; path: string; value: Json; before?: string; after?: string; aliases?: Aliases }
  | { op: "insert"; path: string; value: Json; aliases?: Aliases }
  | { op: "remove"; path: string; aliases?: Aliases }
  | { op: "move"; from: string; path: string; before?: string; after?: string; aliases?: Aliases }
  | { op: "duplicate"; path: string; key?: string; aliases?: Aliases }
  | { op: "disable"; path: string; aliases?: Aliases }
  | { op: "enable"; path: string; item: number; aliases?: Aliases }
  | { op: "rename"; path: string; key: string; aliases?: Aliases }
  | { op: "scenarios"; key?: string }
  | { op: "undo"; digest: string; edits: TextEdit[] };

export interface TextEdit {
  begin: number;
  end: number;
  text: string;
}

type Root = TreeNode | null | undefined;

/** The key of `parent` after which `key` belongs, in the order of the table; undefined: at the end. */
function placeAfter(parent: TreeNode | undefined, key: string, order: readonly string[]) {
  const place = order.indexOf(key);
  if (place < 0) return {};
  const keys = keysOf(parent);
  const earlier = keys.filter((one) => order.indexOf(one) >= 0 && order.indexOf(one) < place);
  const last = earlier[earlier.length - 1];
  if (last !== undefined) return { after: last };
  return keys[0] !== undefined ? { before: keys[0] } : {};
}

/**
 * Gives the place `path` this value, and adds the mappings on the way that are missing. ORDER lists
 * the keys of the mapping in which the first missing key is put.
 */
export function setValue(root: Root, path: string, value: Json, order: readonly string[] = []): EditOp[] {
  if (path === "") return [];
  if (findNode(root, path)) return [{ op: "set", path, value }];
  const { parent, last } = cutPath(path);
  const owner = parent === "" ? root : findNode(root, parent);
  if (owner?.kind === "list") return [{ op: "insert", path, value }];
  if (owner?.kind === "map") {
    return [{ op: "add", path, value, ...placeAfter(owner, last, order) }];
  }
  const wrapped = { [last]: value };
  if (owner && !isEmptyText(owner)) return [{ op: "set", path: parent, value: wrapped }];
  return owner ? [{ op: "set", path: parent, value: wrapped }] : setValue(root, parent, wrapped, order);
}

/** Appends an item to the list at `path`, which may be missing. A single value becomes a list. */
export function appendItem(root: Root, path: string, value: Json, order: readonly string[] = []): EditOp[] {
  const list = findNode(root, path);
  if (list?.kind === "list") return [{ op: "add", path: joinPath(path, "-"), value }];
  return setValue(root, path, [value], order);
}

/**
 * Removes the value at `path`, and the mappings around it that would be empty, up to `within`, which
 * stays.
 */
export function removeValue(root: Root, path: string, within = ""): EditOp[] {
  if (!findNode(root, path)) return [];
  let remove = path;
  for (;;) {
    const { parent } = cutPath(remove);
    if (parent === within || parent === "" || !isInside(parent, within)) break;
    const owner = findNode(root, parent);
    const count = owner?.kind === "map" ? owner.pairs.length : owner?.kind === "list" ? owner.items.length : 0;
    if (count !== 1) break;
    remove = parent;
  }
  return [{ op: "remove", path: remove }];
}

/** Puts the keys of a choice right: removes the others, and sets the chosen one. */
export function setChoice(
  root: Root,
  owner: string,
  others: readonly string[],
  key: string | null,
  value: Json,
  order: readonly string[] = [],
): EditOp[] {
  const node = owner === "" ? root : findNode(root, owner);
  const set = others.filter((one) => one !== key && keysOf(node).includes(one));
  const first = set[0];
  const ops: EditOp[] = [];
  if (key !== null && first !== undefined && !keysOf(node).includes(key)) {
    // The place of the old key is kept.
    ops.push({ op: "rename", path: joinPath(owner, first), key });
    ops.push({ op: "set", path: joinPath(owner, key), value });
    set.shift();
  } else if (key !== null && !keysOf(node).includes(key)) {
    ops.push(...setValue(root, joinPath(owner, key), value, order));
  }
  for (const one of set) ops.push({ op: "remove", path: joinPath(owner, one) });
  return ops;
}

/** A name that is not yet a key: "name", "name 2". */
export function freeKey(node: TreeNode | undefined, wanted: string, glue = " "): string {
  const keys = keysOf(node);
  if (!keys.includes(wanted)) return wanted;
  for (let i = 2; ; i++) if (!keys.includes(wanted + glue + i)) return wanted + glue + i;
}

/* ---- items of lists: steps */

/** `path` after the item `removed` has left its list. */
export function pathWithout(path: string, removed: string): string {
  const gone = cutPath(removed);
  const parts = splitPath(path);
  const outer = splitPath(gone.parent);
  if (gone.last === "" || !path.startsWith(gone.parent + "/") || parts.length <= outer.length) return path;
  const index = Number(parts[outer.length]);
  if (!Number.isInteger(index) || index <= Number(gone.last)) return path;
  parts[outer.length] = String(index - 1);
  return joinPath("", ...parts);
}

/**
 * Moves the item `from` before the item `index` of the list `list`; both are counted in the tree as it
 * is now. Null if nothing changes or the target is inside the moved item.
 */
export function moveItem(
  root: Root,
  from: string,
  list: string,
  index: number,
): { ops: EditOp[]; path: string } | null {
  if (isInside(list, from)) return null;
  const source = cutPath(from);
  if (source.parent === list && (Number(source.last) === index || Number(source.last) + 1 === index)) {
    return null;
  }
  const target = findNode(root, list);
  const later = pathWithout(joinPath(list, index), from);
  if (target?.kind !== "list") return null;
  return { ops: [{ op: "move", from, path: later }], path: later };
}

/** The largest common start and end are kept: one edit that turns `before` into `after`. */
export function textEdit(before: string, after: string): TextEdit | null {
  if (before === after) return null;
  const most = Math.min(before.length, after.length);
  let begin = 0;
  while (begin < most && before[begin] === after[begin]) begin++;
  let tail = 0;
  while (tail < most - begin && before[before.length - 1 - tail] === after[after.length - 1 - tail]) {
    tail++;
  }
  // A pair of surrogates is one character.
  if (begin > 0 && /[\uD800-\uDBFF]/.test(before[begin - 1] ?? "")) begin--;
  if (tail > 0 && /[\uDC00-\uDFFF]/.test(before[before.length - tail] ?? "")) tail--;
  return { begin, end: before.length - tail, text: after.slice(begin, after.length - tail) };
}

/** The text after the edits, which are sorted and do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.begin - a.begin)
    .reduce((whole, edit) => whole.slice(0, edit.begin) + edit.text + whole.slice(edit.end), text);
}

/**
 * The text with both changes of BASE: those of the user and those of another program. Null if they
 * change the same place.
 */
export function mergeTexts(base: string, mine: string, theirs: string): string | null {
  const own = textEdit(base, mine);
  const other = textEdit(base, theirs);
  if (!own) return theirs;
  if (!other || mine === theirs) return mine;
  const apart = own.end < other.begin || other.end < own.begin;
  return apart ? applyEdits(base, [own, other]) : null;
}
