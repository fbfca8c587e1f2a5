/* The tab Runs: the results of this test, their reports, and a comparison of two. */
import { useEffect, useState } from "../parts/hooks";

import { api, filePath } from "../api";
import { countText, shareText, timeText, whenText } from "../model/quantity";
import { changeText, failureShare, runsOf } from "../model/results";
import type { ResultRow, Summary } from "../model/results";
import { capacitySentence, sizeText, verdictSentence, verdictWord } from "../model/verdict";
import { Button } from "../parts/button";
import { Card } from "../parts/card";
import { Empty } from "../parts/empty";
import { Tag } from "../parts/marks";
import { ErrorNote, Note } from "../parts/note";
import type { TestProps } from "../parts/screen";
import { Table } from "../parts/table";
import { go, href } from "../router";
import { CompareView } from "../run/compare_view";
import { openReport } from "../run/open_report";
import { findRunning } from "../run/use_run";
import { useResults } from "../run/use_results";
import { VerdictBanner } from "../run/verdict_banner";
import { testNameOf } from "./load";

export function RunsTab(props: TestProps) {
  const [action, before, after] = props.rest;
  const file = props.store.path;
  return (
    <main className="sheet">
      <h1 className="unseen">Runs</h1>
      <div className="center run-center">
        {action === "compare" && before && after ? (
          <>
            <p>
              <a href={href("test", file, "runs")}>← All runs</a>
            </p>
            <CompareView key={before + after} before={before} after={after} />
          </>
        ) : (
          <RunList file={file} test={testNameOf(props.state.document?.tree ?? null, file)} />
        )}
      </div>
    </main>
  );
}

function RunList({ file, test }: { file: string; test: string }) {
  const { rows, complete, error, load } = useResults();
  const [chosen, setChosen] = useState<string[]>([]);
  const [others, setOthers] = useState(false);
  const running = useRunning(file);
  if (error) return <ErrorNote error={error} retry={load} />;
  if (!rows) return <p role="status">Loading…</p>;
  const runs = runsOf(rows, test);
  const foreign = rows.filter((row) => row.scenario !== test);
  const shown = others ? [...runs, ...foreign] : runs;
  const choose = (name: string, on: boolean) =>
    setChosen((old) =>
      on ? [...old.filter((one) => one !== name), name].slice(-2) : old.filter((one) => one !== name),
    );
  const compare = () => {
    // The older one is before, whatever was chosen first.
    const [before, after] = [...chosen].sort((a, b) => began(rows, a).localeCompare(began(rows, b)));
    if (before && after) go(href("test", file, "runs", "compare", before, after));
  };
  return (
    <>
      {running && (
        <Note
          title="A run of this test is in progress."
          actions={<Button onClick={() => go(href("test", file, "run", running))}>Show it</Button>}
        />
      )}
      {runs[0] && <LastRun row={runs[0]} file={file} />}
      {shown.length === 0 && !running && <NoRuns file={file} others={foreign.length} />}
      {shown.length > 0 && (
        <Card
          title="Runs of this test"
          note={complete ? undefined : "The folder has more results than this list."}
          actions={
            <>
              <small>{chosen.length === 2 ? "" : "Tick two to compare"}</small>
              <Button
                small
                kind={chosen.length === 2 ? "go" : undefined}
                disabled={chosen.length !== 2}
                onClick={compare}
              >
                Compare {chosen.length || ""}
              </Button>
            </>
          }
          flush
        >
          <RunTable rows={shown} test={test} chosen={chosen} choose={choose} />
        </Card>
      )}
      {foreign.length > 0 && (
        <label className="row soft">
          <input
            type="checkbox"
            className="tick"
            checked={others}
            onChange={(event) => setOthers(event.target.checked)}
          />
          Show {foreign.length === 1 ? "1 result" : `${countText(foreign.length)} results`} of other tests in this
          folder
        </label>
      )}
    </>
  );
}

function began(rows: readonly ResultRow[], name: string): string {
  return rows.find((row) => row.name === name)?.began ?? "";
}

/** The run of this file that has not ended. */
function useRunning(file: string): string | null {
  const [job, setJob] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    findRunning(file).then(
      (found) => current && setJob(found),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [file]);
  return job;
}

function NoRuns({ file, others }: { file: string; others: number }) {
  return (
    <Empty title="This test has not run yet.">
      <p>Its results will be listed here{others ? ", beside those of other tests in this folder" : ""}.</p>
      <div className="row">
        <Button onClick={() => go(href("test", file, "load"))}>Choose the load</Button>
        <Button kind="go" onClick={() => go(href("test", file, "run"))}>
          Run load test
        </Button>
      </div>
    </Empty>
  );
}

/** The newest run with the sentence of its verdict. */
function LastRun({ row, file }: { row: ResultRow; file: string }) {
  const [summary, setSummary] = useState<Summary | null>(null);
  useEffect(() => {
    let current = true;
    api.get<{ summary: Summary }>("results/" + filePath(row.name)).then(
      (found) => current && setSummary(found.summary),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [row.name]);
  const outcome = { ...row, verdict: row.verdict ?? null };
  const word = verdictWord(outcome);
  const why = row.error
    ? row.error
    : summary?.capacity
      ? capacitySentence(summary.capacity)
      : verdictSentence(outcome, summary?.thresholds ?? []);
  return (
    <VerdictBanner
      kind={word.kind}
      word={word.word}
      why={why}
      detail={`${row.began ? whenText(row.began) : row.name}, ${sizeText(row)}`}
      actions={
        <>
          <Button onClick={() => void openReport(row.name)}>Open the report ↗</Button>
          <Button onClick={() => go(href("test", file, "run"))}>Run again</Button>
        </>
      }
    />
  );
}

interface RunTableProps {
  rows: ResultRow[];
  test: string;
  chosen: string[];
  choose: (name: string, on: boolean) => void;
}

function RunTable({ rows, test, chosen, choose }: RunTableProps) {
  const own = rows.filter((row) => row.scenario === test);
  return (
    <Table
      label="Runs"
      head={[
        { label: "Run" },
        { label: "Verdict" },
        { label: "Requests", number: true },
        { label: "Failed", number: true },
        { label: "p95", number: true },
        { label: "Changed since the run before" },
        { label: "Report", hidden: true },
      ]}
      rows={rows.map((row) => {
        const word = verdictWord({ ...row, verdict: row.verdict ?? null });
        const share = failureShare(row);
        const index = own.indexOf(row);
        return {
          key: row.name,
          cells: [
            <label className="row run-name" title={row.name}>
              <input
                type="checkbox"
                className="tick"
                checked={chosen.includes(row.name)}
                disabled={row.error !== undefined}
                onChange={(event) => choose(row.name, event.target.checked)}
              />
              <span>
                {row.began ? whenText(row.began) : row.name}
                {index < 0 && <small> {row.scenario ?? row.name}</small>}
              </span>
            </label>,
            row.error ? (
              <span className="soft">{row.error}</span>
            ) : (
              <Tag kind={word.kind === "none" ? undefined : word.kind}>{word.word}</Tag>
            ),
            typeof row.requests === "number" ? countText(row.requests) : "–",
            share === null ? "–" : shareText(share),
            timeText(row.p95_ms),
            <span className="soft">{index < 0 ? "" : changeText(row, own[index + 1])}</span>,
            row.error ? null : (
              <Button small kind="bare" label={`Report of ${row.name}`} onClick={() => void openReport(row.name)}>
                Report
              </Button>
            ),
          ],
        };
      })}
    />
  );
}
