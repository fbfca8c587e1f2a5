/* What a submit step sends: values of the fields of a form, or the button that is pressed. */
import { useEffect, useState } from "react";
import { api } from "../api";
import type { JobState } from "../jobs";
import type { Field } from "../model/form_model";
import { cutPath, keysOf, textOf } from "../model/tree";
import { parseRoute } from "../router";
import { bodyText } from "../try/response_view";
import type { Exchange, ExchangeSummary } from "../try/try_job";
import { useForm } from "./form_context";
import { MapField } from "./map_field";
import { TextField } from "./scalar_fields";
import type { FieldProps } from "./scalar_fields";

const TYPED = "input[name]:not([type=hidden],[type=submit],[type=button],[type=image],[type=reset])";

/** The names of the fields that a user fills in, of each form of a page. */
function formsOf(body: string): string[][] {
  const page = new DOMParser().parseFromString(body, "text/html");
  return [...page.forms].map((form) => [
    ...new Set(
      [...form.querySelectorAll(`${TYPED}, select[name], textarea[name]`)].map((one) => one.getAttribute("name") ?? ""),
    ),
  ]);
}

/** The forms of the page before the step at PATH, from the newest try of the file. */
async function findForms(file: string, path: string): Promise<string[][]> {
  const { jobs } = await api.get<{ jobs: (JobState & { file?: string })[] }>("jobs");
  const newest = jobs
    .filter((job) => job.kind === "try" && job.file === file && job.state !== "running")
    .sort((a, b) => (b.began ?? "").localeCompare(a.began ?? ""))[0];
  if (!newest) return [];
  const { exchanges } = await api.get<{ exchanges: ExchangeSummary[] }>(`jobs/${newest.job}/exchanges`);
  const own = exchanges.findIndex((one) => one.path === path);
  const before = exchanges[(own < 0 ? exchanges.length : own) - 1];
  if (!before) return [];
  return formsOf(bodyText(await api.get<Exchange>(`jobs/${newest.job}/exchanges/${before.n}`)));
}

function useForms(path: string): string[][] {
  const [forms, setForms] = useState<string[][]>([]);
  useEffect(() => {
    let current = true;
    findForms(parseRoute(location.hash).file, path).then(
      (found) => current && setForms(found),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [path]);
  return forms;
}

export function SubmitField({ field, order }: FieldProps) {
  const form = useForm();
  const forms = useForms(cutPath(field.path).parent);
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
  const fitting = forms.filter((names) => keys.every((key) => names.includes(key)));
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
