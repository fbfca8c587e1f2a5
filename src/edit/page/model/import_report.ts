/* The result of an import job: `reprise import --json`. Members that are missing are unknown. */

export interface ImportedHost {
  host: string;
  kept: boolean;
  requests: number;
  reason?: string | null;
}

export interface ImportedRequest {
  method: string;
  url: string;
  kept: boolean;
  reason?: string | null;
}

export interface ImportedValue {
  name: string;
  path?: string | null;
  certainty?: string | null;
  recorded?: string | null;
  from?: { step?: string; name?: string; sentence?: string } | string | null;
}

export interface VerifiedSide {
  url?: string | null;
  status?: number | null;
  text?: string | null;
}

export interface Difference {
  what: string;
  recorded: string | null;
  received: string | null;
}

export interface VerifiedStep {
  path: string | null;
  name?: string;
  ok: boolean;
  status?: number | null;
  recorded_status?: number | null;
  message?: string | null;
  recorded?: VerifiedSide | null;
  received?: VerifiedSide | null;
  differences?: Difference[];
}

export interface Verified {
  passed: boolean;
  steps?: VerifiedStep[];
  repairs?: { sentence: string; step?: string | null }[];
}

export interface ImportReport {
  scenario?: string | null;
  hosts?: ImportedHost[];
  requests?: ImportedRequest[];
  values?: ImportedValue[];
  warnings?: { message: string; line?: number | null }[];
  verify?: Verified | null;
}

/** With the ports of its requests: "shop.test:8080". */
export function hostAndPort(report: ImportReport, host: string): string {
  const found = (report.requests ?? []).map(({ url }) => /^\w+:\/\/([^/?#]*)/.exec(url)?.[1] ?? "");
  const own = found.filter((one) => one.replace(/:\d+$/, "") === host);
  return [...new Set(own)].join(", ") || host;
}

/** The requests to a host that are in the test, of all of them: "12 of 66". */
export function keptOf(report: ImportReport, host: ImportedHost): string {
  const own = (report.requests ?? []).filter(
    ({ url }) => /^\w+:\/\/([^/?#:]*|\[[^\]]*\])/.exec(url)?.[1] === host.host,
  );
  return own.length ? `${own.filter((one) => one.kept).length} of ${own.length}` : String(host.requests);
}

/** Reasons of the importer, described for everyone. */
const WORDS: { [reason: string]: string } = {
  asset: "files of pages (images, styles, scripts)",
  "without a response": "without a response (cancelled, or still running when the recording ended)",
};

/** Skipped requests by reason, the most frequent first. */
export function skippedByReason(report: ImportReport): { reason: string; requests: ImportedRequest[] }[] {
  const groups = new Map<string, ImportedRequest[]>();
  for (const request of report.requests ?? []) {
    if (request.kept) continue;
    const reason = WORDS[request.reason ?? ""] ?? request.reason ?? "skipped";
    groups.set(reason, [...(groups.get(reason) ?? []), request]);
  }
  return [...groups]
    .map(([reason, requests]) => ({ reason, requests }))
    .sort((a, b) => b.requests.length - a.requests.length);
}
