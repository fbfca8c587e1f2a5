/* Names with values: form fields, headers, variables. */
import { useRef, useState } from "../parts/hooks";
import { removeValue, setValue } from "../model/edit_ops";
import { isError } from "../model/form_model";
import type { Element, Field } from "../model/form_model";
import { childOf, joinPath, keysOf, textOf, toValue } from "../model/tree";
import type { Json, TreeNode } from "../model/tree";
import { ClearSecret } from "./clear_secret";
import { DiagnosticNotes } from "./diagnostic_note";
import { FieldFrame } from "./field_frame";
import { useDiagnostics, useForm } from "./form_context";
import { looseText, looseValue } from "./scalar_fields";
import type { FieldProps } from "./scalar_fields";
import { FieldView } from "./fields";
import { TemplateInput, TextInput } from "./text_input";

/** A row of the form for the value of a name, as if it were a key of the language. */
export function elementField(element: Element, key: string, path: string, node: TreeNode | undefined): Field {
  const row = { ...element, key, label: key, group: "main", sentence: "" };
  return node ? { row, path, node } : { row, path };
}

function isSimple(element: Element | undefined, node: TreeNode | undefined): boolean {
  const widget = element?.widget ?? "template";
  if (["json", "parameter", "predicate", "part"].includes(widget)) return !node || node.kind === "text";
  return widget === "template" || widget === "text" || widget === "expression";
}

interface PairProps {
  /** The mapping that stays when its last name is removed. */
  within: string;
  element: Element | undefined;
  path: string;
  name: string;
  node: TreeNode;
  secret: boolean;
}

function ValueInput({ element, path, name, node, secret }: Omit<PairProps, "within">) {
  const form = useForm();
  const wrong = useDiagnostics(path).some(isError);
  const loose = element?.widget === "json" || element?.widget === "parameter" || element?.widget === "predicate";
  const commit = (text: string) => form.edit(setValue(form.root, path, loose ? looseValue(text) : text));
  const shown = loose ? looseText(node) : (textOf(node) ?? "");
  return <TemplateInput label={`Value of ${name}`} value={shown} wrong={wrong} secret={secret} onCommit={commit} />;
}

/** One name with its value; several values of one name are several rows. */
function Pair({ element, path, name, node, secret, within }: PairProps) {
  const form = useForm();
  const diagnostics = useDiagnostics(path);
  const rename = (key: string) => {
    const to = key.trim();
    if (to && to !== name) form.edit([{ op: "rename", path, key: to }]);
  };
  const remove = (
    <button
      type="button"
      className="x small bare"
      aria-label={`Remove ${name}`}
      onClick={() => form.edit(removeValue(form.root, path, within))}
    >
      ✕
    </button>
  );
  const values = node.kind === "list" && isSimple(element, undefined) ? node.items : null;
  const simple = values ? values.every((one) => one.kind === "text") : isSimple(element, node);
  return (
    <>
      <TextInput label="Name" value={name} onCommit={rename} />
      {simple && !values && <ValueInput element={element} path={path} name={name} node={node} secret={secret} />}
      {simple && values && (
        <div className="stack tight">
          {values.map((one, index) => (
            <ValueInput
              key={index}
              element={element}
              path={joinPath(path, index)}
              name={`${name}, ${index + 1}`}
              node={one}
              secret={secret}
            />
          ))}
        </div>
      )}
      {!simple && <span className="soft">{node.kind === "text" ? "" : "see below"}</span>}
      {remove}
      {!simple && (
        <div className="box wide">
          <FieldView field={{ ...elementField(element ?? { widget: "json" }, name, path, node) }} order={[]} />
        </div>
      )}
      {simple && (
        <div className="wide">
          <DiagnosticNotes diagnostics={diagnostics} />
          <ClearSecret name={name} path={path} text={textOf(node) ?? ""} />
        </div>
      )}
    </>
  );
}

/** The row for a new name: it is written when it has a name and the focus leaves it. */
interface NewPairProps {
  start: string;
  onAdd: (name: string, value: string) => void;
  onClose: () => void;
}

function NewPair({ start, onAdd, onClose }: NewPairProps) {
  const [name, setName] = useState(start);
  const value = useRef("");
  const leave = (to: EventTarget | null, row: HTMLElement) => {
    if (to instanceof Node && row.contains(to)) return;
    // The value's input commits when it loses the focus, which is before this.
    if (name.trim()) onAdd(name.trim(), value.current);
    onClose();
  };
  return (
    <div className="pairs" onBlur={(event) => leave(event.relatedTarget, event.currentTarget)}>
      <input
        type="text"
        aria-label="New name"
        autoFocus={!start}
        value={name}
        spellCheck={false}
        onChange={(event) => setName(event.target.value)}
      />
      <TemplateInput
        label="Value of the new name"
        value=""
        first={start !== ""}
        onCommit={(text) => (value.current = text)}
      />
      <button type="button" className="x small bare" aria-label="Do not add it" onMouseDown={onClose}>
        ✕
      </button>
    </div>
  );
}

const NOUNS: { [key: string]: string } = {
  form: "Field",
  submit: "Field",
  add: "Other field",
  multipart: "Field",
  headers: "Header",
  query: "Parameter",
  cookies: "Cookie",
  set: "Variable",
  variables: "Variable",
  parameters: "Parameter",
};

interface OffersProps {
  label: string;
  names: string[];
  sign?: string;
  onPick: (name: string) => void;
}

/** Texts of the page before, to choose one. */
export function Offers({ label, names, sign = "", onPick }: OffersProps) {
  if (!names.length) return null;
  return (
    <div className="row wrap" role="group" aria-label={label}>
      <small>{label}:</small>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          className="small"
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(name)}
        >
          {sign + name}
        </button>
      ))}
    </div>
  );
}

/** OFFERS are names that the map may get. */
export function MapField({ field, order, offers = [] }: FieldProps & { offers?: string[] }) {
  const form = useForm();
  // The number of the new row; 0: there is none.
  const [adding, setAdding] = useState(0);
  const [start, setStart] = useState("");
  const open = (name: string) => {
    if (adding && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    setStart(name);
    setAdding(adding + 1);
  };
  const element = field.row.element;
  if (field.node && field.node.kind !== "map" && !(field.node.kind === "text" && field.node.value === "")) {
    return (
      <FieldFrame field={field}>
        {() => <span className="soft">This is not a mapping; edit it as text.</span>}
      </FieldFrame>
    );
  }
  const add = (name: string, text: string) => {
    const path = joinPath(field.path, name);
    const value: Json = element?.widget === "json" || element?.widget === "parameter" ? looseValue(text) : text;
    const old = childOf(field.node, name);
    if (!old || !field.row.repeats) return form.edit(setValue(form.root, path, value, order));
    const list = toValue(old);
    form.edit(setValue(form.root, path, [...(Array.isArray(list) ? list : [list]), value]));
  };
  return (
    <FieldFrame field={field} parts group>
      {() => (
        <>
          {keysOf(field.node).length > 0 && (
            <div className="pairs">
              {keysOf(field.node).map((name) => (
                <Pair
                  key={name}
                  element={element}
                  path={joinPath(field.path, name)}
                  name={name}
                  node={childOf(field.node, name) as TreeNode}
                  secret={field.row.secret ?? false}
                  within={field.row.action ? field.path : form.within}
                />
              ))}
            </div>
          )}
          {adding > 0 && <NewPair key={adding} start={start} onAdd={add} onClose={() => setAdding(0)} />}
          <Offers label="Fields of the page" names={offers} sign="+ " onPick={open} />
          <button
            type="button"
            className="small bare start"
            // The row that is open is saved by the click, not before it: otherwise this button would move away.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => open("")}
          >
            + {NOUNS[field.row.key] ?? "Entry"}
          </button>
        </>
      )}
    </FieldFrame>
  );
}
