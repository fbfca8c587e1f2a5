/* Starts imports: the recording is sent in pieces, and becomes a scenario in the folder. */
import { api, ApiError, uploadFile } from "./api";
import { startJob } from "./jobs";
import type { JobState } from "./jobs";

export interface FolderFile {
  path: string;
  kind: "scenario" | "data" | "recording" | "result" | "other";
  modified: number; // seconds since 1970
  bytes?: number;
}

export interface Folder {
  files: FolderFile[];
  complete: boolean;
}

export type Source = { upload: string } | { file: string };

/** "Shop visit.har" becomes "Shop visit.yaml", or "Shop visit-2.yaml" if that exists. */
export function freeName(source: string, taken: readonly string[]): string {
  const stem =
    (source.split("/").pop() ?? "")
      .replace(/\.gz$/i, "")
      .replace(/\.(postman_collection|openapi|artillery|jmeter)?\.?[a-z0-9]{1,5}$/i, "")
      .replace(/[^\p{L}\p{N} ._-]+/gu, "-")
      .replace(/^[. -]+/, "")
      .trim() || "test";
  let name = `${stem}.yaml`;
  for (let i = 2; taken.includes(name); i++) name = `${stem}-${i}.yaml`;
  return name;
}

/** A text that was pasted or dropped: cURL commands, with the name of a file that can be imported. */
export function pastedName(text: string): string | null {
  return /^\s*(\$\s*)?curl(\.exe)?\s/.test(text) ? "curl command.sh" : null;
}

/** Sends the file; the result is the scenario that the import writes and its source. */
export async function importFile(
  file: Blob,
  name: string,
  onProgress: (part: number) => void,
): Promise<{ to: string; source: Source }> {
  if (file.size === 0) throw new ApiError(0, "empty", `${name} is empty`);
  const { files } = await api.get<Folder>("folder");
  const to = freeName(
    name,
    files.map((found) => found.path),
  );
  const source = { upload: await uploadFile(file, name, onProgress) };
  rememberSource(to, source);
  await startImport(source, to);
  return { to, source };
}

export interface ImportOptions {
  hosts?: string[]; // to keep too
  force?: boolean; // replace the file
  verify?: true | "once"; // compares with the recording, and repairs unless once
  [option: string]: unknown;
}

export function startImport(source: Source, to: string, options: ImportOptions = {}) {
  return startJob({ kind: "import", source, to, options });
}

/** The newest import that wrote the file. */
export async function importOf(file: string): Promise<JobState | null> {
  const { jobs } = await api.get<{ jobs: JobState[] }>("jobs");
  return jobs.filter((job) => job.kind === "import" && job.to === file).pop() ?? null;
}

/* The recording of a scenario, for another import during this session. */

const SOURCE_KEY = "reprise-source:";

export function rememberSource(file: string, source: Source): void {
  sessionStorage.setItem(SOURCE_KEY + file, JSON.stringify(source));
}

export function sourceOf(file: string): Source | null {
  const found = sessionStorage.getItem(SOURCE_KEY + file);
  return found ? (JSON.parse(found) as Source) : null;
}
