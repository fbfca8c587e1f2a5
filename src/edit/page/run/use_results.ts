/* GET results, asked for again when a job ends or a folder changes. */
import { useEffect, useState } from "../parts/hooks";

import { api, asApiError, events } from "../api";
import type { ApiError } from "../api";
import type { ResultRow, Results } from "../model/results";

export interface ResultsState {
  /** null: not loaded yet */
  rows: ResultRow[] | null;
  complete: boolean;
  error: ApiError | null;
  load: () => void;
}

const EMPTY = { rows: null, complete: true, error: null };

export function useResults(): ResultsState {
  const [state, setState] = useState<Omit<ResultsState, "load">>(EMPTY);
  const [times, setTimes] = useState(0);
  useEffect(() => {
    let current = true;
    api.get<Results>("results").then(
      (found) => current && setState({ rows: found.results, complete: found.complete !== false, error: null }),
      (thrown) => current && setState((old) => ({ ...old, error: asApiError(thrown) })),
    );
    return () => {
      current = false;
    };
  }, [times]);
  useEffect(() => {
    const again = () => setTimes((count) => count + 1);
    const offs = [events.on("job-end", again), events.on("folder", again)];
    return () => offs.forEach((off) => off());
  }, []);
  return { ...state, load: () => setTimes((count) => count + 1) };
}
