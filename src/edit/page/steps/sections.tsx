/* The lists of steps of a test: scenarios, steps before and after, flows. */
import { useState } from "../parts/hooks";
import type { DocumentStore } from "../document";
import { FieldView } from "../form/fields";
import { useForm } from "../form/form_context";
import { freeKey } from "../model/edit_ops";
import { formOf } from "../model/form_model";
import type { Field } from "../model/form_model";
import { childOf, findNode, joinPath } from "../model/tree";
import type { TreeNode } from "../model/tree";
import type { Section } from "../model/outline";
import { Dialog } from "../parts/dialog";
import { Segments } from "../parts/segments";
import { Menu } from "./menu";
import type { MenuItem } from "./menu";

/** More lists than this are a drop-down list. */
const SEGMENTS_MAX = 2;

interface HeadProps {
  sections: Section[];
  section: Section | undefined;
  store: DocumentStore;
  root: TreeNode | null;
  onShow: (section: Section) => void;
  onAdd: () => void;
}

export function SectionHead(props: HeadProps) {
  const { sections, section, onShow, onAdd } = props;
  const [naming, setNaming] = useState<"flow" | "scenario" | null>(null);
  const show = (list: string) => {
    const next = sections.find((one) => one.list === list);
    if (next) onShow(next);
  };
  const short = sections.reduce((sum, one) => sum + one.label.length, 0) < 18;
  return (
    <div className="head">
      {sections.length > 1 && sections.length <= SEGMENTS_MAX && short ? (
        <Segments
          small
          label="List of steps"
          value={section?.list ?? ""}
          options={sections.map((one) => ({ value: one.list, label: one.label }))}
          onChange={show}
        />
      ) : sections.length > 1 ? (
        <select
          aria-label="List of steps"
          className="grow"
          value={section?.list ?? ""}
          onChange={(event) => show(event.target.value)}
        >
          {sections.map((one) => (
            <option key={one.list} value={one.list}>
              {one.kind === "flow" ? `Flow “${one.label}”` : one.label}
            </option>
          ))}
        </select>
      ) : (
        <h2 className="grow">Steps</h2>
      )}
      <span className="grow" />
      <Menu label="More lists of steps" text="⋯" items={newLists(props, setNaming)} />
      <button type="button" className="small" onClick={onAdd}>
        + Step
      </button>
      {naming && <NameDialog {...props} kind={naming} onClose={() => setNaming(null)} />}
    </div>
  );
}

const FIXTURES: { key: string; label: string }[] = [
  { key: "setup", label: "Add steps before the run" },
  { key: "before_user", label: "Add steps before each user" },
  { key: "after_user", label: "Add steps after each user" },
  { key: "teardown", label: "Add steps after the run" },
];

function newLists({ root, store, onShow }: HeadProps, setNaming: (kind: "flow" | "scenario") => void): MenuItem[] {
  const items: MenuItem[] = FIXTURES.filter((one) => !childOf(root, one.key)).map((one) => ({
    label: one.label,
    onPick: () => {
      const list = joinPath("", one.key);
      void store
        .edit([{ op: "add", path: list, value: [{ get: "/" }] }])
        .then((done) => done && onShow({ kind: "setup", label: one.label, owner: list, list }));
    },
  }));
  items.push({ label: "Add a flow…", note: "steps to call", onPick: () => setNaming("flow") });
  items.push({ label: "Add a scenario…", onPick: () => setNaming("scenario") });
  return items;
}

/** Names of a new flow or scenario. */
function NameDialog({
  root,
  store,
  kind,
  onShow,
  onClose,
}: HeadProps & { kind: "flow" | "scenario"; onClose: () => void }) {
  const flows = childOf(root, "flows");
  const scenarios = childOf(root, "scenarios");
  const only = kind === "scenario" && !scenarios;
  const [name, setName] = useState(kind === "flow" ? freeKey(flows, "flow") : "New scenario");
  const [first, setFirst] = useState("Visit");
  const add = async () => {
    const steps = [{ get: "/" }];
    if (kind === "flow") {
      const value = flows ? steps : { [name]: steps };
      const path = flows ? joinPath("/flows", name) : "/flows";
      const list = joinPath("/flows", name);
      if (await store.edit([{ op: "add", path, value }])) onShow({ kind, label: name, owner: list, list });
    } else {
      const count = scenarios?.kind === "list" ? scenarios.items.length : 1;
      const move = only ? [{ op: "scenarios" as const, key: first }] : [];
      const list = joinPath("/scenarios", count, "steps");
      if (await store.edit([...move, { op: "add", path: "/scenarios/-", value: { name, steps } }])) {
        onShow({ kind, label: name, owner: joinPath("/scenarios", count), list });
      }
    }
    onClose();
  };
  return (
    <Dialog
      title={kind === "flow" ? "Add a flow" : "Add a scenario"}
      onClose={onClose}
      actions={
        <button
          type="button"
          className="go"
          disabled={!name.trim() || (only && !first.trim())}
          onClick={() => void add()}
        >
          Add
        </button>
      }
    >
      <p className="soft">
        {kind === "flow"
          ? "A flow is a list of steps with a name. A step of the kind “Call” performs it."
          : "Before each iteration, a user selects one scenario by weight."}
      </p>
      {only && (
        <div className="f">
          <label htmlFor="first-name">Name of the steps that exist</label>
          <input id="first-name" type="text" value={first} onChange={(event) => setFirst(event.target.value)} />
          <span className="help">In the file, they move below “scenarios”.</span>
        </div>
      )}
      <div className="f">
        <label htmlFor="list-name">Name</label>
        <input id="list-name" type="text" autoFocus value={name} onChange={(event) => setName(event.target.value)} />
      </div>
    </Dialog>
  );
}

/** Settings of a scenario or of steps before and after: name, weight, pacing … */
export function SectionFields({ section }: { section: Section }) {
  const form = useForm();
  const node = findNode(form.root, section.owner);
  const row = form.language.file.rows.find(
    (one) => one.key === (section.kind === "scenario" ? "scenarios" : section.kind),
  );
  const rows =
    section.kind === "scenario"
      ? row?.element?.rows
      : row?.definition
        ? form.language.definitions[row.definition]?.rows
        : undefined;
  if (!rows || node?.kind !== "map") return null;
  const shape = formOf(form.language, { rows }, node, section.owner, form.root);
  const fields = shape.groups
    .flatMap((group) => group.fields)
    .filter((field) => field.row.widget !== "steps" && field.row.key !== "load");
  return (
    <details className="more">
      <summary>
        {section.kind === "scenario" ? `Scenario “${section.label}”` : section.label}
        <small>{fieldNames(fields)}</small>
      </summary>
      <div>
        {fields.map((field) => (
          <FieldView key={field.row.key} field={field} order={shape.order} />
        ))}
      </div>
    </details>
  );
}

/** "Name, Weight, Pacing" */
function fieldNames(fields: Field[]): string {
  return fields.map((field, index) => (index ? field.row.label.toLowerCase() : field.row.label)).join(", ");
}
