/* One user who performs the steps once: the lines of the job, and the exchanges with the server. */
import { useEffect, useRef, useState } from "../parts/hooks";
import { api, asApiError } from "../api";
import type { ApiError } from "../api";
import { jobProblem, startJob } from "../jobs";
import type { Job } from "../jobs";
import type { Json } from "../model/tree";

export interface StepLine {
  event: "step";
  path: string;
  name: string;
  scenario?: string;
  ok: boolean;
  failures: { class: string; message: string; at?: string }[];
  extracted?: { [name: string]: Json };
  variables?: { [name: string]: Json };
  exchanges: number[];
}

export interface ExchangeSummary {
  n: number;
  path?: string;
  step?: string;
  name?: string;
  method: string;
  url: string;
  status: number | null;
  ms: number | null;
  size: number | null;
  type: string | null;
}

export interface Header {
  name: string;
  value: string;
}

export interface Body {
  text?: string;
  base64?: string;
}

export interface Message {
  headers: Header[];
  body: Body | null;
  truncated?: boolean;
}

export interface Exchange extends ExchangeSummary {
  request: Message & { method: string; url: string };
  response: (Message & { status: number; cookies: Header[] }) | null;
  error?: string;
}

export interface TryState {
  job: Job | null;
  running: boolean;
  steps: StepLine[];
  exchanges: ExchangeSummary[];
  problem: ApiError | null;
  verdict: string | null;
}

const START: TryState = { job: null, running: true, steps: [], exchanges: [], problem: null, verdict: null };

/** Starts a try of FILE up to a step (empty: all steps) whenever `turn` changes. */
export function useTry(file: string, until: string, turn: number, ready: boolean): TryState {
  const [state, setState] = useState<TryState>(START);
  const current = useRef<Job | null>(null);
  useEffect(() => {
    if (!ready) return undefined;
    let gone = false;
    const update = (change: Partial<TryState>) => {
      if (!gone) setState((old) => ({ ...old, ...change }));
    };
    setState(START);
    void perform(file, until, (job) => (current.current = job), update);
    return () => {
      gone = true;
      void current.current?.cancel().catch(() => undefined);
      current.current = null;
    };
  }, [file, until, turn, ready]);
  return state;
}

async function perform(
  file: string,
  until: string,
  begun: (job: Job) => void,
  update: (change: Partial<TryState>) => void,
): Promise<void> {
  try {
    const job = await startJob({ kind: "try", file, until: until || null });
    begun(job);
    update({ job });
    const steps: StepLine[] = [];
    let verdict: string | null = null;
    for await (const line of job.lines()) {
      if (line.event === "step") {
        steps.push(line);
        update({ steps: [...steps] });
      }
      if (line.event === "end") verdict = line.verdict ?? null;
    }
    const exchanges = await getExchanges(job.id);
    const state = await job.done();
    // A failed check is a result of the try, not a problem of it.
    update({ running: false, exchanges, verdict, problem: steps.length ? null : jobProblem(state) });
  } catch (thrown) {
    update({ running: false, problem: asApiError(thrown) });
  }
}

async function getExchanges(job: string): Promise<ExchangeSummary[]> {
  const found = await api.get<{ exchanges: ExchangeSummary[] } | ExchangeSummary[]>(`jobs/${job}/exchanges`);
  return Array.isArray(found) ? found : found.exchanges;
}

/** An exchange with its bodies; null while it is read. */
export function useExchange(
  job: Job | null,
  number: number | null,
): { exchange: Exchange | null; problem: ApiError | null } {
  const [state, setState] = useState<{ key: string; exchange: Exchange | null; problem: ApiError | null }>({
    key: "",
    exchange: null,
    problem: null,
  });
  const key = job && number !== null ? `${job.id}/${number}` : "";
  useEffect(() => {
    if (!job || number === null) return undefined;
    let gone = false;
    api.get<Exchange>(`jobs/${job.id}/exchanges/${number}`).then(
      (exchange) => !gone && setState({ key, exchange, problem: null }),
      (thrown) => !gone && setState({ key, exchange: null, problem: asApiError(thrown) }),
    );
    return () => {
      gone = true;
    };
  }, [key]);
  return state.key === key ? state : { exchange: null, problem: null };
}

/** A place in a response that was clicked. */
export type Place =
  | { json: string }
  | { css: string; attribute?: string }
  | { header: string }
  | { cookie: string }
  | { form_field: string }
  | { text: { begin: number; end: number } };

export interface Clicked {
  place: Place;
  value: string;
  /** A name for the variable, from what is around the value. */
  hint: string;
}

export interface Proposal {
  label: string;
  extract: { [key: string]: Json };
  matches: number;
  values: Json[];
  unique?: boolean;
}

export function propose(job: string, exchange: number, place: Place): Promise<{ value: Json; proposals: Proposal[] }> {
  return api.post("extracts/propose", { job, exchange, place });
}

/** A value of a variable on one line. */
export function shortValue(value: Json, most = 24): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > most ? text.slice(0, most - 1) + "…" : text;
}
