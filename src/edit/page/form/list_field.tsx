/* Lists of values. A list with one item can be written as the item alone. */
import { useState } from "../parts/hooks";
import { appendItem, removeValue, setValue } from "../model/edit_ops";
import { definitionOf, inWords } from "../model/form_model";
import type { Element } from "../model/form_model";
import { isEmptyText, joinPath, toValue } from "../model/tree";
import type { Json, TreeNode } from "../model/tree";
import { FieldFrame } from "./field_frame";
import { useForm } from "./form_context";
import { elementField } from "./map_field";
import { FieldView, MappingForm } from "./fields";
import { looseText, looseValue } from "./scalar_fields";
import type { FieldProps } from "./scalar_fields";
import { TemplateInput } from "./text_input";

interface Item {
  path: string;
  node: TreeNode;
}

function itemsOf(node: TreeNode | undefined, path: string): Item[] {
  if (!node || isEmptyText(node)) return [];
  if (node.kind === "list") return node.items.map((one, index) => ({ path: joinPath(path, index), node: one }));
  return [{ path, node }];
}

function ItemView({ item, element, number }: { item: Item; element: Element; number: number }) {
  const form = useForm();
  const definition = definitionOf(form.language, element);
  if (definition && item.node.kind === "map") {
    return (
      <div className="box grow">
        <MappingForm definition={definition} node={item.node} path={item.path} />
      </div>
    );
  }
  if (element.widget === "words" || element.widget === "file" || element.widget === "fields") {
    const field = elementField(element, `${number}`, item.path, item.node);
    return (
      <div className="grow">
        <FieldView field={{ ...field, row: { ...field.row, label: `${number}.`, required: true } }} order={[]} />
      </div>
    );
  }
  return (
    <div className="grow">
      <TemplateInput
        label={`Item ${number}`}
        value={looseText(item.node)}
        onCommit={(text) => form.edit(setValue(form.root, item.path, looseValue(text)))}
      />
    </div>
  );
}

function newItem(element: Element): Json {
  if (element.widget === "words") return element.words?.[0]?.word ?? "";
  if (element.widget === "fields") return {};
  return "";
}

export function ListField({ field, order }: FieldProps) {
  const form = useForm();
  const [draft, setDraft] = useState(false);
  const element = field.row.element ?? { widget: "json" };
  const items = itemsOf(field.node, field.path);
  const nested = element.rows?.some((row) => row.widget === "steps");
  const add = (value: Json) => {
    const single = field.node && field.node.kind !== "list" && !isEmptyText(field.node);
    if (single) form.edit(setValue(form.root, field.path, [toValue(field.node as TreeNode), value]));
    else if (!field.node && field.row.one_is_enough) form.edit(setValue(form.root, field.path, value, order));
    else form.edit(appendItem(form.root, field.path, value, order));
  };
  const simple = !["words", "file", "fields"].includes(element.widget);
  return (
    <FieldFrame field={field} parts group>
      {() => (
        <>
          {items.map((item, index) => (
            <div className="row top" key={index}>
              <ItemView item={item} element={element} number={index + 1} />
              <button
                type="button"
                className="x small bare"
                aria-label={`Remove ${inWords(element, item.node).slice(0, 20)}`}
                onClick={() => form.edit(removeValue(form.root, item.path, form.within))}
              >
                ✕
              </button>
            </div>
          ))}
          {draft && (
            <TemplateInput
              label="New item"
              value=""
              onCommit={(text) => {
                add(looseValue(text));
                setDraft(false);
              }}
            />
          )}
          {!draft && (
            <button
              type="button"
              className="small bare start"
              onClick={() => (simple ? setDraft(true) : add(nested ? { steps: [{ get: "/" }] } : newItem(element)))}
            >
              + Another
            </button>
          )}
        </>
      )}
    </FieldFrame>
  );
}
