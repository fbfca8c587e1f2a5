/* The control for a row of the language's tables, and forms of mappings. */
import { useState } from "../parts/hooks";
import { isError, definitionOf, formOf, groupSummary } from "../model/form_model";
import type { Definition, Field, FieldChoice, FieldGroup, Form } from "../model/form_model";
import { removeValue, setChoice, setValue } from "../model/edit_ops";
import { childOf, joinPath, textOf, toValue } from "../model/tree";
import type { Json, TreeNode } from "../model/tree";
import { ExpectField } from "./expect_field";
import { ExtractField } from "./extract_field";
import { FieldFrame, placeholderOf } from "./field_frame";
import { useDiagnostics, useForm } from "./form_context";
import { ListField } from "./list_field";
import { MapField } from "./map_field";
import {
  FileField,
  JsonField,
  TemplateField,
  TextField,
  ToggleField,
  WordsField,
  typedValue,
  useCommit,
} from "./scalar_fields";
import type { FieldProps } from "./scalar_fields";
import { TextInput } from "./text_input";

/** A mapping in a box. */
export function FieldsField({ field, order }: FieldProps) {
  const form = useForm();
  const [open, setOpen] = useState(false);
  const definition = definitionOf(form.language, field.row);
  if (!definition) return <JsonField field={field} order={order} />;
  if (field.node && field.node.kind === "text" && textOf(field.node) !== "") {
    return <TextField field={field} order={order} />;
  }
  return (
    <FieldFrame field={field} parts group>
      {() =>
        field.node || open || field.row.required || field.row.action ? (
          <div className="box">
            <MappingForm definition={definition} node={field.node} path={field.path} />
          </div>
        ) : (
          <div className="row">
            <button type="button" className="small" onClick={() => setOpen(true)}>
              + {field.row.label}
            </button>
            {field.inForce && <span className="soft">{placeholderOf(field)}</span>}
            {field.row.key === "auth" && <span className="soft">For a login with a form, use a Submit step.</span>}
          </div>
        )
      }
    </FieldFrame>
  );
}

/** A value that can be short (a text) or a mapping with more keys. */
function ShortField({ field, order }: FieldProps) {
  const form = useForm();
  const commit = useCommit(field, order);
  const definition = definitionOf(form.language, field.row);
  const first = definition?.rows[0]?.key;
  if (field.node?.kind === "map") return <FieldsField field={field} order={order} />;
  const more = definition && first && (
    <button
      type="button"
      className="small bare"
      onClick={() => commit({ [first]: field.node ? toValue(field.node) : "" })}
    >
      More settings
    </button>
  );
  return (
    <FieldFrame field={field} extra={more}>
      {(control) => (
        <TextInput
          {...control}
          value={textOf(field.node) ?? ""}
          placeholder={placeholderOf(field)}
          onCommit={(text) => commit(typedValue(field.row.widget, text))}
        />
      )}
    </FieldFrame>
  );
}

export function FieldView(props: FieldProps) {
  const { row, node } = props.field;
  switch (row.widget) {
    case "template":
    case "expression":
    case "url":
      return node && node.kind !== "text" ? <FieldsField {...props} /> : <TemplateField {...props} />;
    case "words":
      return <WordsField {...props} />;
    case "toggle":
      return <ToggleField {...props} />;
    case "file":
      return <FileField {...props} />;
    case "json":
    case "rows":
      return <JsonField {...props} />;
    case "map":
      return <MapField {...props} />;
    case "list":
      return <ListField {...props} />;
    case "fields":
      return <FieldsField {...props} />;
    case "expect":
      return <ExpectField {...props} />;
    case "extract":
      return <ExtractField {...props} />;
    case "steps":
      return null;
    default:
      return row.definition ? (
        <ShortField {...props} />
      ) : node?.kind === "map" ? (
        <JsonField {...props} />
      ) : (
        <TextField {...props} />
      );
  }
}

/** What a new value of a key looks like. */
export function emptyValue(field: Field): Json {
  const { widget, element } = field.row;
  if (widget === "map" || widget === "fields") return {};
  if (widget === "json") return {};
  return widget === "list" && !element ? [] : "";
}

/** One of several keys, chosen by name: Form, JSON, Text … */
export function ChoiceView({ choice, form: shape }: { choice: FieldChoice; form: Form }) {
  const form = useForm();
  // Chosen but without a value: it is not in the file yet.
  const [pending, setPending] = useState<string | null>(null);
  const chosen = choice.chosen ?? pending;
  const option = choice.options.find((one) => one.row.key === chosen);
  const keys = choice.options.map((one) => one.row.key);
  const pick = (key: string | null) => {
    const next = choice.options.find((one) => one.row.key === key);
    if (key === choice.chosen) return;
    setPending(key);
    if (!choice.chosen) return;
    // The old value is replaced when the new one has a value; until then the file is not changed.
    if (!next) form.edit(setChoice(form.root, shape.path, keys, null, null));
    else form.edit(setChoice(form.root, shape.path, keys, key, emptyValue(next), shape.order));
  };
  const none = choice.options.some((one) => one.row.required) ? null : choice.name === "body" ? "Nothing" : "Not set";
  return (
    <div className="f" role="group" aria-label={choice.label}>
      <div className="lab">
        <span>{choice.label}</span>
        <div className="seg">
          {choice.options.map((one) => (
            <button
              key={one.row.key}
              type="button"
              className="small"
              title={`In the file: ${one.row.key}`}
              aria-pressed={one.row.key === chosen}
              onClick={() => pick(one.row.key)}
            >
              {one.row.label}
            </button>
          ))}
          {none && (
            <button type="button" className="small" aria-pressed={!chosen} onClick={() => pick(null)}>
              {none}
            </button>
          )}
        </div>
      </div>
      {option && <FieldView field={option} order={shape.order} />}
      {choice.companions.map((one) => (
        <FieldView key={one.row.key} field={one} order={shape.order} />
      ))}
    </div>
  );
}

export function GroupFields({ group, form }: { group: FieldGroup; form: Form }) {
  return (
    <>
      {group.fields.map((field) => (
        <FieldView key={field.row.key} field={field} order={form.order} />
      ))}
      {group.choices.map((choice) => (
        <ChoiceView key={choice.name} choice={choice} form={form} />
      ))}
    </>
  );
}

/** A group that is closed until it is asked for, or has an error. */
export function ClosedGroup({ group, form, label }: { group: FieldGroup; form: Form; label?: string }) {
  const [open, setOpen] = useState(false);
  const diagnostics = useDiagnostics(form.path).filter(isError);
  const members = [...group.fields, ...group.choices.flatMap((one) => [...one.options, ...one.companions])];
  const wrong = diagnostics.some((one) =>
    members.some((field) => one.path === field.path || one.path?.startsWith(field.path + "/")),
  );
  return (
    <details className="more" open={open || wrong} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label ?? group.label}
        <small>{groupSummary(group)}</small>
      </summary>
      <div>{(open || wrong) && <GroupFields group={group} form={form} />}</div>
    </details>
  );
}

/** Keys that the language does not have, such as a key with a typing error. */
export function UnknownKeys({ form: shape }: { form: Form }) {
  const form = useForm();
  return (
    <>
      {shape.unknown.map((key) => (
        <div className="row" key={key}>
          <code className="grow">{key}</code>
          <button
            type="button"
            className="small"
            onClick={() => form.edit(removeValue(form.root, joinPath(shape.path, key), form.within))}
          >
            Remove
          </button>
        </div>
      ))}
    </>
  );
}

interface MappingProps {
  definition: Definition;
  node: TreeNode | undefined;
  path: string;
}

/** The form of a mapping inside another one: its main keys, and the others in closed groups. */
export function MappingForm({ definition, node, path }: MappingProps) {
  const form = useForm();
  const shape = formOf(form.language, definition, node, path, form.root);
  const [first, ...rest] = shape.groups;
  return (
    <div className="stack">
      {first && <GroupFields group={first} form={shape} />}
      {rest.map((group) => (
        <ClosedGroup key={group.name} group={group} form={shape} />
      ))}
      <UnknownKeys form={shape} />
    </div>
  );
}

/** The value of a row, set at a path that may be missing. */
export function useSet(order: readonly string[] = []) {
  const form = useForm();
  return (path: string, value: Json) => form.edit(setValue(form.root, path, value, order));
}

export function pairText(node: TreeNode | undefined, key: string): string {
  return textOf(childOf(node, key)) ?? "";
}
