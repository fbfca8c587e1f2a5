/* Changes of loads, scenarios and thresholds as operations of POST edits. */
import type { Op } from "../document";
import { appendItem, removeValue, setValue } from "../model/edit_ops";
import { loadValue } from "../model/load_form";
import type { Load } from "../model/load_form";
import { parseLevel, typedDuration } from "../model/quantity";
import { plainValue } from "../model/tree";
import type { Json, TreeNode } from "../model/tree";
import { childOf, findNode, joinPath } from "../model/tree";

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

export function orderOf(owner: string): readonly string[] {
  return owner === "" ? FILE_ORDER : SCENARIO_ORDER;
}

/** Writes the load of the file (OWNER "") or of a scenario ("/scenarios/1"). */
export function loadOps(root: TreeNode | null, owner: string, load: Load): Op[] {
  const value = loadValue(findNode(root, joinPath(owner, "load")), load);
  return value ? setValue(root, joinPath(owner, "load"), value, orderOf(owner)) : [];
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
  return setValue(root, joinPath(owner, key), plainValue(trimmed), order);
}

/** A typed value of a key of a load, as the language writes it, or the problem with it. */
export function typedNumber(key: string, typed: string): { text: string; problem: string } {
  const text = typed.trim();
  const wrong = (problem: string) => ({ text, problem: `‘${text}’ is not ${problem}` });
  if (text === "" || text.includes("${")) {
    return ["over", "hold", "ramp_to"].includes(key) && !text ? wrong("a value") : { text, problem: "" };
  }
  if (["duration", "ramp_up", "warm_up", "grace", "over", "hold"].includes(key)) {
    const time = typedDuration(text);
    return time === null ? wrong("a time; write 30s or 5m") : { text: time, problem: "" };
  }
  if (key === "arrivals") {
    const rate = /^[\d.]+$/.test(text) ? text + "/s" : text;
    return parseLevel(rate)?.unit ? { text: rate, problem: "" } : wrong("a rate; write 20/s");
  }
  if (["users", "iterations", "total_iterations", "max_users"].includes(key)) {
    return /^[1-9]\d*$/.test(text) ? { text, problem: "" } : wrong("a whole number");
  }
  return key === "ramp_to" && !parseLevel(text) ? wrong("a number") : { text, problem: "" };
}

/** Adds thresholds at the end of the list. */
export function addThresholds(root: TreeNode | null, values: readonly Json[]): Op[] {
  const node = findNode(root, "/thresholds");
  if (node?.kind === "list" && node.items.length) return values.flatMap((one) => appendItem(root, "/thresholds", one));
  // The language allows one threshold without a list.
  const old: Json[] = node?.kind === "text" && node.value !== "" ? [node.value] : [];
  return setValue(root, "/thresholds", [...old, ...values], FILE_ORDER);
}

/** Gives a scenario its own load, or lets it share that of the file again. */
export function ownLoadOps(root: TreeNode | null, owner: string, own: boolean): Op[] {
  const remove = (key: string): Op[] => removeValue(root, joinPath(owner, key), owner);
  if (!own) return [...remove("start_after"), ...remove("load")];
  const load: Json = { users: 5, duration: "1m" };
  // The load is put beside the weight before that is removed.
  return [...setValue(root, joinPath(owner, "load"), load, SCENARIO_ORDER), ...remove("weight")];
}
