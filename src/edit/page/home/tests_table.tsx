/* The tests of the folder: what each does, and the verdict of its last run. */
import { useEffect, useState } from "../parts/hooks";

import { api, filePath } from "../api";
import type { FolderFile } from "../imports";
import { countOf, timeText, whenText } from "../model/quantity";
import { lastResultOf } from "../model/results";
import type { ResultRow } from "../model/results";
import { verdictWord } from "../model/verdict";
import { Card } from "../parts/card";
import { Empty } from "../parts/empty";
import { Tag } from "../parts/marks";
import { Table } from "../parts/table";
import { href } from "../router";

/** The parts of GET plan that a line shows. */
interface Plan {
  errors: number;
  plan: {
    name: string | null;
    loads: { text: string }[];
    scenarios: { requests_per_iteration: number }[];
  } | null;
}

export interface TestsTableProps {
  files: FolderFile[];
  results: ResultRow[];
}

export function TestsTable({ files, results }: TestsTableProps) {
  const plans = usePlans(files);
  if (!files.length)
    return (
      <Card>
        <Empty title="No tests yet">
          <p>Drop a recording above, or start in another way. Each test is a text file in this folder.</p>
        </Empty>
      </Card>
    );
  return (
    <Card title="Your tests" actions={<small>{countOf(files.length, "file")} in this folder</small>} flush>
      <Table
        label="Your tests"
        head={[
          { label: "Test" },
          { label: "What it does" },
          { label: "Last run" },
          { label: "p95", number: true },
          { label: "Actions", hidden: true, number: true },
        ]}
        rows={files.map((file) => testRow(file, plans[file.path], results))}
      />
    </Card>
  );
}

function testRow(file: FolderFile, plan: Plan | undefined, results: ResultRow[]) {
  const name = plan?.plan?.name || stemOf(file.path);
  const last = lastResultOf(results, name);
  return {
    key: file.path,
    cells: [
      <>
        <a className="plain" href={href("test", file.path, "steps")}>
          {name}
        </a>
        <br />
        <small>{file.path}</small>
      </>,
      whatItDoes(plan),
      <LastRun last={last} plan={plan} />,
      last?.p95_ms ? timeText(last.p95_ms) : "–",
      <Action file={file.path} last={last} broken={!!plan?.errors} />,
    ],
  };
}

function wordOf(last: ResultRow) {
  return verdictWord({ ...last, verdict: last.verdict ?? null });
}

function stemOf(path: string): string {
  return (path.split("/").pop() ?? path).replace(/\.ya?ml$/, "");
}

function whatItDoes(plan: Plan | undefined): string {
  if (!plan) return "…";
  if (!plan.plan) return plan.errors ? "Cannot run: the file has an error" : "";
  const { scenarios, loads } = plan.plan;
  const requests = Math.round(scenarios[0]?.requests_per_iteration ?? 0);
  const size =
    scenarios.length > 1 ? countOf(scenarios.length, "scenario") : `${countOf(requests, "request")} per iteration`;
  const load = loads.map((one) => one.text).join("; ");
  return load ? `${size}, ${load}` : `${size}, no load yet`;
}

function LastRun({ last, plan }: { last: ResultRow | null; plan: Plan | undefined }) {
  if (plan?.errors) return <Tag kind="bad">{countOf(plan.errors, "ERROR", "ERRORS")}</Tag>;
  if (!last) return <Tag kind="warn">NOT RUN</Tag>;
  const { kind, word } = wordOf(last);
  return (
    <>
      <Tag kind={kind === "none" ? undefined : kind}>{word}</Tag>{" "}
      <small>{last.began ? whenText(last.began) : ""}</small>
    </>
  );
}

function Action({ file, last, broken }: { file: string; last: ResultRow | null; broken: boolean }) {
  if (broken || !last)
    return (
      <a className="button small" href={href("test", file, "steps")}>
        Open
      </a>
    );
  const failed = wordOf(last).kind === "bad";
  return failed ? (
    <a className="button small" href={href("test", file, "runs", last.name)}>
      See why
    </a>
  ) : (
    <a className="button small" href={href("test", file, "run")}>
      Run again
    </a>
  );
}

/** The plans, one after another: a folder may have hundreds of tests. */
function usePlans(files: FolderFile[]): { [path: string]: Plan } {
  const [plans, setPlans] = useState<{ [path: string]: Plan }>({});
  const wanted = files.map((file) => `${file.path} ${file.modified}`).join("\n");
  useEffect(() => {
    let gone = false;
    void (async () => {
      for (const file of files) {
        const plan = await api.get<Plan>("plan/" + filePath(file.path)).catch(() => ({ errors: 1, plan: null }));
        if (gone) return;
        setPlans((known) => ({ ...known, [file.path]: plan }));
      }
    })();
    return () => {
      gone = true;
    };
  }, [wanted]);
  return plans;
}
