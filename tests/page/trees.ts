/* Trees of documents for tests, from values; and the language from schemas/. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EditOp } from "../../src/edit/page/model/edit_ops";
import type { Language } from "../../src/edit/page/model/form_model";
import type { Json, TreeNode } from "../../src/edit/page/model/tree";

export const language = JSON.parse(
  readFileSync(`${process.env["SRCDIR"] ?? "."}/schemas/scenario.forms.json`, "utf8"),
) as Language;

/** The tree that the API sends for a file with this value, without offsets. */
export function tree(value: Json): TreeNode {
  if (Array.isArray(value)) return { kind: "list", flow: false, items: value.map(tree) };
  if (value !== null && typeof value === "object") {
    return {
      kind: "map",
      flow: false,
      pairs: Object.entries(value).map(([key, one]) => ({ key, value: tree(one) })),
    };
  }
  if (value === null) return { kind: "text", style: "plain", value: "" };
  const quoted = typeof value === "string" && /^(true|false|null|-?\d+(\.\d+)?)$/.test(value);
  return { kind: "text", style: quoted ? "double" : "plain", value: String(value) };
}

export const reprise = process.env["REPRISE"] ?? "";

/** The text of the file after the operations, applied by the program. */
export function applied(text: string, list: EditOp[]): string {
  const folder = mkdtempSync(join(tmpdir(), "reprise-model-"));
  try {
    const file = join(folder, "shop.yaml");
    writeFileSync(file, text);
    writeFileSync(join(folder, "ops.json"), JSON.stringify(list));
    execFileSync(reprise, ["edit", "--apply", join(folder, "ops.json"), file], { stdio: "pipe" });
    return readFileSync(file, "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
