/* The label, help and diagnostics around the control of a field. */
import { useId } from "../parts/hooks";
import type { ReactNode } from "react";
import { isError } from "../model/form_model";
import type { Field } from "../model/form_model";
import { removeValue } from "../model/edit_ops";
import { DiagnosticNotes, Prose } from "./diagnostic_note";
import { useDiagnostics, useForm } from "./form_context";

export interface Control {
  id: string;
  wrong: boolean;
  describedBy?: string;
}

interface FrameProps {
  field: Field;
  /** The field has parts that show their own diagnostics. */
  parts?: boolean;
  /** The control is a group of inputs with labels of their own. */
  group?: boolean;
  extra?: ReactNode;
  children: (control: Control) => ReactNode;
}

export function FieldFrame({ field, parts, group, extra, children }: FrameProps) {
  const id = useId();
  const form = useForm();
  const diagnostics = useDiagnostics(field.path, parts);
  const wrong = diagnostics.some(isError);
  const note = diagnostics.length ? `${id}note` : undefined;
  const title = `In the file: ${field.row.key}`;
  const needed = field.row.required && !field.node && <span className="tag warn">needed</span>;
  const label = (
    <>
      <span>{field.row.label}</span>
      {needed}
    </>
  );
  const control: Control = { id, wrong, ...(note ? { describedBy: note } : {}) };
  return (
    <div className="f" role={group ? "group" : undefined} aria-labelledby={group ? `${id}label` : undefined}>
      <div className={field.row.choice && !field.row.with ? "lab unlabeled" : "lab"}>
        {group ? (
          <span id={`${id}label`} title={title}>
            {label}
          </span>
        ) : (
          <label htmlFor={id} title={title}>
            {label}
          </label>
        )}
        {extra}
        {field.node && !field.row.required && !field.row.action && !field.row.choice && (
          <button
            type="button"
            className="small bare clear"
            title="Remove this key from the file"
            aria-label={`Clear ${field.row.label}`}
            onClick={() => form.edit(removeValue(form.root, field.path, form.within))}
          >
            Clear
          </button>
        )}
      </div>
      {children(control)}
      <div id={note} className="notes">
        <DiagnosticNotes diagnostics={diagnostics} />
      </div>
      <span className="help">
        <Prose text={field.row.sentence} />
      </span>
    </div>
  );
}

/** "30s (default)": what applies while the field is empty. */
export function placeholderOf(field: Field): string {
  if (!field.inForce) return "";
  return field.inForce.from === "default" ? `${field.inForce.text} (default)` : `${field.inForce.text} (settings)`;
}
