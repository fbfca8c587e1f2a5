import { useEffect, useState } from "react";

import { api, asApiError } from "../api";
import type { ApiError } from "../api";
import { Bar } from "../parts/bar";
import { ErrorNote } from "../parts/note";
import { href } from "../router";
import type { Route } from "../router";

interface Folder {
  files: { path: string; kind: string }[];
}

export function HomeScreen(_: { route: Route }) {
  const [folder, setFolder] = useState<Folder | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    api.get<Folder>("folder").then(setFolder, (thrown) => setError(asApiError(thrown)));
  }, []);
  return (
    <>
      <Bar />
      <main className="sheet">
        <div className="center">
          <ErrorNote error={error} />
          <ul>
            {folder?.files
              .filter((file) => file.kind === "scenario")
              .map((file) => (
                <li key={file.path}>
                  <a href={href("test", file.path, "steps")}>{file.path}</a>
                </li>
              ))}
          </ul>
        </div>
      </main>
    </>
  );
}
