/*
 * A repair of a refused step: the import is performed again with a check of each response against the
 * recorded one, which finds and proves repairs. The user's file is not touched.
 */
import { useRef, useState } from "react";

import { api, asApiError } from "../api";
import type { ApiError } from "../api";
import type { Source } from "../imports";
import { jobProblem, startJob } from "../jobs";
import type { ImportReport, Verified } from "../model/import_report";

export interface Repair {
  phase: "none" | "searching" | "found" | "nothing";
  verified: Verified | null;
  text: string; // the repaired scenario
  error: ApiError | null;
}

const NONE: Repair = { phase: "none", verified: null, text: "", error: null };

export function useRepair(source: Source | null) {
  const [repair, setRepair] = useState<Repair>(NONE);
  const current = useRef(0);

  const search = async () => {
    const own = ++current.current;
    const update = (next: Repair) => {
      if (own === current.current) setRepair(next);
    };
    if (!source) return update(NONE);
    update({ ...NONE, phase: "searching" });
    try {
      const job = await startJob({ kind: "import", source, options: { verify: true } });
      const state = await job.done();
      const verified = (state.result as ImportReport | undefined)?.verify ?? null;
      if (!verified) throw jobProblem(state) ?? new Error("The import has no verification.");
      const { text } = await api.get<{ text: string }>(`jobs/${job.id}/scenario`);
      const found = verified.passed && (verified.repairs?.length ?? 0) > 0;
      update({ phase: found ? "found" : "nothing", verified, text, error: null });
    } catch (thrown) {
      update({ ...NONE, phase: "nothing", error: asApiError(thrown) });
    }
  };
  const forget = () => {
    current.current++;
    setRepair(NONE);
  };
  return { repair, search, forget };
}
