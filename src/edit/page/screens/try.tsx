/* "Try up to here": one user performs the steps once; each response can be looked at and clicked. */
import { useEffect, useState } from "../parts/hooks";
import type { TestProps } from "../parts/screen";
import { Button } from "../parts/button";
import { Empty } from "../parts/empty";
import { ErrorNote, Note, sentence } from "../parts/note";
import { HostsNote, SecretsNote, useMissingSecrets } from "../parts/permissions";
import { countDiagnostics, isError } from "../model/form_model";
import type { Kind, Language } from "../model/form_model";
import { loginAdvice } from "../model/login_advice";
import { outlineStep, placeAfter } from "../model/outline";
import { findNode, textOf } from "../model/tree";
import type { TreeNode } from "../model/tree";
import { variablesAt } from "../model/variables";
import { go, href } from "../router";
import { AddStep } from "../steps/add_step";
import { insertKind } from "../steps/step_ops";
import { KeepForm } from "../try/keep_form";
import { LoginNote } from "../try/login_note";
import { ResponseView, bodyText } from "../try/response_view";
import { TrySteps, Variables } from "../try/try_steps";
import { useExchange, useTry } from "../try/try_job";
import type { Clicked, StepLine, TryState } from "../try/try_job";

export function TryScreen(props: TestProps) {
  const { state, language } = props;
  const errors = (state.document?.diagnostics ?? []).filter(isError);
  if (!language) {
    return (
      <main className="sheet">
        <p role="status">Loading…</p>
      </main>
    );
  }
  return <Try {...props} language={language as unknown as Language} ready={errors.length === 0} />;
}

function titleOf(language: Language, root: TreeNode | null, path: string): string {
  const node = findNode(root, path);
  return node ? outlineStep(language, node, path).title : "";
}

/** The first step that failed is shown first, or else the last one that sent something. */
function firstShown(steps: StepLine[]): number {
  const failed = steps.findIndex((step) => !step.ok);
  if (failed >= 0) return failed;
  for (let i = steps.length - 1; i >= 0; i--) if (steps[i]?.exchanges.length) return i;
  return steps.length - 1;
}

type Props = Omit<TestProps, "language"> & { language: Language; ready: boolean };

function Try({ store, state, language, rest, ready }: Props) {
  const root = state.document?.tree ?? null;
  const until = rest[0] ?? "";
  const [turn, setTurn] = useState(0);
  const missing = useMissingSecrets(store.path, turn);
  const tried = useTry(store.path, until, turn, ready && missing?.length === 0);
  const [chosen, setChosen] = useState<number | null>(null);
  const [number, setNumber] = useState<number | null>(null);
  const [clicked, setClicked] = useState<Clicked | null>(null);
  const selected = chosen ?? firstShown(tried.steps);
  const step = tried.steps[selected];
  const shown = number ?? step?.exchanges[step.exchanges.length - 1] ?? null;
  const { exchange, problem } = useExchange(tried.job, tried.running ? null : shown);
  useEffect(() => {
    setChosen(null);
    setNumber(null);
    setClicked(null);
  }, [turn, until]);
  const paths = tried.steps.map((one) => one.path);
  const advice = exchange && loginAdvice(root, paths, selected, exchange.response?.status ?? null, bodyText(exchange));
  const login = advice && tried.steps[advice.login];
  // Secrets that the user wants to type again.
  const [typed, setTyped] = useState<string[]>([]);
  const select = (index: number) => {
    setChosen(index);
    setNumber(null);
    setClicked(null);
  };
  const again = () => setTurn(turn + 1);
  const [adding, setAdding] = useState(false);
  // The next step goes after the step up to which was tried, or after the last one.
  const last = until || tried.steps[tried.steps.length - 1]?.path || "/steps";
  const place = placeAfter(last);
  const add = async (kind: Kind, action: string) => {
    const change = insertKind(root, place.list, place.index, kind, action);
    if (await store.edit(change.ops)) go(href("test", store.path, "steps", change.select ?? ""));
  };
  const title = until ? `Tried up to “${titleOf(language, root, until)}”` : "Tried once";
  return (
    <main className={clicked ? "work three" : "work"}>
      <h1 className="unseen">{title}</h1>
      <section className="pane list" aria-label="Steps">
        <div className="head">
          <a
            className="button small bare"
            href={href("test", store.path, "steps", until || (step?.path ?? ""))}
            aria-label="Back to the steps"
            title="Back to the steps"
          >
            ←
          </a>
          <h2 className="grow cut" title={title}>
            {title}
          </h2>
          <Score tried={tried} />
        </div>
        <div className="row pad-top">
          {tried.running && tried.job ? (
            <Button small kind="stop" onClick={() => void tried.job?.cancel()}>
              Stop
            </Button>
          ) : (
            <Button small disabled={!ready} why={ready ? undefined : errorReason(state)} onClick={again}>
              ▷ Try again
            </Button>
          )}
          {!tried.running && tried.steps.length > 0 && (
            <Button small onClick={() => setAdding(true)}>
              + Step
            </Button>
          )}
          {tried.running && ready && !missing?.length && (
            <small role="status">{tried.steps.length ? `Step ${tried.steps.length} is done` : "Starting…"}</small>
          )}
        </div>
        <TrySteps
          language={language}
          root={root}
          steps={tried.steps}
          exchanges={tried.exchanges}
          selected={selected}
          onSelect={select}
        />
        <Variables step={step} />
      </section>
      <section className="pane" aria-label="Response">
        <div className="notes-top">
          {!ready && (
            <Note kind="bad" title="The test has errors">
              <p>
                {errorReason(state)}. <a href={href("test", store.path, "steps")}>Show the steps</a>
              </p>
            </Note>
          )}
          <Problem tried={tried} root={root} file={store.path} again={again} />
          <SecretsNote
            key={`${turn} ${typed.join()}`}
            file={store.path}
            root={root}
            again={typed}
            onReady={() => {
              setTyped([]);
              again();
            }}
          />
          {step && !step.ok && <FailureNote step={step} root={root} file={store.path} />}
          {advice && !typed.length && (
            <LoginNote
              advice={advice}
              login={login && advice.login !== selected ? titleOf(language, root, login.path) : null}
              onShow={() => select(advice.login)}
              onType={() => setTyped(advice.secrets)}
            />
          )}
          <ErrorNote error={problem} />
        </div>
        {exchange && tried.job && (
          <ResponseView
            job={tried.job.id}
            exchange={exchange}
            clicked={clicked}
            onClick={setClicked}
            choice={
              step && step.exchanges.length > 1 ? (
                <select
                  aria-label="Request of this step"
                  value={shown ?? ""}
                  onChange={(event) => setNumber(Number(event.target.value))}
                >
                  {step.exchanges.map((one, index) => (
                    <option key={one} value={one}>
                      {index + 1} of {step.exchanges.length}
                    </option>
                  ))}
                </select>
              ) : null
            }
          />
        )}
        {!exchange && !tried.running && !tried.problem && step?.ok && !step.exchanges.length && (
          <Empty title="This step sends no request">
            <p>Select a step with a request to see its response.</p>
          </Empty>
        )}
        {tried.running && ready && !missing?.length && (
          <div className="pad" aria-busy="true">
            <div className="ghost tall" />
          </div>
        )}
      </section>
      {clicked && exchange && tried.job && step && (
        <KeepForm
          store={store}
          root={root}
          language={language}
          job={tried.job.id}
          exchange={exchange.n}
          body={bodyText(exchange)}
          path={step.path}
          clicked={clicked}
          taken={variablesAt(root, step.path, {}).map((one) => one.name)}
          onClose={() => setClicked(null)}
        />
      )}
      {adding && (
        <AddStep
          language={language}
          where={`It goes after “${titleOf(language, root, last)}”.`}
          onClose={() => setAdding(false)}
          onPick={(kind, action) => void add(kind, action)}
        />
      )}
    </main>
  );
}

function errorReason(state: Props["state"]): string {
  const errors = (state.document?.diagnostics ?? []).filter(isError);
  return `${countDiagnostics(errors)} in the file: correct ${errors.length === 1 ? "it" : "them"} first`;
}

/** "3 of 3" */
function Score({ tried }: { tried: TryState }) {
  const passed = tried.steps.filter((one) => one.ok).length;
  if (tried.running || !tried.steps.length) return null;
  return (
    <span className={passed === tried.steps.length ? "tag good" : "tag bad"}>
      {passed} of {tried.steps.length}
    </span>
  );
}

function Problem({
  tried,
  root,
  file,
  again,
}: {
  tried: TryState;
  root: TreeNode | null;
  file: string;
  again: () => void;
}) {
  if (!tried.problem) return null;
  if (tried.problem.code === "hosts") return <HostsNote error={tried.problem} onAllowed={again} />;
  const target = textOf(findNode(root, "/target"));
  return (
    <>
      <ErrorNote error={tried.problem} title="The steps could not be tried." retry={again} />
      {!target && (
        <p className="soft">
          The test has no server. Enter it in the{" "}
          <a href={href("test", file, "steps", "settings")}>settings of this test</a>.
        </p>
      )}
    </>
  );
}

/** Why a step failed, and what to look at when the server could not be reached. */
function FailureNote({ step, root, file }: { step: StepLine; root: TreeNode | null; file: string }) {
  const target = textOf(findNode(root, "/target"));
  const unreached = step.failures.some((one) => ["connect", "dns", "tls"].includes(one.class));
  return (
    <Note
      kind="bad"
      title={unreached ? "The server could not be reached." : "This step failed."}
      actions={
        <a className="button small" href={href("test", file, "steps", step.path)}>
          Edit this step
        </a>
      }
    >
      {step.failures.map((one, index) => (
        <p key={index}>{sentence(one.message)}</p>
      ))}
      {unreached && (
        <p>
          Is the server {target && <code>{target}</code>} running, and is its address right? It is in the{" "}
          <a href={href("test", file, "steps", "settings")}>settings of this test</a>.
        </p>
      )}
    </Note>
  );
}
