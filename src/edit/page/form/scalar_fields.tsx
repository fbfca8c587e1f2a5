/* Fields with one value: texts, numbers, words, yes or no, files, and values as JSON. */
import { useState } from "../parts/hooks";
import { removeValue, setValue } from "../model/edit_ops";
import type { Field } from "../model/form_model";
import { childOf, keysOf, plainValue, textOf, toLine, toValue } from "../model/tree";
import type { Json, TreeNode } from "../model/tree";
import { ClearSecret } from "./clear_secret";
import { FieldFrame, placeholderOf } from "./field_frame";
import type { Control } from "./field_frame";
import { useForm } from "./form_context";
import { AreaInput, TemplateInput, TextInput } from "./text_input";

export interface FieldProps {
  field: Field;
  /** The keys of the mapping in the order of the table. */
  order: readonly string[];
}

/** Sets the value of a field; an empty text removes it if it is not needed. */
export function useCommit(field: Field, order: readonly string[]) {
  const form = useForm();
  return (value: Json) => {
    const empty = value === "" && !field.row.required && !field.row.action;
    form.edit(empty ? removeValue(form.root, field.path, form.within) : setValue(form.root, field.path, value, order));
  };
}

const NUMBERS = new Set(["integer", "number", "status", "match", "threshold_number"]);

/** The value for a typed text: numbers stay numbers where the key wants one. */
export function typedValue(widget: string, text: string): Json {
  const trimmed = widget === "text" || widget === "template" ? text : text.trim();
  if (widget === "status" && /^\[?\d[\w, ]*,/.test(trimmed)) {
    return trimmed
      .replace(/[[\]]/g, "")
      .split(",")
      .map((one) => plainValue(one.trim()));
  }
  const value = plainValue(trimmed);
  return NUMBERS.has(widget) && typeof value === "number" ? value : trimmed;
}

/** What an input shows of a value: the text, or a list as "200, 201". */
export function shownValue(node: TreeNode | undefined): string {
  if (!node) return "";
  if (node.kind === "list" && node.items.every((one) => one.kind === "text"))
    return node.items.map((one) => textOf(one)).join(", ");
  return toLine(node);
}

export function TextField({ field, order }: FieldProps) {
  const commit = useCommit(field, order);
  const form = useForm();
  const { widget } = field.row;
  const long = (textOf(field.node) ?? "").includes("\n");
  return (
    <FieldFrame field={field}>
      {(control) =>
        long ? (
          <AreaInput {...control} value={textOf(field.node) ?? ""} onCommit={commit} />
        ) : (
          <TextInput
            {...control}
            value={shownValue(field.node)}
            placeholder={placeholderOf(field)}
            suggestions={field.row.suggests === "flows" ? keysOf(childOf(form.root, "flows")) : undefined}
            onCommit={(text) => commit(typedValue(widget, text))}
          />
        )
      }
    </FieldFrame>
  );
}

/** Texts with ${…}. A body has several lines. */
export function TemplateField({ field, order }: FieldProps) {
  const commit = useCommit(field, order);
  const value = textOf(field.node) ?? "";
  const lines = field.row.choice === "body" || value.includes("\n");
  return (
    <FieldFrame field={field}>
      {(control) => (
        <>
          <TemplateInput
            {...control}
            value={value}
            secret={field.row.secret}
            placeholder={placeholderOf(field)}
            lines={lines}
            onCommit={commit}
          />
          {field.row.secret && <ClearSecret name={field.row.key} path={field.path} text={value} />}
        </>
      )}
    </FieldFrame>
  );
}

interface PickProps extends Control {
  value: string;
  options: { value: string; label: string }[];
  none: string | null;
  onPick: (value: string) => void;
}

/** A value that is not one of the options, such as ${…}, is an option too. */
export function Pick({ id, wrong, describedBy, value, options, none, onPick }: PickProps) {
  const known = value === "" || options.some((one) => one.value === value);
  return (
    <select
      id={id}
      className={wrong ? "wrong" : ""}
      aria-invalid={wrong || undefined}
      aria-describedby={describedBy}
      value={value}
      onChange={(event) => onPick(event.target.value)}
    >
      {(none !== null || value === "") && <option value="">{none ?? ""}</option>}
      {options.map((one) => (
        <option key={one.value} value={one.value}>
          {one.label}
        </option>
      ))}
      {!known && <option value={value}>{value}</option>}
    </select>
  );
}

export function WordsField({ field, order }: FieldProps) {
  const commit = useCommit(field, order);
  const options = (field.row.words ?? []).map((one) => ({ value: one.word, label: one.meaning || one.word }));
  const none = field.row.required || field.row.action ? null : placeholderOf(field) || "not set";
  return (
    <FieldFrame field={field}>
      {(control) => (
        <Pick {...control} value={textOf(field.node) ?? ""} options={options} none={none} onPick={commit} />
      )}
    </FieldFrame>
  );
}

function toggleText(node: TreeNode | undefined): string {
  const text = textOf(node) ?? "";
  return text === "true" ? "yes" : text === "false" ? "no" : text;
}

export function ToggleField({ field, order }: FieldProps) {
  const commit = useCommit(field, order);
  const options = ["yes", "no"].map((one) => ({ value: one, label: one }));
  return (
    <FieldFrame field={field}>
      {(control) => (
        <Pick
          {...control}
          value={toggleText(field.node)}
          options={options}
          none={placeholderOf(field) || "not set"}
          onPick={(text) => commit(text === "" ? "" : text === "yes" ? true : text === "no" ? false : text)}
        />
      )}
    </FieldFrame>
  );
}

export function FileField({ field, order }: FieldProps) {
  const commit = useCommit(field, order);
  const form = useForm();
  return (
    <FieldFrame field={field}>
      {(control) => (
        <TextInput
          {...control}
          mono
          suggestions={form.files}
          value={textOf(field.node) ?? ""}
          placeholder={placeholderOf(field)}
          onCommit={(text) => commit(text.trim())}
        />
      )}
    </FieldFrame>
  );
}

/** The value for a text that can be JSON: a list, an object, a number, or a text without quotes. */
export function looseValue(text: string): Json {
  const trimmed = text.trim();
  if (!trimmed) return "";
  if (/^[[{"]/.test(trimmed)) {
    try {
      return JSON.parse(trimmed) as Json;
    } catch {
      return text;
    }
  }
  return plainValue(text);
}

/** A text as it must be typed so that looseValue gives the value again. */
export function looseText(node: TreeNode | undefined): string {
  if (!node) return "";
  const value = toValue(node);
  if (typeof value !== "string") return JSON.stringify(value);
  return looseValue(value) === value ? value : JSON.stringify(value);
}

interface JsonEditorProps extends Partial<Control> {
  label?: string;
  value: Json | undefined;
  onCommit: (value: Json) => void;
}

/** The value of a text of JSON, in which ${…} may lack its quotes. */
function readJson(text: string): Json {
  return JSON.parse(text.replace(/([:[,]\s*|^\s*)(\$\{[^}"]*\})(?=\s*([,}\]]|$))/g, '$1"$2"')) as Json;
}

/** JSON over several lines; a text that is not JSON is kept and reported. */
export function JsonEditor({ id, label, value, wrong, describedBy, onCommit }: JsonEditorProps) {
  const [problem, setProblem] = useState("");
  const saved = value === undefined ? "" : JSON.stringify(value, null, 2);
  const commit = (text: string) => {
    try {
      onCommit(text.trim() === "" ? "" : readJson(text));
      setProblem("");
    } catch (error) {
      setProblem(`This is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return (
    <>
      <TemplateInput
        id={id}
        label={label}
        value={saved}
        lines
        wrong={wrong || problem !== ""}
        describedBy={describedBy}
        onCommit={commit}
      />
      {problem && (
        <span className="err" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}

export function JsonField({ field, order }: FieldProps) {
  const commit = useCommit(field, order);
  return (
    <FieldFrame field={field}>
      {(control) => <JsonEditor {...control} value={field.node ? toValue(field.node) : undefined} onCommit={commit} />}
    </FieldFrame>
  );
}
