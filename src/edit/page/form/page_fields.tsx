/* Steps that use the page before them: the fields of a form or its button, and the links. */
import type { Field } from "../model/form_model";
import { cutPath, keysOf, textOf } from "../model/tree";
import { useForm } from "./form_context";
import { FieldView } from "./fields";
import { MapField, Offers } from "./map_field";
import { TextField } from "./scalar_fields";
import type { FieldProps } from "./scalar_fields";
import { usePageBefore } from "./use_page_before";

const TYPED = "input[name]:not([type=hidden],[type=submit],[type=button],[type=image],[type=reset])";
const LINK = "a[href]:not([href^='#'],[href^='javascript:'],[href^='mailto:'])";

/** More links than these are a wall of buttons. */
const LINKS_MAX = 24;

/** The different texts that GET finds in the elements of a page. */
function textsIn(page: ParentNode | null, selector: string, get: (element: Element) => string | null): string[] {
  return [...new Set([...(page?.querySelectorAll(selector) ?? [])].map((one) => get(one) ?? ""))].filter(Boolean);
}

const nameOf = (element: Element) => element.getAttribute("name");

export function SubmitField({ field, order }: FieldProps) {
  const form = useForm();
  const page = usePageBefore(cutPath(field.path).parent);
  textsIn(page, "input[type=password]", nameOf).forEach((name) => form.passwords.add(name));
  const row = { ...field.row, label: "Fields to fill in" };
  if (field.node && field.node.kind !== "map" && textOf(field.node) !== "") {
    return (
      <>
        <TextField field={{ ...field, row: { ...row, label: "Button to press" } }} order={order} />
        <button
          type="button"
          className="small bare start"
          onClick={() => form.edit([{ op: "set", path: field.path, value: {} }])}
        >
          Fill in fields instead
        </button>
      </>
    );
  }
  const keys = keysOf(field.node);
  // The names of the fields that a user fills in, of each form of the page that has those of the step.
  const fitting = [...(page?.forms ?? [])]
    .map((one) => textsIn(one, `${TYPED}, select[name], textarea[name]`, nameOf))
    .filter((names) => keys.every((key) => names.includes(key)));
  const offers = [...new Set(fitting.flat())].filter((name) => !keys.includes(name));
  const values: Field = {
    ...field,
    row: {
      ...row,
      element: { widget: "json", definition: "upload" },
      sentence: "Names or labels of fields. All other fields are sent with the values of the page.",
    },
  };
  return <MapField field={values} order={order} offers={offers} />;
}

export function FollowField({ field, order }: FieldProps) {
  const form = useForm();
  const page = usePageBefore(cutPath(field.path).parent);
  const links = textsIn(page, LINK, (link) => (link.textContent ?? "").replace(/\s+/g, " ").trim());
  const path = field.node?.kind === "map" ? `${field.path}/link` : field.path;
  return (
    <>
      <Offers
        label="Links of the page"
        names={links.slice(0, LINKS_MAX)}
        onPick={(value) => form.edit([{ op: "set", path, value }])}
      />
      <FieldView field={field} order={order} />
    </>
  );
}
