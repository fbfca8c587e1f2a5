/* Where an error is shown: its tab, and the place in the tree it belongs to. */
import type { Diagnostic } from "../document";

type Place = "steps" | "data" | "load";

/** The tab that shows what is at a path of the file. */
export function tabOfPath(path: string | null): Place {
  const parts = (path ?? "").split("/");
  const key = parts[1] === "scenarios" ? (parts[3] ?? "") : (parts[1] ?? "");
  if (key === "data" || key === "parameters" || key === "variables") return "data";
  if (key === "load" || key === "thresholds") return "load";
  return "steps";
}

/** The diagnostics at `path` and, unless `only`, inside it. */
export function diagnosticsAt(all: Diagnostic[], path: string, only = false): Diagnostic[] {
  return all.filter((found) => found.path === path || (!only && (found.path ?? "").startsWith(path + "/")));
}
