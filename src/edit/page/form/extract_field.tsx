/* "Keep from the response": values that later steps use as variables. */
import { useState } from "../parts/hooks";
import { removeValue, setValue } from "../model/edit_ops";
import { formOf, isError } from "../model/form_model";
import type { Kind } from "../model/form_model";
import { childOf, joinPath, keysOf, textOf } from "../model/tree";
import type { Json, TreeNode } from "../model/tree";
import { DiagnosticNotes } from "./diagnostic_note";
import { FieldFrame } from "./field_frame";
import { useDiagnostics, useForm } from "./form_context";
import type { FieldProps } from "./scalar_fields";
import { TemplateInput, TextInput } from "./text_input";
import { FieldView } from "./fields";

function kindOfExtract(kinds: readonly Kind[], node: TreeNode): Kind | undefined {
  return kinds.find((one) => childOf(node, one.name));
}

/** What is written for a kind that has no text to search for. */
function firstValue(kind: string): Json {
  if (kind === "boundary") return { left: "", right: "" };
  return ["status", "url", "body", "time", "size"].includes(kind) ? true : "";
}

function KindSelect({ value, onPick }: { value: string; onPick: (name: string) => void }) {
  const form = useForm();
  return (
    <select
      aria-label="How it is found"
      title={`In the file: ${value}`}
      value={value}
      onChange={(event) => onPick(event.target.value)}
    >
      {form.language.extractors.map((one) => (
        <option key={one.name} value={one.name}>
          {one.label}
        </option>
      ))}
    </select>
  );
}

function Kept({ name, node, path }: { name: string; node: TreeNode; path: string }) {
  const form = useForm();
  const [open, setOpen] = useState(false);
  const diagnostics = useDiagnostics(path);
  const kind = kindOfExtract(form.language.extractors, node);
  const value = kind && childOf(node, kind.name);
  const place = joinPath(path, kind?.name ?? "");
  const shape = kind && formOf(form.language, kind, node, path, form.root);
  const others = shape?.groups.flatMap((group) => group.fields) ?? [];
  const pick = (next: string) => {
    const ops = [{ op: "rename" as const, path: place, key: next }];
    const whole = typeof firstValue(next) !== "string" || value?.kind !== "text";
    form.edit(whole ? [...ops, { op: "set" as const, path: joinPath(path, next), value: firstValue(next) }] : ops);
  };
  return (
    <div className="kept">
      <div className="row wrap condition" role="group" aria-label={`Variable ${name}`}>
        <TextInput
          label="Variable"
          mono
          value={name}
          onCommit={(key) => key.trim() && form.edit([{ op: "rename", path, key: key.trim() }])}
        />
        <KindSelect value={kind?.name ?? ""} onPick={pick} />
        <div className="grow">
          {value?.kind === "text" && (
            <TemplateInput
              label="What to find"
              value={textOf(value) ?? ""}
              wrong={diagnostics.some(isError)}
              onCommit={(text) => form.edit(setValue(form.root, place, text))}
            />
          )}
        </div>
        <button type="button" className="small bare" aria-expanded={open} onClick={() => setOpen(!open)}>
          More
        </button>
        <button
          type="button"
          className="x small bare"
          aria-label={`Do not keep ${name}`}
          onClick={() => form.edit(removeValue(form.root, path, form.within))}
        >
          ✕
        </button>
      </div>
      <DiagnosticNotes diagnostics={diagnostics} />
      {value?.kind === "map" && shape?.actions[0] && (
        <FieldView field={{ ...shape.actions[0], node: value }} order={shape.order} />
      )}
      {open && (
        <div className="box stack">
          {others.map((field) => (
            <FieldView key={field.row.key} field={field} order={shape?.order ?? []} />
          ))}
        </div>
      )}
    </div>
  );
}

function Draft({ onAdd, onClose }: { onAdd: (name: string, kind: string, value: Json) => void; onClose: () => void }) {
  const [name, setName] = useState("");
  const [kind, setKind] = useState("jsonpath");
  const [text, setText] = useState("");
  const needsText = typeof firstValue(kind) === "string";
  const add = (next: { name?: string; kind?: string; text?: string }) => {
    const all = { name, kind, text, ...next };
    if (next.name !== undefined) setName(next.name.trim());
    if (next.kind !== undefined) setKind(next.kind);
    if (next.text !== undefined) setText(next.text);
    const first = firstValue(all.kind);
    if (all.name.trim() && (typeof first !== "string" || all.text)) {
      onAdd(all.name.trim(), all.kind, typeof first === "string" ? all.text : first);
    }
  };
  return (
    <div className="row wrap condition" role="group" aria-label="New variable">
      <TextInput label="Variable" mono value={name} placeholder="variable" onCommit={(one) => add({ name: one })} />
      <KindSelect value={kind} onPick={(one) => add({ kind: one })} />
      <div className="grow">
        {needsText && <TemplateInput label="What to find" value={text} onCommit={(one) => add({ text: one })} />}
      </div>
      <button type="button" className="x small bare" aria-label="Do not add it" onClick={onClose}>
        ✕
      </button>
    </div>
  );
}

export function ExtractField({ field, order }: FieldProps) {
  const form = useForm();
  const [adding, setAdding] = useState(false);
  const names = keysOf(field.node);
  return (
    <FieldFrame field={field} parts group>
      {() => (
        <>
          {names.map((name) => (
            <Kept
              key={name}
              name={name}
              node={childOf(field.node, name) as TreeNode}
              path={joinPath(field.path, name)}
            />
          ))}
          {!names.length && !adding && (
            <p className="soft">Nothing yet. Use “Try up to here” and click a value in the response.</p>
          )}
          {adding && (
            <Draft
              onAdd={(name, kind, value) => {
                setAdding(false);
                form.edit(setValue(form.root, joinPath(field.path, name), { [kind]: value }, order));
              }}
              onClose={() => setAdding(false)}
            />
          )}
          {!adding && (
            <button type="button" className="small bare start" onClick={() => setAdding(true)}>
              + Value
            </button>
          )}
        </>
      )}
    </FieldFrame>
  );
}
