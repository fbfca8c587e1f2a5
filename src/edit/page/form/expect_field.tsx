/* "It worked when": the conditions on a response, one per line. */
import { useState } from "../parts/hooks";
import type { ReactNode } from "react";
import { removeValue } from "../model/edit_ops";
import {
  addCondition,
  changeCondition,
  comparisons,
  conditionsOf,
  isCompared,
  takesNames,
} from "../model/expectations";
import type { Condition, Wanted } from "../model/expectations";
import { definitionOf, isError } from "../model/form_model";
import type { Row } from "../model/form_model";
import type { Json } from "../model/tree";
import { DiagnosticNotes } from "./diagnostic_note";
import { FieldFrame, placeholderOf } from "./field_frame";
import { MappingForm } from "./fields";
import { useDiagnostics, useForm } from "./form_context";
import { JsonEditor, looseText, looseValue, shownValue, typedValue } from "./scalar_fields";
import type { FieldProps } from "./scalar_fields";
import { TemplateInput, TextInput } from "./text_input";
import { toValue } from "../model/tree";

/** What a new condition starts with: a text that the body must contain. */
const FIRST: Wanted = { subject: "body", name: "", comparison: "contains", value: "" };

function subjectLabel(row: Row): string {
  const labels: { [key: string]: string } = {
    body: "The body",
    header: "The header",
    cookie: "The cookie",
    jsonpath: "The JSON value",
    css: "The element (CSS)",
    xpath: "The element (XPath)",
    url: "The final URL",
    status: "The status is",
    redirected: "It was redirected",
    max_time: "It took at most",
    max_wait: "The first byte took at most",
    size: "The size is",
    errors: "The body reports an error",
    form: "The form comes back",
  };
  return labels[row.key] ?? row.label;
}

interface LineProps {
  wanted: Wanted;
  /** The condition as it is in the file; undefined for a new one. */
  shown: string;
  complex?: Json;
  /** The form of a value with keys of its own, such as a size. */
  parts?: ReactNode;
  wrong: boolean;
  onChange: (wanted: Wanted) => void;
  onRemove: () => void;
}

function Value({ row, wanted, shown, complex, parts, wrong, onChange }: LineProps & { row: Row | undefined }) {
  const set = (value: Json) => onChange({ ...wanted, value });
  const yesNo = row?.widget === "toggle" || (isCompared(row) && wanted.comparison === "exists");
  if (parts) return <div className="box">{parts}</div>;
  if (complex !== undefined) {
    return <JsonEditor label="Value" value={complex} wrong={wrong} onCommit={set} />;
  }
  if (yesNo || row?.words?.length) {
    const words = row?.words?.length
      ? row.words
      : [
          { word: "yes", meaning: "yes" },
          { word: "no", meaning: "no" },
        ];
    const value = shown === "true" ? "yes" : shown === "false" ? "no" : shown;
    return (
      <select
        aria-label="Value"
        value={value}
        onChange={(event) => set(yesNo ? event.target.value === "yes" : event.target.value)}
      >
        {value === "" && <option value="">choose</option>}
        {words.map((one) => (
          <option key={one.word} value={one.word}>
            {one.meaning || one.word}
          </option>
        ))}
      </select>
    );
  }
  if (!isCompared(row)) {
    const commit = (text: string) => set(typedValue(row?.widget ?? "text", text));
    return <TextInput label="Value" value={shown} wrong={wrong} onCommit={commit} />;
  }
  return <TemplateInput label="Value" value={shown} wrong={wrong} onCommit={(text) => set(looseValue(text))} />;
}

function Line(props: LineProps) {
  const { wanted, wrong, onChange, onRemove } = props;
  const form = useForm();
  const row = form.language.assertions.find((one) => one.key === wanted.subject);
  const change = (subject: string) => {
    const next = form.language.assertions.find((one) => one.key === subject);
    const comparison = isCompared(next) ? wanted.comparison || "equals" : "";
    onChange({
      subject,
      name: takesNames(next) ? wanted.name : "",
      comparison,
      value: isCompared(next) && isCompared(row) ? wanted.value : "",
    });
  };
  return (
    <div className="row wrap condition" role="group" aria-label="Condition">
      <select
        aria-label="What"
        title={`In the file: ${wanted.subject}`}
        value={wanted.subject}
        onChange={(event) => change(event.target.value)}
      >
        {form.language.assertions.map((one) => (
          <option key={one.key} value={one.key}>
            {subjectLabel(one)}
          </option>
        ))}
      </select>
      {takesNames(row) && (
        <TextInput
          label="Name"
          mono
          value={wanted.name}
          wrong={wrong && !wanted.name}
          placeholder="name"
          onCommit={(name) => onChange({ ...wanted, name })}
        />
      )}
      {isCompared(row) && (
        <select
          aria-label="Comparison"
          value={wanted.comparison}
          onChange={(event) => onChange({ ...wanted, comparison: event.target.value })}
        >
          {comparisons.map((one) => (
            <option key={one.word} value={one.word}>
              {one.label}
            </option>
          ))}
        </select>
      )}
      <div className="grow">
        <Value {...props} row={row} />
      </div>
      <button type="button" className="x small bare" aria-label="Remove this condition" onClick={onRemove}>
        ✕
      </button>
    </div>
  );
}

function Saved({ condition, path }: { condition: Condition; path: string }) {
  const form = useForm();
  const diagnostics = useDiagnostics(condition.path);
  const complex =
    condition.node.kind === "text" || (condition.subject === "status" && condition.node.kind === "list")
      ? undefined
      : toValue(condition.node);
  const row = form.language.assertions.find((one) => one.key === condition.subject);
  const definition = row && !isCompared(row) ? definitionOf(form.language, row) : undefined;
  const wanted: Wanted = {
    subject: condition.subject,
    name: condition.name ?? "",
    comparison: condition.comparison ?? "",
    value: toValue(condition.node),
  };
  const change = (next: Wanted) => {
    if (takesNames(form.language.assertions.find((one) => one.key === next.subject)) && !next.name) {
      next = { ...next, name: next.subject === "jsonpath" ? "$" : "name" };
    }
    form.edit(changeCondition(form.root, form.language, path, condition, next));
  };
  return (
    <>
      <Line
        wanted={wanted}
        shown={isCompared(row) ? looseText(condition.node) : shownValue(condition.node)}
        {...(complex === undefined ? {} : { complex })}
        parts={
          definition && condition.node.kind === "map" ? (
            <MappingForm definition={definition} node={condition.node} path={condition.path} />
          ) : null
        }
        wrong={diagnostics.some(isError)}
        onChange={change}
        onRemove={() => form.edit(removeValue(form.root, condition.path, form.within))}
      />
      <DiagnosticNotes diagnostics={diagnostics} />
    </>
  );
}

/** A condition that is written to the file when it has a value. */
function Draft({ onAdd, onClose }: { onAdd: (wanted: Wanted) => void; onClose: () => void }) {
  const [wanted, setWanted] = useState(FIRST);
  const form = useForm();
  const change = (next: Wanted) => {
    const row = form.language.assertions.find((one) => one.key === next.subject);
    const complete = next.value !== "" && (!takesNames(row) || next.name !== "");
    if (complete) onAdd(next);
    else setWanted(next);
  };
  const shown = typeof wanted.value === "string" ? wanted.value : JSON.stringify(wanted.value);
  return <Line wanted={wanted} shown={shown} wrong={false} onChange={change} onRemove={onClose} />;
}

export function ExpectField({ field, order }: FieldProps) {
  const form = useForm();
  const [adding, setAdding] = useState(false);
  const conditions = conditionsOf(form.language, field.node, field.path);
  const add = (wanted: Wanted) => {
    setAdding(false);
    form.edit(addCondition(form.root, form.language, field.path, wanted, order));
  };
  return (
    <FieldFrame field={field} parts group>
      {() => (
        <>
          {conditions.map((one) => (
            <Saved key={one.path} condition={one} path={field.path} />
          ))}
          {adding && <Draft onAdd={add} onClose={() => setAdding(false)} />}
          {!conditions.length && !adding && field.inForce && <p className="soft">{placeholderOf(field)}</p>}
          <button type="button" className="small bare start" onClick={() => setAdding(true)}>
            {conditions.length ? "+ Another" : "+ Condition"}
          </button>
        </>
      )}
    </FieldFrame>
  );
}
