/*
 * A repair of a refused step: the import is performed again with a check of each response against the
 * recorded one. One visit only compares; several visits of two users also find and prove repairs. The
 * user's file is not touched.
 */
import { useRef, useState } from "../parts/hooks";

import { api, asApiError } from "../api";
import type { ApiError } from "../api";
import type { Source } from "../imports";
import { jobProblem, startJob } from "../jobs";
import type { ImportReport, Verified } from "../model/import_report";

export interface Repair {
  phase: "none" | "comparing" | "compared" | "searching" | "found" | "nothing";
  verified: Verified | null;
  text: string; // the repaired scenario
  error: ApiError | null;
}

const NONE: Repair = { phase: "none", verified: null, text: "", error: null };

export function useRepair(source: Source | null) {
  const [repair, setRepair] = useState<Repair>(NONE);
  const current = useRef(0);

  const run = async (verify: true | "once") => {
    const own = ++current.current;
    const update = (next: Repair) => {
      if (own === current.current) setRepair(next);
    };
    if (!source) return update(NONE);
    setRepair((known) => ({ ...known, phase: verify === true ? "searching" : "comparing", error: null }));
    try {
      const job = await startJob({ kind: "import", source, options: { verify } });
      const state = await job.done();
      const verified = (state.result as ImportReport | undefined)?.verify ?? null;
      if (!verified) throw jobProblem(state) ?? new Error("The import has no verification.");
      const { text } = await api.get<{ text: string }>(`jobs/${job.id}/scenario`);
      const found = verified.passed && (verified.repairs?.length ?? 0) > 0;
      const phase = found ? "found" : verify === true ? "nothing" : "compared";
      update({ phase, verified, text, error: null });
    } catch (thrown) {
      update({ ...NONE, phase: "nothing", error: asApiError(thrown) });
    }
  };
  const forget = () => {
    current.current++;
    setRepair(NONE);
  };
  /** Several visits, if they reach only this machine; otherwise one, and the user decides. */
  const begin = async (file: string) => run((await isLocal(file)) ? true : "once");
  return { repair, begin, search: () => run(true), forget };
}

async function isLocal(file: string): Promise<boolean> {
  const address = `hosts?file=${encodeURIComponent(file)}`;
  const found = await api.get<{ needed: { local: boolean }[] }>(address).catch(() => ({ needed: [{ local: false }] }));
  return found.needed.every((host) => host.local);
}
