/* The folder of a test: file names for suggestions, and the columns of its data. */
import { useEffect, useState } from "../parts/hooks";
import { api, events, filePath } from "../api";
import { childOf, keysOf, textOf } from "../model/tree";
import type { TreeNode } from "../model/tree";
import type { Columns } from "../model/variables";

export interface FolderFile {
  path: string;
  kind: string;
}

/** The folder of a file, with a slash at the end; empty for the top. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

export function useFolder(): FolderFile[] {
  const [files, setFiles] = useState<FolderFile[]>([]);
  useEffect(() => {
    const read = () =>
      void api.get<{ files: FolderFile[] }>("folder").then(
        (found) => setFiles(found.files),
        () => undefined,
      );
    read();
    return events.on("folder", read);
  }, []);
  return files;
}

/** The names of files as a scenario writes them: relative to its folder. */
export function namesFrom(files: FolderFile[], scenario: string): string[] {
  const folder = folderOf(scenario);
  return files
    .filter((one) => one.kind !== "result" && one.path !== scenario && one.path.startsWith(folder))
    .map((one) => one.path.slice(folder.length));
}

export interface Rows {
  path: string;
  delimiter?: string;
  columns: string[];
  row_count: number;
  from: number;
  rows: string[][];
}

export function getRows(path: string, from: number, count: number): Promise<Rows> {
  return api.get<Rows>(`rows/${filePath(path)}?from=${from}&count=${count}`);
}

/** The columns of each data set of the test. */
export function useColumns(root: TreeNode | null | undefined, scenario: string): Columns {
  const [columns, setColumns] = useState<Columns>({});
  const sets = childOf(root, "data");
  const sources = keysOf(sets).map((name) => [name, textOf(childOf(childOf(sets, name), "file")) ?? ""] as const);
  const key = JSON.stringify(sources);
  useEffect(() => {
    let gone = false;
    const read = async () => {
      const found: Columns = {};
      for (const [name, file] of sources) {
        const inline = childOf(childOf(sets, name), "rows");
        if (inline?.kind === "list") found[name] = keysOf(inline.items[0]);
        if (!file) continue;
        found[name] = await getRows(folderOf(scenario) + file, 0, 0).then(
          (rows) => rows.columns,
          () => [],
        );
      }
      if (!gone) setColumns(found);
    };
    void read();
    return () => {
      gone = true;
    };
    // The sources decide what is read; the tree changes with every edit.
  }, [key, scenario]);
  return columns;
}
