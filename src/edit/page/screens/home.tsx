/* The first screen: ways to begin a test, and the tests of the folder. */
import { useEffect, useState } from "../parts/hooks";

import { api, asApiError, events } from "../api";
import type { ApiError } from "../api";
import { DropZone } from "../home/drop_zone";
import { ExampleDialog } from "../home/example";
import { BuildDialog } from "../home/new_test";
import { LicencesDialog } from "../home/licences";
import { TestsTable } from "../home/tests_table";
import type { Folder } from "../imports";
import type { Results } from "../model/results";
import { Bar } from "../parts/bar";
import { Button } from "../parts/button";
import { ErrorNote } from "../parts/note";
import type { Route } from "../router";
import { toggleTheme } from "../theme";

type DialogName = "build" | "example" | "licences" | null;

export function HomeScreen(_: { route: Route }) {
  const { folder, results, error } = useFolder();
  const [about, setAbout] = useState<{ folder: string; version: string } | null>(null);
  const [dialog, setDialog] = useState<DialogName>(null);
  useEffect(() => {
    api.get<{ folder: string; version: string }>("about").then(setAbout, () => undefined);
  }, []);
  const taken = folder?.files.map((file) => file.path) ?? [];
  const close = () => setDialog(null);

  return (
    <>
      <Bar
        where={about?.folder.split("/").pop() ?? ""}
        side={
          <Button small onClick={toggleTheme}>
            Toggle dark mode
          </Button>
        }
      />
      <main className="sheet">
        <div className="center">
          <h1>Load-test your website: record a visit once, then repeat it with many users.</h1>
          <DropZone />
          <div className="ways">
            <Way title="Start from an example" onClick={() => setDialog("example")}>
              The sample shop runs on this machine; nothing to install.
            </Way>
            <Way title="Build step by step" onClick={() => setDialog("build")}>
              Type an address, look at the response, click what you need.
            </Way>
          </div>
          <ErrorNote error={error} />
          {folder && (
            <TestsTable
              files={folder.files.filter((file) => file.kind === "scenario")}
              results={results?.results ?? []}
            />
          )}
          <p className="soft last">
            Everything is saved in this folder, as text files that your colleagues can read and review. Requests are
            only sent to hosts that you have allowed.{" "}
            <button type="button" className="link" onClick={() => setDialog("licences")}>
              Licences
            </button>
            {about && ` · reprise ${about.version}`}
          </p>
        </div>
      </main>
      {dialog === "build" && <BuildDialog taken={taken} onClose={close} />}
      {dialog === "example" && <ExampleDialog taken={taken} onClose={close} />}
      {dialog === "licences" && <LicencesDialog onClose={close} />}
    </>
  );
}

function Way({ title, onClick, children }: { title: string; onClick: () => void; children: string }) {
  return (
    <button type="button" className="way" onClick={onClick}>
      <b>{title}</b>
      <small>{children}</small>
    </button>
  );
}

/** The files and results, again when the folder changes. */
function useFolder() {
  const [folder, setFolder] = useState<Folder | null>(null);
  const [results, setResults] = useState<Results | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    const read = () => {
      api.get<Folder>("folder").then(setFolder, (thrown) => setError(asApiError(thrown)));
      api.get<Results>("results").then(setResults, () => undefined);
    };
    const offs = [events.on("folder", read), events.on("file", read)];
    read();
    return () => offs.forEach((off) => off());
  }, []);
  return { folder, results, error };
}
