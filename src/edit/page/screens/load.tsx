/* The tab Load: the curve of each load, the limits, and what the run will do. */
import { useState } from "../parts/hooks";

import { CurvePlot } from "../load/curve_plot";
import { LimitsCard } from "../load/limits_card";
import { LoadNumbers } from "../load/load_numbers";
import { loadOps, orderOf } from "../load/load_ops";
import { HostsCard, PlanCard, useHosts } from "../load/plan_card";
import { ownersOf, ScenariosCard } from "../load/scenarios_card";
import { SearchPicture, ShapePicture } from "../load/shape_picture";
import { useMeasured } from "../load/use_measured";
import { usePlan } from "../load/use_plan";
import { changeKind, kindOfLoad, peakOfLoad, PRESETS, PROPOSED, readLoad } from "../model/load_form";
import type { Load, LoadKind } from "../model/load_form";
import { setValue } from "../model/edit_ops";
import { coversFailures, limitsOf } from "../model/limits";
import { iterationSeconds } from "../model/plan_text";
import type { Plan } from "../model/plan_text";
import { findNode, joinPath, textOf, toValue } from "../model/tree";
import type { Json, TreeNode } from "../model/tree";
import { Button } from "../parts/button";
import { diagnosticsAt, tabOfPath } from "../parts/diagnostics";
import { Note, sentence } from "../parts/note";
import type { TestProps } from "../parts/screen";
import { Segments } from "../parts/segments";
import { go, href } from "../router";

export function LoadTab(props: TestProps) {
  const { store, state } = props;
  const document = state.document;
  const root = document?.tree ?? null;
  const [chosen, setChosen] = useState("");
  const known = useMeasured(store.path, testNameOf(root, store.path));
  const { answer } = usePlan(store.path, document?.version);
  const hosts = useHosts(store.path, document?.version);
  const owners = ownersOf(root);
  const owner = owners.find((one) => one.path === chosen) ?? owners[0] ?? { path: "", label: "Load" };
  const plan = answer?.plan ?? null;
  const missing = document !== null && isMissing(root, owner.path);
  return (
    <main className="work load-work">
      <h1 className="unseen">Load</h1>
      <section className="pane" aria-label="The load">
        <div className="form wide-form">
          <TabDiagnostics {...props} />
          {owners.length > 1 && (
            <div>
              <Segments
                label="Which load"
                value={owner.path}
                options={owners.map((one) => ({ value: one.path, label: one.label }))}
                onChange={setChosen}
              />
            </div>
          )}
          <LoadEditor
            key={owner.path}
            {...props}
            root={root}
            owner={owner.path}
            plan={plan}
            seconds={plan ? iterationSeconds(plan, known.plan) : 10}
          />
          <ScenariosCard store={store} root={root} />
          <LimitsCard
            store={store}
            root={root}
            measured={known.limits}
            names={namesOf(root)}
            defaults={(plan?.thresholds ?? []).filter((one) => one.default).map((one) => one.text)}
          />
        </div>
      </section>
      <aside className="pane" aria-label="What the run will do">
        <div className="form side-form">
          {!missing && <PlanCard file={store.path} plan={plan} measured={known.plan} />}
          <HostsCard hosts={hosts} />
          {!missing && (
            <Button
              kind="go"
              big
              disabled={(document?.errors ?? 0) > 0}
              why={document?.errors ? "Correct the errors in the file first" : undefined}
              onClick={() => go(href("test", store.path, "run"))}
            >
              Run load test
            </Button>
          )}
        </div>
      </aside>
    </main>
  );
}

export function testNameOf(root: TreeNode | null, path: string): string {
  return textOf(findNode(root, "/name")) || (path.split("/").pop() ?? path);
}

/** Names of steps, groups and scenarios, which a limit can be about. */
function namesOf(root: TreeNode | null): string[] {
  const names: string[] = [];
  const visit = (node: TreeNode | undefined) => {
    if (node?.kind === "list") node.items.forEach(visit);
    if (node?.kind !== "map") return;
    for (const pair of node.pairs) {
      const text = textOf(pair.value);
      if ((pair.key === "name" || pair.key === "group") && text) names.push(text);
      if (["steps", "then", "else", "parallel", "choose"].includes(pair.key)) visit(pair.value);
    }
  };
  visit(findNode(root, "/steps"));
  visit(findNode(root, "/scenarios"));
  return [...new Set(names)];
}

function TabDiagnostics({ state, store }: TestProps) {
  const all = state.document?.diagnostics ?? [];
  // The card of the limits says the same as W357, beside its remedy.
  const limited = coversFailures(limitsOf(findNode(state.document?.tree, "/thresholds"), "/thresholds"));
  const found = all.filter((one) => tabOfPath(one.path) === "load" && (limited || one.code !== "W357"));
  return (
    <>
      {found.map((one) => (
        <Note
          key={one.code + one.line + one.message}
          kind={one.level === "error" ? "bad" : "warn"}
          title={sentence(one.message)}
          actions={
            one.edits.length && one.certain ? (
              <Button small onClick={() => void applyFix(store, state.document?.text ?? "", one.edits)}>
                Correct it
              </Button>
            ) : undefined
          }
        >
          {one.line !== null && <p className="soft">Line {one.line}</p>}
        </Note>
      ))}
    </>
  );
}

function applyFix(store: TestProps["store"], text: string, edits: { begin: number; end: number; text: string }[]) {
  const sorted = [...edits].sort((a, b) => b.begin - a.begin);
  return store.replaceText(sorted.reduce((all, one) => all.slice(0, one.begin) + one.text + all.slice(one.end), text));
}

const KINDS: { value: LoadKind; label: string }[] = [
  { value: "users", label: "Concurrent users" },
  { value: "arrivals", label: "New users per second" },
  { value: "iterations", label: "Iterations" },
  { value: "capacity", label: "Find the maximum" },
];

const KIND_WORDS: { [kind in LoadKind]: string } = {
  users:
    "A fixed number of users; each starts again when it has finished. If the server becomes slow, they send less. " +
    "Choose it for a fixed group, such as the staff of an office.",
  arrivals:
    "New users arrive at this rate, however slow the server is, as visitors of a website or shop do. " +
    "Each performs the steps once.",
  iterations: "Each user performs the steps this many times.",
  capacity: "Doubles the load until a limit below fails, then searches between the last two loads.",
  replay: "Sends the requests of a recording at their times.",
  text: "",
};

interface EditorProps extends TestProps {
  root: TreeNode | null;
  owner: string;
  plan: Plan | null;
  /** The time of an iteration. */
  seconds: number;
}

/** Whether a person has not chosen a load yet. */
function isMissing(root: TreeNode | null, owner: string): boolean {
  return !findNode(root, joinPath(owner, "load"));
}

/** The loads of this session, by file, owner and kind, so that a kind gets its values back. */
const earlier = new Map<string, Json>();

function LoadEditor({ store, state, language, root, owner, plan, seconds }: EditorProps) {
  const path = joinPath(owner, "load");
  const node = findNode(root, path);
  const missing = isMissing(root, owner);
  const load = missing ? PROPOSED : readLoad(node);
  const kind = kindOfLoad(load);
  const [changed, setChanged] = useState("");
  const change = (next: Load, words = "") => {
    setChanged(words);
    const ops = loadOps(root, owner, next);
    if (ops.length) void store.edit(ops);
  };
  const choose = (next: LoadKind) => {
    if (next === kind) return;
    const place = (one: LoadKind) => [store.path, owner, one].join("\n");
    if (node) earlier.set(place(kind), toValue(node));
    const old = earlier.get(place(next));
    if (old === undefined) {
      change(changeKind(load, next, seconds), "The values of this kind are proposed. Check them.");
    } else {
      setChanged("The earlier values of this kind are used again.");
      void store.edit(setValue(root, path, old, orderOf(owner)));
    }
  };
  const kinds = KINDS.filter((one) => owner === "" || one.value !== "capacity");
  const shown = kinds.some((one) => one.value === kind)
    ? kinds
    : [{ value: kind, label: OTHER_KINDS[kind] ?? kind }, ...kinds];
  return (
    <>
      <div className="row wrap">
        <Segments label="Kind of load" value={kind} options={shown} onChange={(value) => choose(value as LoadKind)} />
        <span className="grow" />
        {["users", "arrivals", "iterations"].includes(kind) && <Presets load={load} onChange={change} />}
      </div>
      <div className="card pad stack">
        {missing && (
          <div className="row wrap">
            <p className="grow">This test has no load yet. Proposed: 10 users for 1 minute.</p>
            <Button kind="go" onClick={() => change(load)}>
              Use this load
            </Button>
          </div>
        )}
        {changed && !missing && (
          <div className="row wrap" role="status">
            <span className="grow">{changed}</span>
            <Button
              small
              label="Undo this change"
              onClick={() => {
                setChanged("");
                void store.undo();
              }}
            >
              Undo
            </Button>
          </div>
        )}
        {KIND_WORDS[kind] && <p className="soft hint">{KIND_WORDS[kind]}</p>}
        <LoadPicture load={load} plan={plan} scenario={scenarioOf(root, owner)} onChange={change} />
      </div>
      {!missing && (
        <LoadNumbers
          store={store}
          root={root}
          owner={owner}
          load={load}
          language={language}
          diagnostics={diagnosticsAt(state.document?.diagnostics ?? [], path)}
        />
      )}
    </>
  );
}

const OTHER_KINDS: { [kind: string]: string } = { replay: "Replay of a recording", text: "As in the file" };

function scenarioOf(root: TreeNode | null, owner: string): string | null {
  return owner === "" ? null : (textOf(findNode(root, joinPath(owner, "name"))) ?? null);
}

interface PictureProps {
  load: Load;
  plan: Plan | null;
  scenario: string | null;
  onChange: (load: Load) => void;
}

function LoadPicture({ load, plan, scenario, onChange }: PictureProps) {
  const planned = plan?.loads.find((one) => one.scenario === scenario) ?? null;
  switch (load.kind) {
    case "curve":
      return (
        <CurvePlot
          label={load.curve.unit === null ? "Concurrent users over time" : "New users over time"}
          curve={load.curve}
          warmUp={load.warmUp}
          onChange={(curve) => onChange({ ...load, curve })}
        />
      );
    case "capacity":
      return <SearchPicture load={load} />;
    case "iterations":
      return (
        <p>
          <b>{load.users === 1 ? "1 user" : `${load.users} users`}</b>{" "}
          {load.total ? "together perform" : load.users === 1 ? "performs" : "each perform"}{" "}
          <b>{load.iterations === 1 ? "1 iteration" : `${load.iterations} iterations`}</b>
          {load.atMost !== null && ", or less if the duration is over"}.
        </p>
      );
    case "replay":
      return (
        <p>
          The requests of <code>{load.file}</code>, at{" "}
          {load.speed === "1" ? "the recorded speed" : `${load.speed} times the recorded speed`}.
        </p>
      );
    case "text":
      return (
        <>
          <p>This load cannot be drawn: {load.reason} Change the numbers below.</p>
          {planned && <ShapePicture load={planned} />}
        </>
      );
  }
}

function Presets({ load, onChange }: { load: Load; onChange: (load: Load, words?: string) => void }) {
  const unit = load.kind === "curve" ? load.curve.unit : null;
  const peak = Math.max(peakOfLoad(load), 10);
  return (
    <div className="row presets" role="group" aria-label="Start with a usual load">
      <span className="soft">Start with</span>
      {PRESETS.map((preset) => (
        <Button
          key={preset.name}
          small
          why={preset.question}
          onClick={() => onChange(preset.make(unit, peak), preset.question)}
        >
          {preset.name}
        </Button>
      ))}
    </div>
  );
}
