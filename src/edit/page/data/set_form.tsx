/* "Who gets which row": the settings of a data set. */
import { FieldView, ClosedGroup, UnknownKeys } from "../form/fields";
import { DiagnosticNotes } from "../form/diagnostic_note";
import { useDiagnostics, useForm } from "../form/form_context";
import { TextInput } from "../form/text_input";
import type { EditOp } from "../model/edit_ops";
import { formOf } from "../model/form_model";
import type { FieldGroup } from "../model/form_model";
import { childOf, findNode, joinPath, keysOf, textOf } from "../model/tree";
import type { TreeNode } from "../model/tree";
import { nameIn, segmentsOf, usesOf } from "../model/variables";

/** Renames a data set, and all ${…} that use it. */
export function renameSet(root: TreeNode | null, from: string, to: string): EditOp[] {
  const changed = (text: string) =>
    segmentsOf(text)
      .map((one) => {
        if (one.expression === undefined || nameIn(one.expression)?.split(".")[0] !== from) return one.text;
        return one.text.replace(from, to);
      })
      .join("");
  const uses = usesOf(root, from).map((path): EditOp => {
    return { op: "set", path, value: changed(textOf(findNode(root, path)) ?? "") };
  });
  return [...uses, { op: "rename", path: joinPath("/data", from), key: to }];
}

/** The fields that are decisions; the file and its format are in a closed group. */
const DECISIONS = ["per", "pick", "at_end"];

interface Props {
  name: string;
  columns: string[];
  onRename: (name: string) => void;
  onRemove: () => void;
}

export function SetForm({ name, columns, onRename, onRemove }: Props) {
  const form = useForm();
  const path = joinPath("/data", name);
  const node = findNode(form.root, path);
  const element = form.language.file.rows.find((one) => one.key === "data")?.element;
  const own = useDiagnostics(path, true);
  if (!element?.rows) return null;
  const shape = formOf(form.language, { rows: element.rows, choices: element.choices }, node, path, form.root);
  const fields = shape.groups.flatMap((group) => group.fields);
  const decisions = DECISIONS.flatMap((key) => fields.filter((field) => field.row.key === key));
  const others = fields.filter((field) => !DECISIONS.includes(field.row.key));
  const choices = shape.groups.flatMap((group) => group.choices);
  const written = others.filter((field) => field.node).length;
  const rest: FieldGroup = { name: "file", label: "The file", sentence: "", fields: others, choices, written };
  const taken = keysOf(childOf(form.root, "data"));
  return (
    <div className="form">
      <DiagnosticNotes diagnostics={own} />
      <div className="f">
        <label htmlFor="set" title={`In the file: data`}>
          In steps it is called
        </label>
        <TextInput
          id="set"
          value={name}
          onCommit={(to) => {
            const next = to.trim();
            if (next && !taken.includes(next)) onRename(next);
          }}
        />
        <span className="help">
          A step uses a cell as{" "}
          {columns.slice(0, 4).map((column) => (
            <span className="chip" key={column}>{`${name}.${column}`}</span>
          ))}
        </span>
      </div>
      {decisions.map((field) => (
        <FieldView key={field.row.key} field={field} order={shape.order} />
      ))}
      <ClosedGroup group={rest} form={shape} />
      <UnknownKeys form={shape} />
      <button type="button" className="small bare start" onClick={onRemove}>
        Remove this data from the test
      </button>
    </div>
  );
}
