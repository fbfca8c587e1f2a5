/* Changes of loads, scenarios and thresholds as operations of POST edits. */
import type { Op } from "../document";
import { loadValue } from "../model/load_form";
import type { Load } from "../model/load_form";
import { plainValue } from "../model/tree";
import type { Json, TreeNode } from "../model/tree";
import { childOf, findNode, joinPath, keysOf } from "../model/tree";

/** The order of the keys of a file; a new key is put after the nearest earlier one. */
const FILE_ORDER = [
  "name",
  "parameters",
  "target",
  "data",
  "variables",
  "defaults",
  "allowed_hosts",
  "seed",
  "load",
  "profiles",
  "include",
  "flows",
  "setup",
  "before_user",
  "steps",
  "scenarios",
  "after_user",
  "teardown",
  "thresholds",
];
const SCENARIO_ORDER = ["name", "weight", "start_after", "load", "pacing", "steps"];

/** Adds or replaces the key of the mapping at OWNER ("" is the file). */
export function setKey(root: TreeNode | null, owner: string, key: string, value: Json, order: readonly string[]): Op {
  const node = owner === "" ? root : findNode(root, owner);
  const path = joinPath(owner, key);
  if (childOf(node, key)) return { op: "set", path, value };
  const place = order.indexOf(key);
  const keys = keysOf(node);
  const earlier = keys.filter((one) => order.indexOf(one) >= 0 && order.indexOf(one) < place);
  const last = earlier[earlier.length - 1];
  if (last !== undefined) return { op: "add", path, value, after: last };
  return keys[0] === undefined ? { op: "add", path, value } : { op: "add", path, value, before: keys[0] };
}

export function orderOf(owner: string): readonly string[] {
  return owner === "" ? FILE_ORDER : SCENARIO_ORDER;
}

/** Writes the load of the file (OWNER "") or of a scenario ("/scenarios/1"). */
export function loadOps(root: TreeNode | null, owner: string, load: Load): Op[] {
  const value = loadValue(findNode(root, joinPath(owner, "load")), load);
  return value ? [setKey(root, owner, "load", value, orderOf(owner))] : [];
}

/** Sets one key of a mapping to what was typed; an empty text removes the key. */
export function typedOps(
  root: TreeNode | null,
  owner: string,
  key: string,
  text: string,
  order: readonly string[],
): Op[] {
  const old = childOf(owner === "" ? root : findNode(root, owner), key);
  const trimmed = text.trim();
  if (trimmed === "") return old ? [{ op: "remove", path: joinPath(owner, key) }] : [];
  return [setKey(root, owner, key, plainValue(trimmed), order)];
}

/** Adds thresholds at the end of the list. */
export function addThresholds(root: TreeNode | null, values: readonly Json[]): Op[] {
  const node = findNode(root, "/thresholds");
  if (node?.kind === "list" && node.items.length) {
    return values.map((value) => ({ op: "add", path: "/thresholds/-", value }));
  }
  const old: Json[] = node?.kind === "text" && node.value !== "" ? [node.value] : [];
  return [setKey(root, "", "thresholds", [...old, ...values], FILE_ORDER)];
}

/** Gives a scenario its own load, or lets it share that of the file again. */
export function ownLoadOps(root: TreeNode | null, owner: string, own: boolean): Op[] {
  const node = findNode(root, owner);
  const remove = (key: string): Op[] => (childOf(node, key) ? [{ op: "remove", path: joinPath(owner, key) }] : []);
  if (!own) return [...remove("start_after"), ...remove("load")];
  const load: Json = { users: 5, duration: "1m" };
  return [...remove("weight"), setKey(root, owner, "load", load, SCENARIO_ORDER)];
}
