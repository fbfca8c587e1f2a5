/* GET plan of a file, asked again whenever the file changes. */
import { useEffect, useState } from "../parts/hooks";

import { api, asApiError, filePath } from "../api";
import type { ApiError } from "../api";
import type { Diagnostic } from "../document";
import type { Plan } from "../model/plan_text";

export interface PlanAnswer {
  plan: Plan | null;
  diagnostics: Diagnostic[];
}

export interface PlanState {
  answer: PlanAnswer | null;
  error: ApiError | null;
}

export function usePlan(file: string, version: string | undefined): PlanState {
  const [state, setState] = useState<PlanState>({ answer: null, error: null });
  useEffect(() => {
    let current = true;
    api.get<PlanAnswer>("plan/" + filePath(file)).then(
      (answer) => current && setState({ answer, error: null }),
      (thrown) => current && setState((old) => ({ answer: old.answer, error: asApiError(thrown) })),
    );
    return () => {
      current = false;
    };
  }, [file, version]);
  return state;
}
