/* The figures of a run: tiles, charts, steps, failures and limits. */
import { useMemo } from "../parts/hooks";

import { parseThreshold, sentenceText } from "../model/limits";
import { countText, numberText, shareText, timeText } from "../model/quantity";
import type { RunState, Second, StepTotals } from "../model/run_lines";
import { checkText, thresholdValue } from "../model/verdict";
import type { ThresholdResult } from "../model/verdict";
import { Card } from "../parts/card";
import { Tag } from "../parts/marks";
import { Table } from "../parts/table";
import { LineChart } from "./line_chart";

export function RunTiles({ run }: { run: RunState }) {
  const now = run.seconds[run.seconds.length - 1];
  const rate = run.elapsed > 0 ? run.requests / run.elapsed : 0;
  const tiles: [string, string][] = [
    ["Requests", countText(run.requests)],
    run.end
      ? ["Per second", `${numberText(rate)}/s`]
      : ["Per second now", now ? `${numberText(now.perSecond)}/s` : "–"],
    ["Failed", run.requests ? shareText(run.failed / run.requests) : "–"],
    ["Median (p50)", timeText(run.p50)],
    ["95% are within (p95)", timeText(run.p95)],
  ];
  return (
    <dl className="tiles">
      {tiles.map(([name, value]) => (
        <div className="tile" key={name}>
          <dt>{name}</dt>
          <dd className={name === "Failed" && run.failed > 0 ? "bad-number" : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function RunCharts({ run, live }: { run: RunState; live: boolean }) {
  const { seconds, failed } = run;
  const length = run.length ?? 0;
  const lines = useMemo(() => {
    const line = (name: string, color: string, value: (one: Second) => number | null) => ({
      name,
      color,
      values: seconds.map((one) => ({ at: one.at, value: value(one) })),
    });
    return {
      users: [line("users", "usersl", (one) => one.users)],
      rate: [
        line("all", "okl", (one) => one.perSecond),
        ...(failed ? [line("failed", "badl", (one) => one.failedPerSecond)] : []),
      ],
      times: [line("p95", "p95", (one) => one.p95), line("median", "p50", (one) => one.p50)],
    };
  }, [seconds, failed]);
  return (
    <div className="three-charts">
      <Card title="Concurrent users">
        <LineChart whole label="Concurrent users" lines={lines.users} length={length} live={live} format={numberText} />
      </Card>
      <Card title="Requests per second">
        <LineChart label="Requests per second" lines={lines.rate} length={length} live={live} format={numberText} />
      </Card>
      <Card title="Response time">
        <LineChart label="Response time" lines={lines.times} length={length} live={live} format={timeText} />
      </Card>
    </div>
  );
}

/** The limits that name this step. */
function limitsOfStep(step: StepTotals, thresholds: readonly ThresholdResult[]): ThresholdResult[] {
  return thresholds.filter((one) => {
    const of = parseThreshold(checkText(one.check))?.of;
    return of === step.name || of === `${step.scenario} / ${step.name}`;
  });
}

export function RunSteps({ run }: { run: RunState }) {
  if (!run.steps.length) return null;
  const several = new Set(run.steps.map((step) => step.scenario)).size > 1;
  return (
    <Card title="Steps" flush>
      <Table
        label="Steps"
        head={[
          { label: "Step" },
          { label: "Requests", number: true },
          { label: "Failed", number: true },
          { label: "Median", number: true },
          { label: "p95", number: true },
          { label: "Limits" },
        ]}
        rows={run.steps.map((step) => ({
          key: `${step.scenario}/${step.name}`,
          cells: [
            several ? `${step.scenario} / ${step.name}` : step.name,
            countText(step.started),
            step.failed ? <span className="bad-number">{countText(step.failed)}</span> : "0",
            timeText(step.p50),
            timeText(step.p95),
            limitsOfStep(step, run.thresholds).map((one) => (
              <Tag key={one.check} kind={one.pass ? "good" : "bad"}>
                {checkText(one.check).replace(/ of "[^"]*"/, "")}
              </Tag>
            )),
          ],
        }))}
      />
    </Card>
  );
}

/** The loads that a search for the maximum tried. */
export function RunLevels({ levels }: { levels: string[] }) {
  if (!levels.length) return null;
  return (
    <Card title="Loads of the search" flush>
      <Table
        label="Loads of the search"
        head={[{ label: "Load" }, { label: "Result" }]}
        rows={levels.map((text, i) => {
          const [level = "", ...rest] = text.split(" ");
          return { key: String(i), cells: [level, rest.join(" ")] };
        })}
      />
    </Card>
  );
}

export function RunFailures({ run }: { run: RunState }) {
  if (!run.failures.length) return null;
  return (
    <Card title="Failures" note="The first reasons; the report has all of them." flush>
      <Table
        label="Failures"
        head={[{ label: "Step" }, { label: "Reason" }, { label: "Count", number: true }]}
        rows={run.failures.map((one, i) => ({
          key: String(i),
          cells: [one.step, one.message, countText(one.count)],
        }))}
      />
    </Card>
  );
}

/** The words in which a limit is chosen in the tab Load. */
function limitText(one: ThresholdResult): string {
  const check = checkText(one.check);
  const limit = parseThreshold(check);
  return limit ? sentenceText(limit) : `not ${check}`;
}

export function RunLimits({ thresholds, running }: { thresholds: ThresholdResult[]; running: boolean }) {
  if (!thresholds.length) return null;
  const words = running ? ["met so far", "not met now"] : ["passed", "failed"];
  return (
    <Card title="Limits (thresholds)" flush>
      <Table
        label="Limits"
        head={[{ label: "The test fails when" }, { label: "Value", number: true }, { label: "Result" }]}
        rows={thresholds.map((one) => ({
          key: one.check,
          cells: [
            <>
              <span title={checkText(one.check)}>{limitText(one)}</span>
              {one.default && <small> (default)</small>}
              {!!one.failed_by_request && (
                <small>; {one.failed_by_request} more failed because of a failed request</small>
              )}
            </>,
            thresholdValue(one),
            running && one.value === null ? (
              <Tag>not known yet</Tag>
            ) : (
              <Tag kind={one.pass ? "good" : "bad"}>{words[one.pass ? 0 : 1]}</Tag>
            ),
          ],
        }))}
      />
    </Card>
  );
}
