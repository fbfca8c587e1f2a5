/* A recording as it happens: the lines of a record job, grouped by page and by named steps. */

export interface RecordedRequest {
  method: string;
  url: string;
  status: number | null;
  ms: number | null;
}

export interface RecordedPart {
  name: string;
  named: boolean; // by the user
  requests: RecordedRequest[];
}

export interface Recording {
  proxy: string | null; // its address
  certificate: string | null;
  browser: string | null;
  whyNoBrowser: string | null; // null: it was opened, or the user has another one
  parts: RecordedPart[];
  assets: number; // images, styles and scripts, which are skipped
  ended: { requests: number; recording: string; scenario: string } | null;
}

export const NOTHING: Recording = {
  proxy: null,
  certificate: null,
  browser: null,
  whyNoBrowser: null,
  parts: [],
  assets: 0,
  ended: null,
};

function pathOf(url: string): string {
  try {
    const { pathname, search } = new URL(url);
    return pathname + search;
  } catch {
    return url;
  }
}

/** The recording after one more line. */
export function afterLine(recording: Recording, line: any): Recording {
  if (line.event === "ready")
    return {
      ...recording,
      proxy: `${line.host}:${line.port}`,
      certificate: line.certificate ?? null,
      browser: line.browser ?? null,
      whyNoBrowser: line.why_no_browser ?? null,
    };
  if (line.event === "step")
    return { ...recording, parts: [...recording.parts, { name: line.name, named: true, requests: [] }] };
  if (line.event === "end")
    return {
      ...recording,
      ended: { requests: line.requests, recording: line.recording, scenario: line.scenario },
    };
  return line.event === "request" ? withRequest(recording, line) : recording;
}

function withRequest(recording: Recording, line: any): Recording {
  if (line.asset) return { ...recording, assets: recording.assets + 1 };
  const request = { method: line.method, url: line.url, status: line.status ?? null, ms: line.ms ?? null };
  const last = recording.parts[recording.parts.length - 1];
  // A page begins a part, unless the user has just named one.
  const isPage = line.use === "document" && line.method === "GET";
  if (!last || (isPage && last.requests.length > 0 && !last.named))
    return { ...recording, parts: [...recording.parts, { name: pathOf(line.url), named: false, requests: [request] }] };
  const parts = [...recording.parts.slice(0, -1), { ...last, requests: [...last.requests, request] }];
  return { ...recording, parts };
}

export function countRequests(recording: Recording): number {
  return recording.parts.reduce((sum, part) => sum + part.requests.length, 0);
}
