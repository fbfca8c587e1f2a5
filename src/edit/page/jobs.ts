/*
 * Long work: an import, a try, a run, a recording, a comparison. The program performs each in a
 * child process; its lines are relayed while it runs, and can be read again after a reload.
 */
import { api, ApiError, events } from "./api";

export interface JobState {
  job: string;
  kind: "import" | "try" | "run" | "record" | "compare" | "demo";
  state: "running" | "done" | "failed" | "cancelled";
  exit?: number;
  began?: string;
  ended?: string;
  to?: string; // the file that an import or a recording writes
  file?: string; // the scenario that it performs or writes
  error?: string | { code?: string; message: string };
  result?: any;
}

interface Lines {
  lines: any[];
  next?: number; // after the last; the oldest lines of a long job are removed
}

/** How long to wait for an event before the lines are requested. */
const POLL_MS = 3000;

export class Job {
  constructor(readonly id: string) {}

  /** The lines from the first, as they arrive; ends with the job. */
  async *lines(from = 0): AsyncGenerator<any> {
    const wake = wakeUps(this.id);
    let next = from;
    try {
      for (;;) {
        // Before the lines: what arrives between the two requests is read in the next turn.
        const state = await this.state();
        const found = await api.get<Lines>(`jobs/${this.id}/lines?from=${next}`);
        next = found.next ?? next + found.lines.length;
        for (const line of found.lines) yield line;
        if (state.state !== "running" && found.lines.length === 0) return;
        if (state.state === "running") await wake.next();
      }
    } finally {
      wake.stop();
    }
  }

  state(): Promise<JobState> {
    return api.get<JobState>(`jobs/${this.id}`);
  }

  /** The state after the end. */
  async done(): Promise<JobState> {
    const wake = wakeUps(this.id, "job-end");
    try {
      for (;;) {
        const state = await this.state();
        if (state.state !== "running") return state;
        await wake.next();
      }
    } finally {
      wake.stop();
    }
  }

  cancel(): Promise<unknown> {
    return api.remove(`jobs/${this.id}`);
  }
}

/** Resolves `next` when the job has news, or after POLL_MS. News between two calls are not lost. */
function wakeUps(id: string, only?: "job-end") {
  let news = false;
  let resolve: (() => void) | undefined;
  const arrived = (data: { job?: string }) => {
    if (data.job !== id) return;
    news = true;
    resolve?.();
  };
  const offs = [events.on("job-end", arrived), ...(only ? [] : [events.on("job", arrived)])];
  return {
    next: () =>
      new Promise<void>((done) => {
        const timer = setTimeout(finish, news ? 0 : POLL_MS);
        function finish() {
          clearTimeout(timer);
          news = false;
          resolve = undefined;
          done();
        }
        resolve = finish;
      }),
    stop: () => offs.forEach((off) => off()),
  };
}

export async function startJob(body: { kind: JobState["kind"]; [key: string]: unknown }): Promise<Job> {
  const { job } = await api.post<{ job: string }>("jobs", body);
  return new Job(job);
}

/** A job that was started before, for example before the page was loaded again. */
export function attachJob(id: string): Job {
  return new Job(id);
}

/** The problem of a job, as a sentence; null after a job that ended as it should. */
export function jobProblem(state: JobState): ApiError | null {
  if (state.state === "done" || state.state === "running") return null;
  if (state.state === "cancelled") return new ApiError(0, "cancelled", "It was stopped.");
  const error = typeof state.error === "string" ? { message: state.error } : state.error;
  return new ApiError(0, error?.code ?? "job", error?.message ?? `It ended with status ${state.exit}.`);
}
