/* After an import: what was found, what is in doubt, and one try. Everything has a proposed answer. */
import { useEffect, useState } from "../parts/hooks";

import { asApiError } from "../api";
import type { ApiError } from "../api";
import { DocumentStore, useDocument } from "../document";
import { importOf, sourceOf, startImport } from "../imports";
import { jobProblem, attachJob } from "../jobs";
import type { JobState } from "../jobs";
import type { ImportReport } from "../model/import_report";
import { givenValues, pausesOf, reviewSteps, typedValues } from "../model/review";
import { findNode, textOf } from "../model/tree";
import { Bar } from "../parts/bar";
import { Button } from "../parts/button";
import { Dot } from "../parts/marks";
import { ErrorNote, Note, sentence } from "../parts/note";
import { Path, way } from "../parts/path";
import { HostsNote, SecretsNote, useMissingSecrets } from "../parts/permissions";
import { Segments } from "../parts/segments";
import { toast } from "../parts/toast";
import { useExchanges } from "../review/compare_views";
import { HostsPart } from "../review/hosts_part";
import { PausesPart } from "../review/pauses_part";
import { RepairCard } from "../review/repair_card";
import { StepDetail, StepList, triedTitle } from "../review/try_part";
import { useRepair } from "../review/use_repair";
import { refusedStep, useTry } from "../review/use_try";
import { ValuesPart } from "../review/values_part";
import { go, home, href, replace } from "../router";
import type { Route } from "../router";

const PARTS = ["hosts", "values", "pauses", "try"] as const;
type Part = (typeof PARTS)[number];

export function ReviewScreen({ route }: { route: Route }) {
  const file = route.file;
  const [imported, setImported] = useImport(file);
  const running = imported === undefined || imported?.state === "running";
  const problem = imported ? jobProblem(imported) : null;
  if (running || problem)
    return (
      <>
        <Bar middle={<Path at="record" />} side={<span className="saved">{file}</span>} />
        <main className="sheet">
          <div className="center">
            {problem ? (
              <>
                <ErrorNote error={problem} title="The recording could not be imported" />
                <div>
                  <Button onClick={() => go(home)}>Back</Button>
                </div>
              </>
            ) : (
              <p role="status">
                <Dot kind="live" label="running" /> Reading the recording…
              </p>
            )}
          </div>
        </main>
      </>
    );
  return <Review file={file} asked={partOf(route)} job={imported ?? null} onImport={setImported} />;
}

function partOf(route: Route): Part | undefined {
  return PARTS.find((part) => part === route.rest[0]);
}

/** The import job; undefined until it is known, null if there is none. */
function useImport(file: string): [JobState | null | undefined, (job: JobState | undefined) => void] {
  const [job, setJob] = useState<JobState | null | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    if (job !== undefined) return;
    void (async () => {
      const found = await importOf(file).catch(() => null);
      if (!gone && found?.state === "running") setJob(await attachJob(found.job).done());
      else if (!gone) setJob(found ? await attachJob(found.job).state() : null);
    })();
    return () => {
      gone = true;
    };
  }, [file, job]);
  return [job, setJob];
}

interface ReviewProps {
  file: string;
  asked: Part | undefined; // the first that needs a decision
  job: JobState | null;
  onImport: (job: JobState | undefined) => void;
}

function Review({ file, asked, job, onImport }: ReviewProps) {
  const [store] = useState(() => new DocumentStore(file));
  const state = useDocument(store);
  const [first, setFirst] = useState<string | null>(null); // the version that the import wrote
  const [error, setError] = useState<ApiError | null>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const source = sourceOf(file);
  const { tried, start } = useTry(file);
  const { repair, begin, search, forget } = useRepair(source);
  useEffect(() => store.open(), [store]);
  const version = state.document?.version ?? null;
  useEffect(() => setFirst((known) => known ?? version), [version]);

  const report = (job?.result as ImportReport | undefined) ?? null;
  const [turn, setTurn] = useState(0);
  const missing = useMissingSecrets(file, `${turn} ${version}`);
  const doubt = missing?.length || report?.values?.some((one) => one.certainty !== "certain");
  const part = asked ?? (doubt ? "values" : "hosts");
  // A decision does not lead to another part.
  useEffect(() => {
    if (!asked && missing && version) replace(href("review", file, part));
  }, [asked, missing, version]);
  const root = state.document?.tree ?? null;
  const steps = reviewSteps(root);
  const done = tried.phase === "passed" || tried.phase === "failed";
  const rows = useExchanges(tried.job, done);
  const refused = refusedStep(tried);
  const changed = first !== null && version !== first;
  const shown = steps.find((step) => step.path === (selected ?? refused?.path)) ?? null;

  const attempt = async () => {
    if (missing?.length) return go(href("review", file, "values"));
    go(href("review", file, "try"));
    setSelected(null);
    forget();
    const result = await start();
    if (refusedStep(result)) void begin(file);
  };
  const importAgain = async (hosts: string[]) => {
    if (!source) return setError(asApiError(new Error("The recording is no longer here. Drop it again at Home.")));
    try {
      await startImport(source, file, { hosts, force: true });
      onImport(undefined);
    } catch (thrown) {
      setError(asApiError(thrown));
    }
  };
  const useIt = async () => {
    if (!(await store.replaceText(repair.text))) return;
    setFirst(store.state.document?.version ?? null);
    toast("The repair is in the file", { undo: () => void store.undo() });
    void attempt();
  };
  const leaveOut = async () => {
    if (refused && (await store.edit([{ op: "disable", path: refused.path }]))) {
      toast("The step is disabled", { undo: () => void store.undo() });
      void attempt();
    }
  };

  const name = textOf(findNode(root, "/name")) ?? file;
  const menu = (
    <Segments
      label="Parts of the review"
      value={part}
      onChange={(next) => go(href("review", file, next))}
      options={[
        { value: "hosts", label: "Hosts", note: report?.hosts?.length ?? "" },
        { value: "values", label: "Values", note: givenValues(root).length + typedValues(root).length },
        { value: "pauses", label: "Pauses and groups", note: pausesOf(root).length },
        { value: "try", label: "Try", note: tried.phase === "failed" ? "!" : tried.phase === "passed" ? "✓" : "" },
      ]}
    />
  );
  const secrets = <SecretsNote file={file} root={root} onReady={() => setTurn(turn + 1)} />;
  const notes = (
    <>
      <ErrorNote
        error={state.problem ?? error}
        onClose={() => (state.problem ? store.forgetProblem() : setError(null))}
      />
      {(report?.warnings ?? []).map((warning, i) => (
        <Note key={i} kind="warn">
          <p>{sentence(warning.message)}</p>
        </Note>
      ))}
    </>
  );
  return (
    <>
      <Bar middle={<Path at={part === "try" ? "try" : "review"} />} side={<span className="saved">{file}</span>} />
      {part === "try" ? (
        <main className="work">
          <h1 className="unseen">Try {name}</h1>
          <section className="pane" aria-label="Steps">
            <div className="head">
              <h2 className="grow">{triedTitle(steps, tried)}</h2>
            </div>
            <StepList steps={steps} tried={tried} rows={rows} selected={shown?.path ?? null} onSelect={setSelected} />
          </section>
          <section className="pane" aria-label="Result">
            <div className="head">
              {menu}
              <span className="grow" />
              {done && (
                <Button small onClick={() => void attempt()}>
                  Try again
                </Button>
              )}
            </div>
            <div className="form wide">
              {notes}
              {secrets}
              <TryState
                tried={tried}
                count={steps.filter((step) => step.verb !== "GROUP").length}
                onStart={() => void attempt()}
              />
              <StepDetail
                step={shown}
                tried={tried}
                rows={rows}
                repaired={repair.phase === "found"}
                verified={repair.verified?.steps?.find((step) => step.path === shown?.path) ?? null}
              >
                {refused && shown?.path === refused.path && (
                  <RepairCard
                    repair={repair}
                    text={state.document?.text ?? ""}
                    changed={changed}
                    onSearch={() => void search()}
                    onUse={() => void useIt()}
                    onLeaveOut={() => void leaveOut()}
                  />
                )}
              </StepDetail>
            </div>
          </section>
        </main>
      ) : (
        <main className="sheet">
          <div className="center">
            <div className="row wrap">
              <h1 className="grow">{name}</h1>
              {menu}
            </div>
            {notes}
            {part === "values" && secrets}
            {part === "hosts" && (
              <HostsPart report={report} changed={changed} onHosts={(hosts) => void importAgain(hosts)} />
            )}
            {part === "values" && <ValuesPart store={store} root={root} report={report} />}
            {part === "pauses" && <PausesPart store={store} root={root} />}
          </div>
        </main>
      )}
      <Foot
        part={part}
        file={file}
        missing={missing?.map((one) => one.name) ?? []}
        phase={tried.phase}
        onTry={() => void attempt()}
      />
    </>
  );
}

function TryState({
  tried,
  count,
  onStart,
}: {
  tried: ReturnType<typeof useTry>["tried"];
  count: number;
  onStart: () => void;
}) {
  if (tried.error?.code === "hosts") return <HostsNote error={tried.error} onAllowed={onStart} />;
  if (tried.error) return <ErrorNote error={tried.error} title="The try could not be performed" />;
  if (tried.phase === "passed")
    return (
      <Note kind="good" title="The test works.">
        <p>
          {count === 1 ? "The step" : `All ${count} steps`} got the expected responses. Select a step to see its
          response.
        </p>
      </Note>
    );
  if (tried.phase === "idle")
    return (
      <Note title="Nothing has been sent yet.">
        <p>One user performs all steps once. You see whether the site still responds as in the recording.</p>
      </Note>
    );
  return null;
}

interface FootProps {
  part: Part;
  file: string;
  missing: string[];
  phase: ReturnType<typeof useTry>["tried"]["phase"];
  onTry: () => void;
}

function Foot({ part, file, missing, phase, onTry }: FootProps) {
  const load = (
    <Button
      big
      kind="go"
      disabled={phase !== "passed"}
      why={phase === "passed" ? undefined : "First the try must pass"}
      onClick={() => {
        way.begin(file);
        go(href("test", file, "load"));
      }}
    >
      Draw the load
    </Button>
  );
  const needed =
    missing.length && `${missing.length === 1 ? "One value is" : "Values are"} missing: ${missing.join(", ")}.`;
  const [kind, text, action]: ["good" | "warn" | "live", string, JSX.Element] =
    phase === "passed"
      ? ["good", "Next: how many users, and for how long?", load]
      : phase === "failed"
        ? ["warn", "Correct the test before you measure anything with it.", load]
        : phase === "running"
          ? ["live", "One user performs the visit…", load]
          : [
              needed ? "warn" : "good",
              needed ||
                (part === "try"
                  ? "Ready to try."
                  : "Everything has an answer already. You can continue, and change it later."),
              <Button
                big
                kind="go"
                disabled={Boolean(needed) && (part === "values" || part === "try")}
                why={needed || undefined}
                onClick={onTry}
              >
                Try it once
              </Button>,
            ];
  return (
    <footer className="foot">
      <Dot kind={kind} label={kind} />
      <span className="grow">{text}</span>
      <a className="button" href={href("test", file, "steps")}>
        Open the test
      </a>
      {action}
    </footer>
  );
}
