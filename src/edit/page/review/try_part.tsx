/* Review, Try: one user performs the visit once; steps are green or red, and a red one is explained. */
import type { ReactNode } from "react";

import type { VerifiedStep } from "../model/import_report";
import { countOf, timeText } from "../model/quantity";
import type { ReviewStep } from "../model/review";
import { Dot } from "../parts/marks";
import { Note, sentence } from "../parts/note";
import { Differences, ReceivedPage, Side } from "./compare_views";
import type { ExchangeRow } from "./compare_views";
import type { Tried, TriedStep } from "./use_try";

export interface StepListProps {
  steps: ReviewStep[];
  tried: Tried;
  rows: ExchangeRow[];
  selected: string | null;
  onSelect: (path: string) => void;
}

export function StepList({ steps, tried, rows, selected, onSelect }: StepListProps) {
  return (
    <ol className="steps">
      {steps.map((step) => {
        const result = tried.steps[step.path];
        const kind = result ? (result.ok ? "good" : "bad") : undefined;
        return (
          <li key={step.path} className={`depth-${Math.min(step.depth, 3)}`}>
            <button
              type="button"
              className={kind === "bad" ? "tried-step bad" : "tried-step"}
              aria-current={step.path === selected || undefined}
              onClick={() => onSelect(step.path)}
            >
              <span className="dot-place">
                <Dot kind={kind} label={result ? (result.ok ? "passed" : "refused") : "not reached"} />
              </span>
              <b>{step.name}</b>
              <span className="verb">{step.verb}</span>
              <span className="what">{whatHappened(step, result, rows, tried.phase === "running")}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

function whatHappened(step: ReviewStep, result: TriedStep | undefined, rows: ExchangeRow[], running: boolean): string {
  if (!result) return running ? "…" : step.detail || " ";
  if (!result.ok) return firstMessage(result);
  const own = rows.filter((row) => result.exchanges.includes(row.n));
  const last = own[own.length - 1];
  if (!last) return step.detail || "passed";
  const statuses = own.map((row) => statusWord(row.status)).join(", then ");
  return statuses + (last.ms === null ? "" : ` · ${timeText(last.ms)}`);
}

function statusWord(status: number | null): string {
  return status === 200 ? "OK" : status && status > 300 && status < 309 ? "redirect" : String(status ?? "no response");
}

export interface StepDetailProps {
  step: ReviewStep | null;
  tried: Tried;
  rows: ExchangeRow[];
  verified: VerifiedStep | null;
  repaired: boolean; // what was received is that of the repaired test
  children?: ReactNode; // the repair
}

export function StepDetail({ step, tried, rows, verified, repaired, children }: StepDetailProps) {
  const result = step ? tried.steps[step.path] : undefined;
  const row = result ? rows.filter((one) => result.exchanges.includes(one.n)).pop() : undefined;
  if (!step || !result) return null;
  return (
    <>
      {!result.ok && <Refused step={step} result={result} row={row} />}
      {children}
      {verified?.recorded && (
        <div className="two">
          <Side label="When you recorded" side={verified.recorded} />
          <Side label={repaired ? "With the repair" : "Now"} side={verified.received} />
        </div>
      )}
      <Differences list={verified?.differences ?? []} />
      {row && tried.job && <ReceivedPage job={tried.job} row={row} />}
    </>
  );
}

/** The first failure, which has led to the others, without the advice for people who write the file. */
function firstMessage(result: TriedStep): string {
  return (result.failures[0]?.message ?? "refused").replace(/; if this page is correct, .*$/, "");
}

function Refused({ step, result, row }: { step: ReviewStep; result: TriedStep; row: ExchangeRow | undefined }) {
  const good = row?.status && row.status < 400;
  return (
    <Note kind="bad" title={`“${step.name}” was refused.`}>
      <p>{sentence(firstMessage(result))}</p>
      {good && (
        <p>Its status {row.status} says OK. A load test that looks only at the status would count this as a success.</p>
      )}
    </Note>
  );
}

export function triedTitle(steps: ReviewStep[], tried: Tried): string {
  const refused = Object.values(tried.steps).filter((step) => !step.ok && steps.some((one) => one.path === step.path));
  const size = countOf(steps.filter((step) => step.verb !== "GROUP").length, "step");
  if (tried.phase === "idle") return size;
  if (tried.phase === "running") return `${size}, running…`;
  return tried.phase === "passed"
    ? `${size}, all passed`
    : `${size}, ${refused.length || "not"} refused`.replace("not refused", "not completed");
}
