/* A run as the page follows it: started or found again, its lines, its end, and how it is stopped. */
import { useEffect, useRef, useState } from "../parts/hooks";

import { api, asApiError } from "../api";
import type { ApiError } from "../api";
import { attachJob, startJob } from "../jobs";
import type { Job, JobState } from "../jobs";
import { readRunLine, RUN_START } from "../model/run_lines";
import type { RunState } from "../model/run_lines";

/** A job of GET jobs, with the members of a run. */
export interface RunJob extends JobState {
  file?: string;
  out?: string;
  messages?: string;
}

export interface RunView {
  run: RunState;
  /** The job after its end. */
  ended: RunJob | null;
  /** The number of requests to stop the run. */
  stops: number;
  stop: () => void;
  error: ApiError | null;
}

/** Starts a run of the file; the result is the id of its job. */
export async function startRun(file: string): Promise<string> {
  return (await startJob({ kind: "run", file })).id;
}

/** The newest run of the file that has not ended, or null. */
export async function findRunning(file: string): Promise<string | null> {
  const { jobs } = await api.get<{ jobs: RunJob[] }>("jobs");
  const running = jobs.filter((job) => job.kind === "run" && job.file === file && job.state === "running");
  return running.sort((a, b) => (b.began ?? "").localeCompare(a.began ?? ""))[0]?.job ?? null;
}

/** Follows the job with this id until it ends. Lines that arrive together are drawn together. */
export function useRun(id: string): RunView {
  const [run, setRun] = useState<RunState>(RUN_START);
  const [ended, setEnded] = useState<RunJob | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [stops, setStops] = useState(0);
  const job = useRef<Job>();
  useEffect(() => {
    let current = true;
    job.current = attachJob(id);
    const show = (state: RunState) => {
      if (current) setRun(state);
    };
    follow(job.current, show, () => current).then(
      (state) => current && setEnded(state),
      (thrown) => current && setError(asApiError(thrown)),
    );
    return () => {
      current = false;
    };
  }, [id]);
  const stop = () => {
    setStops((count) => count + 1);
    job.current?.cancel().catch((thrown) => setError(asApiError(thrown)));
  };
  return { run, ended, stops, stop, error };
}

async function follow(job: Job, show: (state: RunState) => void, goOn: () => boolean): Promise<RunJob> {
  let state = RUN_START;
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const line of job.lines()) {
    if (!goOn()) break;
    state = readRunLine(state, line);
    timer ??= setTimeout(() => {
      timer = undefined;
      show(state);
    });
  }
  clearTimeout(timer);
  show(state);
  return goOn() ? job.done() : job.state();
}
