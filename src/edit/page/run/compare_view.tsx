/* Two runs side by side: what changed, and whether the change is real or noise. */
import { useEffect, useState } from "../parts/hooks";

import { api, ApiError, asApiError, filePath } from "../api";
import { jobProblem, startJob } from "../jobs";
import { compareSentence, isBetter, isTooShort, statChange, statText } from "../model/results";
import type { CompareLine, CompareStat, Comparison, StatName, Summary } from "../model/results";
import { shareText, whenText } from "../model/quantity";
import { sizeText, verdictWord } from "../model/verdict";
import { Button } from "../parts/button";
import { Card } from "../parts/card";
import { Tag } from "../parts/marks";
import { ErrorNote, Note } from "../parts/note";
import { Segments } from "../parts/segments";
import { Table } from "../parts/table";
import { openReport } from "./open_report";
import { VerdictBanner } from "./verdict_banner";

interface Compared {
  found: Comparison;
  sides: Summary[];
}

async function compare(before: string, after: string): Promise<Compared> {
  const job = await startJob({ kind: "compare", before, after });
  const [state, ...sides] = await Promise.all([
    job.done(),
    ...[before, after].map((name) =>
      api.get<{ summary: Summary }>("results/" + filePath(name)).then((answer) => answer.summary),
    ),
  ]);
  const problem = jobProblem(state);
  if (!state.result) throw problem ?? new ApiError(0, "compare", "The runs could not be compared.");
  return { found: state.result as Comparison, sides };
}

const STATS: { value: StatName; label: string }[] = [
  { value: "p95", label: "p95" },
  { value: "p50", label: "Median" },
  { value: "p99", label: "p99" },
  { value: "error_rate", label: "Failed" },
  { value: "throughput", label: "Requests per second" },
];

export function CompareView({ before, after }: { before: string; after: string }) {
  const [compared, setCompared] = useState<Compared | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [stat, setStat] = useState<StatName>("p95");
  useEffect(() => {
    let current = true;
    compare(before, after).then(
      (found) => current && setCompared(found),
      (thrown) => current && setError(asApiError(thrown)),
    );
    return () => {
      current = false;
    };
  }, [before, after]);
  if (error) return <ErrorNote error={error} title="The runs cannot be compared." />;
  if (!compared) return <VerdictBanner kind="none" word="COMPARING" why="Please wait." />;
  const { found, sides } = compared;
  const short = isTooShort(found);
  const unclear = short || !!found.too_few;
  const word = short
    ? "TOO SHORT"
    : found.too_few
      ? "UNCLEAR"
      : found.regressions
        ? "WORSE"
        : found.real
          ? "CHANGED"
          : "NO CHANGE";
  const kind = short ? "warn" : unclear ? "none" : found.regressions ? "bad" : "good";
  return (
    <>
      <VerdictBanner
        kind={kind}
        word={word}
        why={compareSentence(found)}
        detail={unclear ? "Use runs of at least a minute." : undefined}
      />
      <div className="two">
        <SideCard title="Before" name={before} summary={sides[0]} />
        <SideCard title="After" name={after} summary={sides[1]} />
      </div>
      <NotValid sides={sides} />
      {!!found.differences?.length && (
        <Note kind="warn" title="The runs are of different tests.">
          <p>Different: {found.differences.join(", ")}.</p>
        </Note>
      )}
      <Card
        title="What changed"
        note="Noise: equal runs differ as much. Unknown: too few requests."
        actions={
          <Segments
            label="What is compared"
            value={stat}
            options={STATS}
            onChange={(value) => setStat(value as StatName)}
          />
        }
        flush
      >
        <Table
          label="Comparison"
          head={[
            { label: "Step" },
            { label: "Before", number: true },
            { label: "After", number: true },
            { label: "Change", number: true },
            { label: "Meaning" },
          ]}
          rows={found.lines.map((line) => lineRow(line, stat, sides))}
        />
      </Card>
    </>
  );
}

function lineRow(line: CompareLine, name: StatName, sides: Summary[]) {
  const stat = line[name];
  const [a, b] = stat.known ? [stat.a, stat.b] : sides.map((side) => summaryValue(side, line, name));
  return {
    key: `${line.scenario}/${line.name}`,
    cells: [
      line.name || <b>All requests</b>,
      statText(name, a ?? null),
      statText(name, b ?? null),
      stat.known ? statChange(stat) : simpleChange(a ?? null, b ?? null),
      <Meaning name={name} stat={stat} samples={line.samples} />,
    ],
  };
}

/** A value of a run that is too short to be compared. */
function summaryValue(side: Summary | undefined, line: CompareLine, name: StatName): number | null {
  const part = line.name
    ? side?.steps.find((step) => step.name === line.name && step.scenario === line.scenario)
    : side;
  if (!part || !side) return null;
  if (name === "error_rate") return part.requests.started ? part.requests.failed / part.requests.started : null;
  if (name === "throughput") return side.duration_s > 0 ? part.requests.started / side.duration_s : null;
  const times: { [stat: string]: number | null } = part.response_time_ms;
  return times[name] ?? null;
}

function simpleChange(a: number | null, b: number | null): string {
  if (a === null || b === null) return "";
  return statChange({ known: true, a, b, change: a ? b / a - 1 : null, least: null, real: false, regression: false });
}

function Meaning({ name, stat, samples }: { name: StatName; stat: CompareStat; samples: [number, number] }) {
  if (!stat.known) return <Tag>too few samples{samples[0] && samples[1] ? ` (${Math.min(...samples)})` : ""}</Tag>;
  if (stat.regression) return <Tag kind="bad">worse</Tag>;
  if (stat.real) return isBetter(name, stat) ? <Tag kind="good">better</Tag> : <Tag kind="warn">a little worse</Tag>;
  const least = stat.least === null ? undefined : `A change of ${shareText(stat.least)} would be noticed`;
  return (
    <span title={least}>
      <Tag>noise</Tag>
    </span>
  );
}

function SideCard({ title, name, summary }: { title: string; name: string; summary: Summary | undefined }) {
  if (!summary) return null;
  const word = verdictWord(summary);
  return (
    <Card
      title={title}
      note={name}
      actions={
        <Button small onClick={() => void openReport(name)}>
          Open the report
        </Button>
      }
    >
      <p>
        <Tag kind={word.kind === "none" ? undefined : word.kind}>{word.word}</Tag> {whenText(summary.started)}
      </p>
      <p className="soft">{sizeText({ requests: summary.requests.started, duration_s: summary.duration_s })}</p>
    </Card>
  );
}

function NotValid({ sides }: { sides: Summary[] }) {
  if (sides.every((side) => side.valid)) return null;
  return <Note kind="warn" title="Be careful: the result of a run is not valid." />;
}
