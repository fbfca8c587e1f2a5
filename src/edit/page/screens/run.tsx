/*
 * The screen of one run: it starts, is drawn while it happens, can be stopped, and ends with its
 * verdict. The address has the job, so that a reload finds the run again.
 */
import { useEffect, useState } from "../parts/hooks";

import { api, asApiError, filePath } from "../api";
import type { ApiError } from "../api";
import { HostsCard, PlanCard, useHosts } from "../load/plan_card";
import { useMeasured } from "../load/use_measured";
import { usePlan } from "../load/use_plan";
import { clockText, lengthText } from "../model/quantity";
import type { Summary } from "../model/results";
import { measuredLength, planWarnings } from "../model/plan_text";
import { failing, progressOf, stageText } from "../model/run_lines";
import type { Plan } from "../model/plan_text";
import type { RunState } from "../model/run_lines";
import { capacitySentence, exitSentence, invalidAdvice, verdictSentence, verdictWord } from "../model/verdict";
import type { Capacity } from "../model/verdict";
import { Button } from "../parts/button";
import { Empty } from "../parts/empty";
import { ErrorNote, Note, sentence } from "../parts/note";
import { HostsNote, SecretsNote, useMissingSecrets } from "../parts/permissions";
import type { TestProps } from "../parts/screen";
import { go, href, replace } from "../router";
import { openReport } from "../run/open_report";
import { RunCharts, RunFailures, RunLevels, RunLimits, RunSteps, RunTiles } from "../run/run_panel";
import { findRunning, startRun, useRun } from "../run/use_run";
import type { RunJob } from "../run/use_run";
import { ProgressBar, VerdictBanner } from "../run/verdict_banner";
import { testNameOf } from "./load";

/** A run starts by a click, never because a page with this address was loaded. */
let reachedByClick = false;
addEventListener("hashchange", () => {
  reachedByClick = true;
});

export function RunScreen(props: TestProps) {
  const id = props.rest[0];
  return (
    <main className="sheet">
      <h1 className="unseen">Run</h1>
      <div className="center run-center">
        {id ? <OneRun key={id} id={id} file={props.store.path} /> : <NewRun {...props} />}
      </div>
    </main>
  );
}

/* ---- before the start */

function NewRun({ store, state }: TestProps) {
  const file = store.path;
  const document = state.document;
  const [error, setError] = useState<ApiError | null>(null);
  const [starting, setStarting] = useState(false);
  const [times, setTimes] = useState(0);
  const found = useOtherRun(file);
  const missing = useMissingSecrets(file, times);
  const known = useMeasured(file, testNameOf(document?.tree ?? null, file));
  const { answer } = usePlan(file, document?.version);
  const hosts = useHosts(file, document?.version, times);
  const show = (job: string) => replace(href("test", file, "run", job));
  const start = () => {
    setStarting(true);
    setError(null);
    startRun(file).then(show, (thrown) => {
      setStarting(false);
      setError(asApiError(thrown));
      setTimes((count) => count + 1);
    });
  };
  // An input that was left for the button is saved first.
  const clear = found === null && missing?.length === 0 && !state.saving;
  useEffect(() => {
    if (found) show(found);
    else if (clear && reachedByClick && !document?.errors && times === 0) start();
  }, [found, clear]);
  if (starting || (found === undefined && reachedByClick))
    return <VerdictBanner kind="none" word="STARTING" why="The run starts." />;
  return (
    <>
      {error?.code === "hosts" ? <HostsNote error={error} onAllowed={start} /> : <ErrorNote error={error} />}
      <SecretsNote
        file={file}
        onReady={() => {
          setTimes((count) => count + 1);
          start();
        }}
      />
      <div className="two">
        <PlanCard file={file} plan={answer?.plan ?? null} measured={known.plan} />
        <div className="stack">
          <HostsCard hosts={hosts} />
          <Button
            kind={error?.code === "hosts" ? undefined : "go"}
            big
            disabled={(document?.errors ?? 0) > 0}
            why={document?.errors ? "Correct the errors in the file first" : undefined}
            onClick={start}
          >
            Run load test
          </Button>
        </div>
      </div>
    </>
  );
}

/** A run of the file that has not ended; null: there is none; undefined: not known yet. */
function useOtherRun(file: string): string | null | undefined {
  const [found, setFound] = useState<string | null>();
  useEffect(() => {
    let current = true;
    findRunning(file).then(
      (job) => current && setFound(job),
      () => current && setFound(null),
    );
    return () => {
      current = false;
    };
  }, [file]);
  return found;
}

/* ---- a run */

function OneRun({ id, file }: { id: string; file: string }) {
  const followed = useRun(id);
  const { ended, error } = followed;
  const { answer } = usePlan(file, undefined);
  // After a reload in a long run, the line with its length may be missing.
  const planned = followed.run.seconds.length && answer?.plan ? measuredLength(answer.plan) : null;
  const run = { ...followed.run, length: followed.run.length ?? planned };
  const view = { ...followed, run };
  if (error?.status === 404) {
    return (
      <Empty title="This run is not known any more.">
        <p>Runs that ended are in the tab Runs.</p>
        <Button onClick={() => go(href("test", file, "runs"))}>Open Runs</Button>
      </Empty>
    );
  }
  return (
    <>
      <ErrorNote error={error} />
      {ended ? <EndBanner job={ended} run={run} file={file} /> : <RunningBanner view={view} />}
      {ended && <EndNotes job={ended} run={run} file={file} plan={answer?.plan ?? null} />}
      {!ended && run.limited && <Note kind="warn" title={sentence(run.limited)} />}
      {(run.started || !ended) && (
        <>
          {(run.seconds.length > 0 || !run.levels.length) && <RunTiles run={run} />}
          {(run.seconds.length > 1 || (!ended && !run.levels.length)) && <RunCharts run={run} live={!ended} />}
          <RunLevels levels={run.levels} />
          <RunFailures run={run} />
          <RunLimits thresholds={run.thresholds} running={!run.end} />
          <RunSteps run={run} />
        </>
      )}
    </>
  );
}

function RunningBanner({ view }: { view: ReturnType<typeof useRun> }) {
  const { run, stops, stop } = view;
  const part = progressOf(run);
  return (
    <VerdictBanner
      kind="none"
      word={stops ? "STOPPING" : "RUNNING"}
      why={stops ? "The users finish; then the result is written." : runningText(run)}
      actions={
        <Button kind="stop" why={stops ? "Do not wait for responses" : "Report what was measured"} onClick={stop}>
          {stops ? "Stop now" : "Stop"}
        </Button>
      }
    >
      <ProgressBar part={part} label="Progress of the run" />
    </VerdictBanner>
  );
}

/** "55 users, 4:12 of 8:00, 3 min 48 s left, all limits met so far" */
function runningText(run: RunState): string {
  const level = run.levels[run.levels.length - 1];
  if (level && !run.seconds.length) return `Searching for the maximum: ${level}`;
  if (run.stage !== "load" || !run.seconds.length) return `${stageText(run)}…`;
  const parts: string[] = [];
  if (run.users !== null) parts.push(run.users === 1 ? "1 user" : `${run.users} users`);
  if (run.length) {
    const left = run.length - run.elapsed;
    parts.push(`${clockText(run.elapsed)} of ${clockText(run.length)}`);
    parts.push(left > 0.5 ? `${lengthText(Math.round(left))} left` : "users finish their iteration");
  } else {
    parts.push(clockText(run.elapsed));
  }
  const bad = failing(run);
  if (run.thresholds.length) {
    parts.push(
      bad.length ? `${bad.length === 1 ? "a limit is" : `${bad.length} limits are`} not met` : "all limits met so far",
    );
  }
  return parts.join(", ");
}

function outcomeOf(job: RunJob, run: RunState) {
  const stopped = run.end?.stoppedBy ?? (job.state === "cancelled" ? "you" : null);
  return { verdict: run.end?.verdict ?? null, valid: run.end?.valid ?? null, stopped_by: stopped };
}

function EndBanner({ job, run, file }: { job: RunJob; run: RunState; file: string }) {
  const out = run.end?.out ?? job.out ?? null;
  const unreached = job.exit === 3;
  const outcome = outcomeOf(job, run);
  const word = verdictWord(outcome);
  const exit = exitSentence(job.exit);
  const capacity = useCapacity(run.levels.length ? out : null);
  const why =
    !run.end || unreached
      ? exit.title
      : capacity
        ? capacitySentence(capacity)
        : verdictSentence(outcome, run.thresholds);
  const detail = run.end ? `${measuredText(run)}${out ? `, saved in ${out}` : ""}` : exit.text;
  return (
    <VerdictBanner
      kind={run.end ? word.kind : "bad"}
      word={run.end ? word.word : job.state === "cancelled" ? "STOPPED" : "NO RESULT"}
      why={!run.end && job.state === "cancelled" ? "The run was stopped before it had a result." : why}
      detail={!run.end && job.state === "cancelled" ? undefined : detail}
      actions={
        <>
          {run.end && out && <Button onClick={() => void openReport(out)}>Open the report ↗</Button>}
          <Button onClick={() => go(href("test", file, "runs"))}>All runs</Button>
          <Button kind="go" onClick={() => go(href("test", file, "run"))}>
            Run again
          </Button>
        </>
      }
    />
  );
}

/** The result of a search, from the summary of the run; null: there is none. */
function useCapacity(name: string | null): Capacity | null {
  const [found, setFound] = useState<Capacity | null>(null);
  useEffect(() => {
    if (!name) return;
    api.get<{ summary: Summary }>("results/" + filePath(name)).then(
      ({ summary }) => setFound(summary.capacity ?? null),
      () => undefined,
    );
  }, [name]);
  return found;
}

/** "8 min measured", "12 s of 8 min measured" */
function measuredText(run: RunState): string {
  const more = run.length ? Math.round(run.elapsed - run.length) : 0;
  if (more > 0) return `${lengthText(run.length!)} measured, ${more} s more until the last users finished`;
  const part = run.length && run.elapsed < run.length * 0.95 ? ` of ${lengthText(run.length)}` : "";
  return `${lengthText(run.elapsed < 10 ? run.elapsed : Math.round(run.elapsed))}${part} measured`;
}

/** Notes that limit how far the numbers can be relied on, and reasons of failures. */
function EndNotes({ job, run, file, plan }: { job: RunJob; run: RunState; file: string; plan: Plan | null }) {
  const warnings = (job.messages ?? "").split("\n").filter((line) => /^reprise: (warning|error): /.test(line));
  const problem = !run.end && job.state === "failed" ? messageOf(job) : "";
  const outcome = outcomeOf(job, run);
  const unknown = { responseTime: null, bytes: null };
  const hasty = plan && planWarnings(plan, unknown).some((one) => one.tab === "steps");
  return (
    <>
      {job.exit === 3 && run.end && (
        <Note kind="bad" title={exitSentence(3).text}>
          <p>In a container, 127.0.0.1 is the container itself: use the address of the host.</p>
        </Note>
      )}
      {problem && (
        <Note kind="bad" title="The program reported:">
          <p className="mono reported">{problem}</p>
        </Note>
      )}
      {warnings.map((line) => (
        <Note key={line} kind="warn" title={sentence(line.replace(/^reprise: (warning|error): /, ""))}>
          {/rows have been used/.test(line) && (
            <p>
              <a href={href("test", file, "data")}>Open Data</a> to add rows, or to let users start again from the first
              row.
            </p>
          )}
        </Note>
      ))}
      {run.end && run.stop && !outcome.stopped_by && !warnings.length && job.exit !== 3 && (
        <Note kind="warn" title="The run ended before its time.">
          <p>{sentence(run.stop)}</p>
        </Note>
      )}
      {outcome.valid === false && job.exit !== 3 && (
        <Note kind="warn" title="The result is not valid, so do not rely on the numbers.">
          {hasty && (
            <p>
              First add pauses: without them each user sends requests as fast as possible.{" "}
              <a href={href("test", file, "steps")}>Open Steps</a>
            </p>
          )}
          {(run.end?.reasons ?? []).map((reason) => (
            <p key={reason}>
              {sentence(reason)} {invalidAdvice(reason)}
            </p>
          ))}
        </Note>
      )}
    </>
  );
}

/** The message of a run that could not start. The banner describes one that was killed. */
function messageOf(job: RunJob): string {
  if (typeof job.error === "object" && job.error?.code === "signal") return "";
  return typeof job.error === "string" ? job.error : (job.error?.message ?? "");
}
