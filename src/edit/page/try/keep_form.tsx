/* A value that was clicked: keep it for later steps, or expect it. */
import { useEffect, useState } from "../parts/hooks";
import { asApiError } from "../api";
import type { ApiError } from "../api";
import type { DocumentStore } from "../document";
import { setValue } from "../model/edit_ops";
import type { EditOp } from "../model/edit_ops";
import { addCondition } from "../model/expectations";
import type { Wanted } from "../model/expectations";
import type { Language } from "../model/form_model";
import { findNode, joinPath, keysOf } from "../model/tree";
import type { Json, TreeNode } from "../model/tree";
import { variableName } from "../model/variables";
import { ErrorNote } from "../parts/note";
import { toast } from "../parts/toast";
import { propose, shortValue } from "./try_job";
import type { Clicked, Proposal } from "./try_job";

interface Props {
  store: DocumentStore;
  root: TreeNode | null;
  language: Language;
  job: string;
  exchange: number;
  /** The text of the response. */
  body: string;
  /** The step that gets the value. */
  path: string;
  clicked: Clicked;
  /** Names that are variables already. */
  taken: string[];
  onClose: () => void;
}

interface Found {
  key: string;
  value: Json;
  proposals: Proposal[];
  problem: ApiError | null;
}

function useProposals({ job, exchange, clicked }: Pick<Props, "job" | "exchange" | "clicked">): Found | null {
  const [found, setFound] = useState<Found | null>(null);
  const key = JSON.stringify([job, exchange, clicked.place]);
  useEffect(() => {
    let gone = false;
    propose(job, exchange, clicked.place).then(
      (one) => !gone && setFound({ key, ...one, problem: null }),
      (thrown) => !gone && setFound({ key, value: clicked.value, proposals: [], problem: asApiError(thrown) }),
    );
    return () => {
      gone = true;
    };
  }, [key]);
  return found?.key === key ? found : null;
}

/** "found 3: h-104, h-221, h-377" */
function foundText(proposal: Proposal): string {
  const values = proposal.values.slice(0, 3).map((one) => shortValue(one));
  const more = proposal.matches > values.length ? " …" : "";
  return `found ${proposal.matches}: ${values.join(", ")}${more}`;
}

function extractText(extract: { [key: string]: Json }): string {
  return Object.entries(extract)
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n");
}

const KEYS = ["name", "headers", "query", "form", "json", "body", "expect", "extract"];

/** The keys of a step in the order of the table, for the place of a new key. */
function orderOf(language: Language): string[] {
  return language.steps.find((kind) => kind.name === "request")?.rows.map((row) => row.key) ?? KEYS;
}

/** The condition for a value that was clicked; null if none is true for this response. */
function conditionFor({ place, value }: Clicked, found: Found, body: string): Wanted | null {
  const typed = typeof found.value !== "object" ? found.value : value;
  if ("json" in place) return { subject: "jsonpath", name: place.json, comparison: "equals", value: typed };
  if ("header" in place) return { subject: "header", name: place.header, comparison: "equals", value };
  if ("cookie" in place) return { subject: "cookie", name: place.cookie, comparison: "exists", value: true };
  if (body.includes(value)) return { subject: "body", name: "", comparison: "contains", value };
  // The source can have the text in another form, such as with &amp;.
  if ("css" in place && !place.attribute && typeof typed === "string" && typed.includes(value))
    return { subject: "css", name: place.css, comparison: "contains", value };
  return null;
}

const SUBJECTS: { [subject: string]: string } = { body: "The page", css: "The element", jsonpath: "The value" };

function conditionText(wanted: Wanted): string {
  const subject = `${SUBJECTS[wanted.subject] ?? `The ${wanted.subject}`} ${wanted.name}`.trim();
  if (wanted.comparison === "exists") return `${subject} exists`;
  return `${subject} ${wanted.comparison === "contains" ? "contains" : "is"} ${shortValue(wanted.value, 60)}`;
}

function Keep({ props, found }: { props: Props; found: Found }) {
  const { store, root, language, path, clicked, taken, onClose } = props;
  const [name, setName] = useState(() => variableName(clicked.hint, taken));
  const [chosen, setChosen] = useState(0);
  const proposal = found.proposals[chosen];
  const apply = async (ops: EditOp[], done: string) => {
    if (!(await store.edit(ops))) return;
    toast(done, { undo: () => void store.undo() });
    onClose();
  };
  const clean = variableName(name, []);
  const again = keysOf(findNode(root, joinPath(path, "extract"))).includes(clean);
  const keep = () => {
    if (!proposal) return;
    const place = joinPath(path, "extract", clean);
    void apply(
      setValue(root, place, proposal.extract, orderOf(language)),
      `Kept as ${clean}. Later steps can use \${${clean}}.`,
    );
  };
  const wanted = conditionFor(clicked, found, props.body);
  const expect = () =>
    wanted &&
    void apply(
      addCondition(root, language, joinPath(path, "expect"), wanted, orderOf(language)),
      "The step now fails if this is not true.",
    );
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      <ErrorNote error={found.problem} title="This value cannot be found again automatically." />
      {found.proposals.length > 0 && (
        <>
          <div className="f">
            <label htmlFor="keep-name" title="In the file: extract">
              Keep it as
            </label>
            <input
              id="keep-name"
              type="text"
              className="mono"
              value={name}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setName(event.target.value)}
            />
            {again && <span className="help">The step keeps this name already; it will be replaced.</span>}
          </div>
          <fieldset className="stack">
            <legend className="lab">Which value should each user keep?</legend>
            {found.proposals.map((one, index) => (
              <label className="row top" key={index}>
                <input
                  type="radio"
                  name="proposal"
                  className="tick"
                  checked={index === chosen}
                  onChange={() => setChosen(index)}
                />
                <span className="grow">
                  {one.label}
                  <br />
                  <small>{foundText(one)}</small>
                </span>
              </label>
            ))}
          </fieldset>
          {proposal && (
            <details className="more">
              <summary>How it is found</summary>
              <div>
                <code className="lines">{extractText(proposal.extract)}</code>
              </div>
            </details>
          )}
        </>
      )}
      <div className="row wrap">
        {proposal && (
          <button type="submit" className="go" disabled={!clean}>
            Keep as {clean}
          </button>
        )}
        {wanted && (
          <button type="button" onClick={expect} title="In the file: expect">
            Expect this instead
          </button>
        )}
      </div>
      {wanted && <p className="soft help">“It worked when”: {conditionText(wanted)}.</p>}
      {proposal && (
        <p className="soft help">Tested with this response. Try again to see whether it works with the next one.</p>
      )}
    </form>
  );
}

export function KeepForm(props: Props) {
  const found = useProposals(props);
  return (
    <aside className="pane tint keep" aria-label="The value that was clicked">
      <div className="head">
        <h2 className="grow cut" title={props.clicked.value}>
          “{shortValue(props.clicked.value, 40)}”
        </h2>
        <button type="button" className="small bare" aria-label="Close" onClick={props.onClose}>
          ✕
        </button>
      </div>
      {found ? (
        <Keep key={found.key} props={props} found={found} />
      ) : (
        <p className="pad soft" role="status">
          Looking for ways to find it again…
        </p>
      )}
    </aside>
  );
}
