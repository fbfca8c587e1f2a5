/*
 * Response times that are known before a run: those of its last run, or of the newest try of the file.
 */
import { useEffect, useState } from "../parts/hooks";

import { api, events, filePath } from "../api";
import type { JobState } from "../jobs";
import type { Measured } from "../model/limits";
import type { PlanMeasured } from "../model/plan_text";
import { lastResultOf } from "../model/results";
import type { ResultRow, Summary } from "../model/results";

interface Exchange {
  name?: string;
  url?: string;
  ms?: number | null;
  size?: number | null;
}

export interface Known {
  limits: Measured | null;
  plan: PlanMeasured;
}

const NOTHING: Known = { limits: null, plan: { responseTime: null, bytes: null } };

function knownOfTry(exchanges: Exchange[]): Known {
  const timed = exchanges.filter((one) => typeof one.ms === "number");
  if (!timed.length) return NOTHING;
  const steps = new Map<string, number>();
  for (const one of timed) if (one.name) steps.set(one.name, Math.max(steps.get(one.name) ?? 0, one.ms!));
  const sizes = exchanges.filter((one) => typeof one.size === "number");
  return {
    limits: {
      source: "try",
      requests: timed.length,
      all: Math.max(...timed.map((one) => one.ms!)),
      steps: [...steps].map(([name, ms]) => ({ name, ms })),
    },
    plan: {
      responseTime: timed.reduce((sum, one) => sum + one.ms!, 0) / timed.length / 1000,
      bytes: sizes.length ? sizes.reduce((sum, one) => sum + one.size!, 0) / sizes.length : null,
    },
  };
}

function knownOfRun(summary: Summary): Known {
  const { requests, response_time_ms: times, bytes } = summary;
  return {
    limits: {
      source: "run",
      requests: requests.started,
      all: times.p95,
      steps: summary.steps.flatMap((step) =>
        step.response_time_ms.p95 === null ? [] : [{ name: step.name, ms: step.response_time_ms.p95 }],
      ),
    },
    plan: {
      responseTime: times.mean === null ? null : times.mean / 1000,
      bytes: requests.started ? bytes.received / requests.started : null,
    },
  };
}

async function find(file: string, test: string): Promise<Known> {
  const { results } = await api.get<{ results: ResultRow[] }>("results");
  const last = lastResultOf(results, test);
  if (last?.requests) {
    const { summary } = await api.get<{ summary: Summary }>("results/" + filePath(last.name));
    return knownOfRun(summary);
  }
  const { jobs } = await api.get<{ jobs: (JobState & { file?: string })[] }>("jobs");
  const tries = jobs.filter((job) => job.kind === "try" && job.file === file && job.state === "done");
  const newest = tries.sort((a, b) => (b.began ?? "").localeCompare(a.began ?? ""))[0];
  if (!newest) return NOTHING;
  const { exchanges } = await api.get<{ exchanges: Exchange[] }>(`jobs/${newest.job}/exchanges`);
  return knownOfTry(exchanges);
}

/** Requested again after each job; empty until the first response, and if it fails. */
export function useMeasured(file: string, test: string): Known {
  const [known, setKnown] = useState<Known>(NOTHING);
  useEffect(() => {
    let current = true;
    const ask = () => {
      find(file, test).then(
        (found) => current && setKnown(found),
        () => undefined,
      );
    };
    ask();
    const off = events.on("job-end", ask);
    return () => {
      current = false;
      off();
    };
  }, [file, test]);
  return known;
}
