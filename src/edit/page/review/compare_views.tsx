/* What was recorded and what was received now, side by side. */
import { useEffect, useState } from "../parts/hooks";

import { api } from "../api";
import type { Job } from "../jobs";
import type { Difference, VerifiedSide } from "../model/import_report";
import { timeText } from "../model/quantity";

/** What a person reads of a page; other texts as they are. The page is not loaded. */
export function readable(text: string): { title: string; text: string } {
  if (!/^\s*<(!doctype|html)/i.test(text)) return { title: "", text };
  const page = new DOMParser().parseFromString(text, "text/html");
  page.querySelectorAll("script, style").forEach((element) => element.remove());
  return { title: page.title, text: (page.body.textContent ?? "").replace(/\s+/g, " ").trim() };
}

export function Side({ label, side }: { label: string; side: VerifiedSide | null | undefined }) {
  const { title, text } = readable(side?.text ?? "");
  return (
    <section className="shot" aria-label={label}>
      <header>
        <span>{label}</span>
        <span>{side?.status ?? ""}</span>
      </header>
      <div className="b">
        {title && <b className="title">{title}</b>}
        {side?.url && <code>{side.url}</code>}
        {text ? <p className="excerpt">{text}</p> : !title && <p className="soft">nothing</p>}
      </div>
    </section>
  );
}

export function Differences({ list }: { list: Difference[] }) {
  if (!list.length) return null;
  return (
    <div className="diff" role="table" aria-label="Differences">
      <div role="row">
        <span role="columnheader">Difference</span>
        <span role="columnheader">Recorded</span>
        <span role="columnheader">Now</span>
      </div>
      {list.map((one, i) => (
        <div key={i} role="row" className="no">
          <span role="cell">{one.what || "response"}</span>
          <code role="cell">{one.recorded ?? "nothing"}</code>
          <code role="cell">{one.received ?? "nothing"}</code>
        </div>
      ))}
    </div>
  );
}

export interface ExchangeRow {
  n: number;
  method: string;
  url: string;
  status: number | null;
  ms: number | null;
  size: number | null;
  type?: string | null;
}

export function useExchanges(job: Job | null, done: boolean): ExchangeRow[] {
  const [rows, setRows] = useState<ExchangeRow[]>([]);
  useEffect(() => {
    if (!job || !done) return setRows([]);
    api.get<{ exchanges: ExchangeRow[] }>(`jobs/${job.id}/exchanges`).then(
      (found) => setRows(found.exchanges),
      () => setRows([]),
    );
  }, [job, done]);
  return rows;
}

/** A response as the browser shows it, without scripts, from an address of its own. */
export function ReceivedPage({ job, row }: { job: Job; row: ExchangeRow }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    setUrl(null);
    api.post<{ url: string }>(`jobs/${job.id}/exchanges/${row.n}/view`).then(
      (found) => !gone && setUrl(found.url),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [job, row.n]);
  return (
    <section className="shot" aria-label="Received now">
      <header>
        <span>
          Now: {row.method} {row.url}
        </span>
        <span>
          {row.status ?? "no response"}
          {row.ms !== null && ` · ${timeText(row.ms)}`}
        </span>
      </header>
      {url && /html/.test(row.type ?? "") && <header>Shown without its design and images.</header>}
      {url && <iframe className="page-view" title="The response" sandbox="" src={url} />}
    </section>
  );
}
