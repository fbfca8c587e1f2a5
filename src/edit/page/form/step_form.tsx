/* The form of the selected step, and of the settings of the file. */
import type { ReactNode } from "react";
import { formOf, kindOf } from "../model/form_model";
import type { FieldGroup, Form } from "../model/form_model";
import { nestedLists } from "../model/outline";
import { toLine } from "../model/tree";
import type { TreeNode } from "../model/tree";
import { DiagnosticNotes } from "./diagnostic_note";
import { useDiagnostics, useForm } from "./form_context";
import { ClosedGroup, FieldView, GroupFields, UnknownKeys } from "./fields";
import { ActionFields } from "./request_field";

/** Fields of the response that most requests need; the others are in a closed group. */
const SHOWN = ["expect", "extract", "wait_for"];

function partOf(group: FieldGroup, keep: (key: string) => boolean): FieldGroup {
  const fields = group.fields.filter((field) => keep(field.row.key));
  return { ...group, fields, written: fields.filter((field) => field.node).length };
}

function ResponseFields({ group, form }: { group: FieldGroup; form: Form }) {
  const shown = partOf(group, (key) => SHOWN.includes(key));
  const rest = partOf(group, (key) => !SHOWN.includes(key));
  return (
    <>
      {shown.fields.map((field) => (
        <div className="rule" key={field.row.key}>
          <FieldView field={relabel(field)} order={form.order} />
        </div>
      ))}
      {(rest.fields.length > 0 || rest.choices.length > 0) && (
        <ClosedGroup group={rest} form={form} label="More about the response" />
      )}
    </>
  );
}

const LABELS: { [key: string]: string } = {
  expect: "It worked when",
  extract: "Keep from the response",
  add: "Fields that the page does not have",
};

function relabel<T extends { row: { key: string; label: string } }>(field: T): T {
  return { ...field, row: { ...field.row, label: LABELS[field.row.key] ?? field.row.label } };
}

/** Errors that no field of the form shows: they are of the step itself, or of a key that it does not have. */
function StepDiagnostics({ form, unknown }: { form: string; unknown: string[] }) {
  const all = useDiagnostics(form).filter(
    (one) => one.path === form || unknown.some((key) => one.path === `${form}/${key}`),
  );
  return <DiagnosticNotes diagnostics={all} />;
}

/** Name first, then what the step does: the order in which a reader thinks of it. */
function MainFields({ group, form }: { group: FieldGroup; form: Form }) {
  const rest = partOf(group, (key) => key !== "name");
  rest.fields = rest.fields.map(relabel);
  return <GroupFields group={rest} form={form} />;
}

export function StepForm({ node, path }: { node: TreeNode; path: string }) {
  const form = useForm();
  const kind = kindOf(form.language, node);
  if (!kind) {
    return (
      <div className="form">
        <StepDiagnostics form={path} unknown={[]} />
        <p>
          This is not a step that the language has: <code>{toLine(node).slice(0, 200)}</code>. Change it in the file, or
          delete it.
        </p>
      </div>
    );
  }
  const shape = formOf(form.language, kind, node, path, form.root);
  const main = shape.groups.find((group) => group.name === "main");
  const name = main?.fields.find((field) => field.row.key === "name");
  const lists = nestedLists(kind, node, path);
  return (
    <div className="form" key={path}>
      <StepDiagnostics form={path} unknown={shape.unknown} />
      <UnknownKeys form={shape} />
      {name && (
        <FieldView field={{ ...name, row: { ...name.row, label: "Name in the results" } }} order={shape.order} />
      )}
      <ActionFields kind={kind} shape={shape} node={node} />
      {main && <MainFields group={main} form={shape} />}
      {lists.length > 0 && (
        <p className="soft">
          Its steps are in the list on the left. Drag steps into it, or select one of them and use “+ Step”.
        </p>
      )}
      {shape.groups
        .filter((group) => group.name !== "main")
        .map((group) => {
          if (group.name === "response") return <ResponseFields key={group.name} group={group} form={shape} />;
          if (group.name === "body") return <GroupFields key={group.name} group={group} form={shape} />;
          return <ClosedGroup key={group.name} group={group} form={shape} />;
        })}
    </div>
  );
}

const FIRST = new Set(["name", "target"]);

/** Keys of the file that have screens of their own. */
const ELSEWHERE = new Set([
  "steps",
  "scenarios",
  "setup",
  "before_user",
  "after_user",
  "teardown",
  "flows",
  "load",
  "profiles",
  "thresholds",
  "data",
  "parameters",
  "variables",
]);

/** The name and the server first; CHILDREN are between them and the settings that few tests need. */
export function SettingsForm({ children }: { children?: ReactNode }) {
  const form = useForm();
  const shape = formOf(form.language, form.language.file, form.root ?? undefined, "", form.root);
  const fields = shape.groups.flatMap((group) => group.fields).filter((field) => !ELSEWHERE.has(field.row.key));
  const defaults = fields.find((field) => field.row.key === "defaults");
  const others = fields.filter((field) => field !== defaults && !FIRST.has(field.row.key));
  const written = others.filter((field) => field.node).length;
  const rest: FieldGroup = { name: "rest", label: "", sentence: "", choices: [], fields: others, written };
  const unknown = shape.unknown;
  const stray = form.diagnostics.filter(
    (one) => one.path === null || one.path === "" || unknown.some((key) => one.path === `/${key}`),
  );
  return (
    <div className="form">
      <DiagnosticNotes diagnostics={stray} />
      <UnknownKeys form={shape} />
      {fields
        .filter((field) => FIRST.has(field.row.key))
        .map((field) => (
          <FieldView key={field.row.key} field={field} order={shape.order} />
        ))}
      {children}
      <ClosedGroup group={rest} form={shape} label="Other settings" />
      {defaults && <DefaultsFields node={defaults.node} />}
    </div>
  );
}

/** Settings that all requests inherit, by group. */
function DefaultsFields({ node }: { node: TreeNode | undefined }) {
  const form = useForm();
  const row = form.language.file.rows.find((one) => one.key === "defaults");
  if (!row?.rows) return null;
  const shape = formOf(form.language, { rows: row.rows, choices: row.choices }, node, "/defaults", form.root);
  return (
    <div className="rule">
      <h3>{row.label}</h3>
      <p className="soft">{row.sentence}</p>
      {shape.groups.map((group) => (
        <ClosedGroup key={group.name} group={group} form={shape} label={group.label || "Requests"} />
      ))}
      <UnknownKeys form={shape} />
    </div>
  );
}
