/* The steps of a try: which of them passed, and the variables after the selected one. */
import type { TreeNode } from "../model/tree";
import { outlineStep } from "../model/outline";
import type { Language } from "../model/form_model";
import { findNode } from "../model/tree";
import { bytesText, timeText } from "../model/quantity";
import { sentence } from "../parts/note";
import type { ExchangeSummary, StepLine } from "./try_job";
import { shortValue } from "./try_job";

interface Props {
  language: Language;
  root: TreeNode | null;
  steps: StepLine[];
  exchanges: ExchangeSummary[];
  selected: number;
  onSelect: (index: number) => void;
}

/** "303 → 200 · 96 ms · 2.1 kB" */
function exchangeText(all: ExchangeSummary[]): string {
  const last = all[all.length - 1];
  if (!last) return "";
  const statuses = all.map((one) => one.status ?? "no response").slice(-3);
  const ms = all.reduce((sum, one) => sum + (one.ms ?? 0), 0);
  return [statuses.join(" → "), timeText(ms), last.size === null ? "" : bytesText(last.size)]
    .filter(Boolean)
    .join(" · ");
}

function keptText(step: StepLine): string {
  return Object.entries(step.extracted ?? {})
    .map(([name, value]) => `${name} = ${shortValue(value, 16)}`)
    .join(", ");
}

export function TrySteps({ language, root, steps, exchanges, selected, onSelect }: Props) {
  return (
    <ol className="steps" aria-label="Steps that were performed">
      {steps.map((step, index) => {
        const node = findNode(root, step.path);
        const face = node ? outlineStep(language, node, step.path) : null;
        const own = exchanges.filter((one) => step.exchanges.includes(one.n));
        const detail = [exchangeText(own), keptText(step)].filter(Boolean).join(" · ");
        const failure = step.failures[0] && sentence(step.failures[0].message);
        return (
          <li key={index} className={step.ok ? "step" : "step bad"} aria-current={index === selected || undefined}>
            <div className="card-head">
              <span
                className={step.ok ? "dot good" : "dot bad"}
                role="img"
                aria-label={step.ok ? "passed" : "failed"}
              />
              <button type="button" className="title" onClick={() => onSelect(index)}>
                {face?.title ?? step.name}
              </button>
              <span className="verb">{face?.verb}</span>
              {(failure ?? detail) && (
                <span className={failure ? "what failed" : "what"}>
                  <span className="cut">{failure ?? detail}</span>
                </span>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

export function Variables({ step }: { step: StepLine | undefined }) {
  const variables = Object.entries(step?.variables ?? {});
  if (!variables.length) return null;
  return (
    <div className="pad">
      <h3>Variables after this step</h3>
      <dl className="kv values">
        {variables.map(([name, value]) => (
          <div key={name}>
            <dt>
              <span className="chip">{name}</span>
            </dt>
            <dd className="mono" title={typeof value === "string" ? value : JSON.stringify(value)}>
              {value === "***" ? "••••••" : shortValue(value)}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
