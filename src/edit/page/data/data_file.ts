/* The file of a data set: a window on its rows, and changes of its text. */
import { useEffect, useState } from "../parts/hooks";
import { api, asApiError, events, filePath } from "../api";
import type { ApiError } from "../api";
import { jsonRows } from "../model/spreadsheet";
import { getRows } from "../steps/use_folder";
import type { Rows } from "../steps/use_folder";

export const WINDOW_ROWS = 100;

export interface TextFile {
  text: string;
  version: string;
}

export function readText(path: string): Promise<TextFile> {
  return api.get<TextFile>(`files/${filePath(path)}`);
}

/** Writes a file; `version` is that of the text that it replaces, if there is one. */
export function writeText(path: string, text: string, version?: string): Promise<unknown> {
  return api.put(`files/${filePath(path)}`, version === undefined ? { text } : { text, version });
}

/** Changes the text of a file as it is now. */
export async function changeText(path: string, change: (text: string) => string | null): Promise<void> {
  const { text, version } = await readText(path);
  const next = change(text);
  if (next !== null && next !== text) await writeText(path, next, version);
}

async function jsonWindow(path: string, from: number): Promise<Rows> {
  const { text } = await readText(path);
  const table = jsonRows(text, path.endsWith(".jsonl"));
  if (!table) throw new Error("the file is not a list of objects in JSON");
  const { columns, rows } = table;
  return { path, columns, row_count: rows.length, from, rows: rows.slice(from, from + WINDOW_ROWS) };
}

export interface WindowState {
  rows: Rows | null;
  problem: ApiError | null;
  reload: () => void;
}

/** The rows of PATH from the row FROM on; read again when the file changes. */
export function useRows(path: string, from: number): WindowState {
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<Omit<WindowState, "reload">>({ rows: null, problem: null });
  const reload = () => setTurn((old) => old + 1);
  useEffect(() => {
    if (!path) return undefined;
    let gone = false;
    const read = /\.jsonl?$/.test(path) ? jsonWindow(path, from) : getRows(path, from, WINDOW_ROWS);
    read.then(
      (rows) => !gone && setState({ rows, problem: null }),
      (thrown) => !gone && setState({ rows: null, problem: asApiError(thrown) }),
    );
    return () => {
      gone = true;
    };
  }, [path, from, turn]);
  useEffect(() => events.on("file", (data: { path: string }) => data.path === path && reload()), [path]);
  return { ...(path ? state : { rows: null, problem: null }), reload };
}
