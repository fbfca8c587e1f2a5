/*
 * Forms from the tables of the language (`GET language`, `reprise schema --forms`) and the tree of
 * the document: which groups and fields a mapping has, their values, and the values in force where
 * nothing is written.
 */
import { childOf, findNode, isInside, joinPath, keysOf, textOf, toLine } from "./tree";
import type { Diagnostic } from "../document";
import type { TreeNode } from "./tree";

export interface Word {
  word: string;
  meaning: string;
}

export interface Choice {
  name: string;
  label: string;
}

export interface Element {
  widget: string;
  definition?: string;
  suggests?: string;
  parameter?: boolean;
  words?: Word[];
  rows?: Row[];
  choices?: Choice[];
  element?: Element;
}

export interface Row extends Element {
  key: string;
  label: string;
  group: string;
  sentence: string;
  example?: string;
  default?: string;
  choice?: string;
  with?: string[];
  inherits?: string;
  required?: boolean;
  repeats?: boolean;
  one_is_enough?: boolean;
  secret?: boolean;
  action?: boolean;
  minimum?: number;
  maximum?: number;
}

export interface Kind {
  name: string;
  label: string;
  sentence: string;
  request?: boolean;
  choices?: Choice[];
  rows: Row[];
}

export interface Definition {
  choices?: Choice[];
  rows: Row[];
}

export interface Language {
  version: number;
  groups: { name: string; label: string; sentence: string }[];
  file: Definition;
  steps: Kind[];
  extractors: Kind[];
  assertions: Row[];
  functions: { name: string; signature: string; sentence: string; filter?: boolean }[];
  definitions: { [name: string]: Definition };
}

/** Where the value comes from that applies if the key is not written. */
export interface InForce {
  text: string;
  from: "settings" | "default";
}

export interface Field {
  row: Row;
  path: string;
  node?: TreeNode;
  inForce?: InForce;
}

/** Keys that exclude each other, such as form, json and body. */
export interface FieldChoice {
  name: string;
  label: string;
  options: Field[];
  chosen?: string;
  /** Keys that go with the chosen one. */
  companions: Field[];
}

export interface FieldGroup {
  name: string;
  label: string;
  sentence: string;
  fields: Field[];
  choices: FieldChoice[];
  /** The number of keys that are written. */
  written: number;
}

export interface Form {
  path: string;
  groups: FieldGroup[];
  /** The keys that say what kind of step it is. */
  actions: Field[];
  /** Keys of the file that the language does not have. */
  unknown: string[];
  /** All keys in the order of the table. */
  order: string[];
}

/** The kind of the step by its action: `get`, `if` … */
export function kindOf(language: Language, node: TreeNode | undefined): Kind | undefined {
  const keys = keysOf(node);
  const found = language.steps.find((kind) => kind.rows.some((row) => row.action && keys.includes(row.key)));
  return found;
}

/** The key of the step that says what it does. */
export function actionOf(kind: Kind | undefined, node: TreeNode | undefined): Row | undefined {
  const keys = keysOf(node);
  return kind?.rows.find((row) => row.action && keys.includes(row.key));
}

export function definitionOf(language: Language, row: Element): Definition | undefined {
  if (row.rows) return { rows: row.rows, choices: row.choices };
  const definition = row.definition ? language.definitions[row.definition] : undefined;
  return definition?.rows ? definition : undefined;
}

/** A value as a reader would say it: the meaning of a word, yes or no. */
export function inWords(row: Element, node: TreeNode): string {
  const text = textOf(node);
  const word = row.words?.find((one) => one.word === text);
  if (word) return word.meaning;
  if (row.widget === "toggle" && (text === "true" || text === "false")) {
    return text === "true" ? "yes" : "no";
  }
  return toLine(node);
}

export function inForceOf(row: Row, root: TreeNode | null | undefined): InForce | undefined {
  const inherited = row.inherits ? findNode(root, row.inherits) : undefined;
  if (inherited) return { text: inWords(row, inherited), from: "settings" };
  if (row.default === undefined) return undefined;
  const word = row.words?.find((one) => one.word === row.default);
  return { text: word ? word.meaning : row.default, from: "default" };
}

function fieldOf(row: Row, node: TreeNode | undefined, path: string, root: TreeNode | null | undefined): Field {
  const field: Field = { row, path: joinPath(path, row.key) };
  const value = childOf(node, row.key);
  const inForce = inForceOf(row, root);
  if (value) field.node = value;
  if (inForce) field.inForce = inForce;
  return field;
}

function choiceOf(definition: Definition, name: string, fields: Field[]): FieldChoice {
  const label = definition.choices?.find((one) => one.name === name)?.label ?? name;
  const members = fields.filter((field) => field.row.choice === name);
  const options = members.filter((field) => !field.row.with);
  const chosen = options.find((field) => field.node)?.row.key;
  const companions = members.filter(
    (field) => field.row.with && (field.node || (chosen !== undefined && field.row.with.includes(chosen))),
  );
  return { name, label, options, companions, ...(chosen === undefined ? {} : { chosen }) };
}

/** A row that belongs to another one (`with`) and not to a choice is shown if that one is written. */
function applies(field: Field, node: TreeNode | undefined): boolean {
  if (field.node || !field.row.with || field.row.choice) return true;
  return field.row.with.some((key) => childOf(node, key));
}

/** The form of the mapping NODE at PATH, which may be missing. */
export function formOf(
  language: Language,
  definition: Definition,
  node: TreeNode | undefined,
  path: string,
  root: TreeNode | null | undefined,
): Form {
  const all = definition.rows.map((row) => fieldOf(row, node, path, root));
  const rest = all.filter((field) => !field.row.action && applies(field, node));
  const known = new Set(definition.rows.map((row) => row.key));
  const groups: FieldGroup[] = [];
  for (const group of language.groups) {
    const fields = rest.filter((field) => field.row.group === group.name);
    const plain = fields.filter((field) => !field.row.choice);
    // A choice is shown where its first key is; rare keys of it can be in another group.
    const names = [...new Set(fields.map((field) => field.row.choice ?? ""))].filter(
      (name) => name && !groups.some((one) => one.choices.some((choice) => choice.name === name)),
    );
    const choices = names.map((name) => choiceOf(definition, name, rest));
    if (!plain.length && !choices.length) continue;
    const members = choices.flatMap((choice) => [...choice.options, ...choice.companions]);
    const written = [...plain, ...members].filter((field) => field.node).length;
    groups.push({ ...group, fields: plain, choices, written });
  }
  return {
    path,
    groups,
    actions: all.filter((field) => field.row.action),
    unknown: keysOf(node).filter((key) => !known.has(key)),
    order: definition.rows.map((row) => row.key),
  };
}

/** The text beside the title of a closed group: the values that are written, or that none is. */
export function groupSummary(group: FieldGroup): string {
  const members = group.choices.flatMap((choice) => [...choice.options, ...choice.companions]);
  const written = [...group.fields, ...members].filter((field) => field.node);
  if (written.length) {
    return written
      .slice(0, 3)
      .map((field) => {
        const value = field.row.secret ? "" : shortValue(field);
        return value ? `${field.row.label.toLowerCase()}: ${value}` : field.row.label.toLowerCase();
      })
      .join(", ")
      .concat(written.length > 3 ? ` and ${written.length - 3} more` : "");
  }
  const inherited = group.fields.filter((field) => field.inForce?.from === "settings");
  return inherited.length ? "as in the settings of this test" : "nothing changed";
}

function shortValue(field: Field): string {
  const node = field.node;
  if (!node || node.kind !== "text") return "";
  const text = inWords(field.row, node);
  return text.length > 30 ? text.slice(0, 29) + "…" : text;
}

/* ---- diagnostics */

export function diagnosticsIn(diagnostics: readonly Diagnostic[], path: string): Diagnostic[] {
  return diagnostics.filter((one) => one.path !== null && isInside(one.path, path));
}

export function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.level === "error";
}

/** "1 error", "2 errors and 1 warning", or "". */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(isError).length;
  const warnings = diagnostics.length - errors;
  const parts = [];
  if (errors) parts.push(errors === 1 ? "1 error" : `${errors} errors`);
  if (warnings) parts.push(warnings === 1 ? "1 warning" : `${warnings} warnings`);
  return parts.join(" and ");
}
