/* The page that a step uses: what the step before it received in the newest try of the file. */
import { useEffect, useState } from "../parts/hooks";
import { api } from "../api";
import type { JobState } from "../jobs";
import { parseRoute } from "../router";
import { bodyText } from "../try/response_view";
import type { Exchange, ExchangeSummary } from "../try/try_job";

async function findPage(file: string, path: string): Promise<Document | null> {
  const { jobs } = await api.get<{ jobs: (JobState & { file?: string })[] }>("jobs");
  const newest = jobs
    .filter((job) => job.kind === "try" && job.file === file && job.state !== "running")
    .sort((a, b) => (b.began ?? "").localeCompare(a.began ?? ""))[0];
  if (!newest) return null;
  const { exchanges } = await api.get<{ exchanges: ExchangeSummary[] }>(`jobs/${newest.job}/exchanges`);
  const own = exchanges.findIndex((one) => one.path === path);
  const before = exchanges[(own < 0 ? exchanges.length : own) - 1];
  if (!before) return null;
  const exchange = await api.get<Exchange>(`jobs/${newest.job}/exchanges/${before.n}`);
  return new DOMParser().parseFromString(bodyText(exchange), "text/html");
}

/** Null while it is not known, and if there was no try. PATH is that of the step. */
export function usePageBefore(path: string): Document | null {
  const [page, setPage] = useState<Document | null>(null);
  useEffect(() => {
    let current = true;
    findPage(parseRoute(location.hash).file, path).then(
      (found) => current && setPage(found),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [path]);
  return page;
}
