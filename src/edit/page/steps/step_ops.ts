/* The operations of the step list: where a step is afterwards, so that it stays selected. */
import { moveItem } from "../model/edit_ops";
import type { EditOp } from "../model/edit_ops";
import { newStep, nestedLists } from "../model/outline";
import { kindOf } from "../model/form_model";
import type { Kind, Language } from "../model/form_model";
import { cutPath, findNode, joinPath, keysOf } from "../model/tree";
import type { Json, TreeNode } from "../model/tree";

/** Operations, and the step to select after them; null: none. */
export interface Change {
  ops: EditOp[];
  select: string | null;
}

type Root = TreeNode | null | undefined;

function size(root: Root, list: string): number {
  const node = findNode(root, list);
  return node?.kind === "list" ? node.items.length : 0;
}

/** Puts a step into a list that may be missing. */
export function insertStep(root: Root, list: string, index: number, step: Json): Change {
  const select = joinPath(list, index);
  const node = findNode(root, list);
  if (node?.kind === "list") {
    const last = index >= node.items.length;
    const op: EditOp = last
      ? { op: "add", path: joinPath(list, "-"), value: step }
      : { op: "insert", path: select, value: step };
    return { ops: [op], select: joinPath(list, Math.min(index, node.items.length)) };
  }
  const { parent, last } = cutPath(list);
  const op: EditOp = node
    ? { op: "set", path: list, value: [step] }
    : findNode(root, parent) || parent === ""
      ? { op: "add", path: list, value: [step] }
      : { op: "add", path: parent, value: { [last]: [step] } };
  return { ops: [op], select: joinPath(list, 0) };
}

export function insertKind(root: Root, list: string, index: number, kind: Kind, action: string): Change {
  return insertStep(root, list, index, newStep(kind, action));
}

export function moveStep(root: Root, from: string, list: string, index: number): Change | null {
  const moved = moveItem(root, from, list, index);
  return moved && { ops: moved.ops, select: moved.path };
}

/** Deletes a step. The last step of a list goes with nothing left: the list becomes []. */
export function deleteStep(root: Root, path: string): Change {
  const { parent, last } = cutPath(path);
  const count = size(root, parent);
  const next = Math.min(Number(last), count - 2);
  return { ops: [{ op: "remove", path }], select: next < 0 ? null : joinPath(parent, next) };
}

export function duplicateStep(path: string): Change {
  const { parent, last } = cutPath(path);
  return { ops: [{ op: "duplicate", path }], select: joinPath(parent, Number(last) + 1) };
}

/** A group around the step; its comments go with it. */
export function groupStep(path: string, name: string): Change {
  const { parent, last } = cutPath(path);
  const next = joinPath(parent, Number(last) + 1);
  return {
    ops: [
      // A list of steps cannot be moved into while it is empty: a pause holds its place.
      { op: "insert", path, value: { group: name, steps: [{ think: "1s" }] } },
      { op: "move", from: next, path: joinPath(path, "steps", 0) },
      { op: "remove", path: joinPath(path, "steps", 1) },
    ],
    select: path,
  };
}

/** Takes the steps of a group out of it, and removes the group. */
export function ungroupStep(root: Root, path: string): Change {
  const count = size(root, joinPath(path, "steps"));
  const { parent, last } = cutPath(path);
  const ops: EditOp[] = [];
  for (let i = 0; i + 1 < count; i++) {
    ops.push({ op: "move", from: joinPath(path, "steps", count - 1 - i), path: joinPath(parent, Number(last) + 1) });
  }
  if (count > 0) {
    ops.push({ op: "duplicate", path: joinPath(path, "steps", 0) });
    ops.push({ op: "move", from: joinPath(path, "steps", 1), path: joinPath(parent, Number(last) + 1) });
  }
  ops.push({ op: "remove", path });
  return { ops, select: count > 0 ? path : null };
}

/** The lists in a step. */
export function listsIn(language: Language, root: Root, path: string): string[] {
  const node = findNode(root, path);
  return node ? nestedLists(kindOf(language, node), node, path).map((list) => list.path) : [];
}

export function countIn(root: Root): (list: string) => number {
  return (list) => size(root, list);
}

/** Where "+ Step" puts a step: after the selected one, into a selected list of steps, or at the end. */
export function insertPlace(root: Root, list: string, selected: string | null): { list: string; index: number } {
  if (selected && selected.startsWith(list + "/") && findNode(root, selected)) {
    const { parent, last } = cutPath(selected);
    let index = Number(last) + 1;
    // A pause belongs to the step before it.
    while (keysOf(findNode(root, joinPath(parent, index)))[0] === "think") index++;
    return { list: parent, index };
  }
  return { list, index: size(root, list) };
}

/** The step to show if the selected one does not exist any more. */
export function nearestStep(root: Root, selected: string | null): string | null {
  let path = selected ?? "";
  while (path) {
    const node = findNode(root, path);
    if (node && /\/\d+$/.test(path) && !/^\/scenarios\/\d+$/.test(path)) return path;
    const { parent, last } = cutPath(path);
    const count = size(root, parent);
    if (/^\d+$/.test(last) && count > 0 && !/^\/scenarios$/.test(parent)) return joinPath(parent, count - 1);
    path = parent;
  }
  return null;
}
