/* One try of a test: a job whose lines are the steps as they end. */
import { useRef, useState } from "../parts/hooks";

import { asApiError } from "../api";
import type { ApiError } from "../api";
import { jobProblem, startJob } from "../jobs";
import type { Job } from "../jobs";

export interface TriedStep {
  path: string;
  ok: boolean;
  failures: { class?: string; message: string }[];
  exchanges: number[];
}

export interface Tried {
  phase: "idle" | "running" | "passed" | "failed";
  job: Job | null;
  steps: { [path: string]: TriedStep };
  error: ApiError | null; // it could not be performed
}

const IDLE: Tried = { phase: "idle", job: null, steps: {}, error: null };

export function useTry(file: string) {
  const [tried, setTried] = useState<Tried>(IDLE);
  const current = useRef(0);

  const start = async (): Promise<Tried> => {
    const own = ++current.current;
    let state: Tried = { ...IDLE, phase: "running" };
    const update = (change: Partial<Tried>) => {
      state = { ...state, ...change };
      if (own === current.current) setTried(state);
    };
    update({});
    try {
      const job = await startJob({ kind: "try", file });
      update({ job });
      for await (const line of job.lines())
        if (line.event === "step") update({ steps: { ...state.steps, [line.path]: line } });
      const end = await job.done();
      const problem = jobProblem(end);
      const failed = Object.values(state.steps).some((step) => !step.ok);
      if (problem && !failed) update({ phase: "failed", error: problem });
      else update({ phase: end.exit === 0 && !failed ? "passed" : "failed" });
    } catch (thrown) {
      update({ phase: "failed", error: asApiError(thrown) });
    }
    return state;
  };
  return { tried, start };
}

/** The first step that was refused. */
export function refusedStep(tried: Tried): TriedStep | null {
  // Inner steps end before the group that contains them.
  return Object.values(tried.steps).find((step) => !step.ok) ?? null;
}
