/* The card "The test fails when": the thresholds of the file as sentences, and proposals. */
import { useState } from "../parts/hooks";

import type { DocumentStore, Op } from "../document";
import {
  coversFailures,
  limitsOf,
  limitValue,
  parseThreshold,
  proposalReason,
  proposeLimits,
  sentenceOf,
  sentenceText,
  thresholdText,
  valueError,
} from "../model/limits";
import type { Limit, Measured, Proposal, Threshold } from "../model/limits";
import { childOf, findNode } from "../model/tree";
import type { TreeNode } from "../model/tree";
import { Button } from "../parts/button";
import { Text } from "../parts/field";
import { Tag } from "../parts/marks";
import { LimitDialog } from "./limit_dialog";
import { addThresholds } from "./load_ops";

export interface LimitsCardProps {
  store: DocumentStore;
  root: TreeNode | null;
  measured: Measured | null;
  /** Names of steps and scenarios, for a new limit. */
  names: string[];
  /** Limits that the program adds by itself. */
  defaults: string[];
}

export function LimitsCard({ store, root, measured, names, defaults }: LimitsCardProps) {
  const [dialog, setDialog] = useState<Limit | "new" | null>(null);
  const node = findNode(root, "/thresholds");
  const limits = limitsOf(node, "/thresholds");
  const proposals = proposeLimits(limits, measured);
  const main = proposals.filter((one) => one.main);
  const edit = (ops: Op[]) => void store.edit(ops);
  const add = (list: readonly Proposal[]) =>
    edit(
      addThresholds(
        root,
        list.map((one) => limitValue(one.limit, one.abort)),
      ),
    );
  return (
    <section className="card" aria-label="Limits">
      <div className="row pad limits-head">
        <h2>The test fails when</h2>
        <small className="grow">Limits, in the file: thresholds</small>
        {main.length > 1 && (
          <Button small onClick={() => add(main)}>
            Add the first two proposals
          </Button>
        )}
        <Button small onClick={() => setDialog("new")}>
          + Limit
        </Button>
      </div>
      {!coversFailures(limits) && <NoFailureLimit defaults={defaults} />}
      <table aria-label="Limits">
        <tbody>
          {limits.map((limit) => (
            <LimitRow key={limit.path} limit={limit} node={node} edit={edit} onMore={() => setDialog(limit)} />
          ))}
          {proposals.map((proposal) => (
            <ProposalRow
              key={thresholdText(proposal.limit)}
              proposal={proposal}
              onAdd={(limit) => add([{ ...proposal, limit }])}
            />
          ))}
        </tbody>
      </table>
      {proposals.length > 0 && <p className="soft pad">{proposalReason(measured)}</p>}
      {dialog && (
        <LimitDialog
          limit={dialog === "new" ? null : dialog}
          names={names}
          onClose={() => setDialog(null)}
          onSave={(limit, abort) => {
            const value = limitValue(limit, abort);
            edit(dialog === "new" ? addThresholds(root, [value]) : [{ op: "set", path: dialog.path, value }]);
            setDialog(null);
          }}
        />
      )}
    </section>
  );
}

/** A warning when nothing covers failures. */
function NoFailureLimit({ defaults }: { defaults: string[] }) {
  const own = defaults
    .map((text) => text.replace(/ \(default\)$/, ""))
    .filter((text) => /failures|error_rate/.test(text));
  return (
    <div className="limits-note" role="note">
      <Tag kind="warn">no limit for failures</Tag>
      <span>
        {own.length
          ? "No limit covers failed requests, so the test fails as soon as one request fails."
          : "No limit covers all failed requests."}{" "}
        Allow a small share instead: such a limit is proposed below.
      </span>
    </div>
  );
}

interface LimitRowProps {
  limit: Limit;
  node: TreeNode | undefined;
  edit: (ops: Op[]) => void;
  onMore: () => void;
}

function LimitRow({ limit, node, edit, onMore }: LimitRowProps) {
  const [wrong, setWrong] = useState("");
  const { parsed } = limit;
  const sentence = parsed && sentenceOf(parsed);
  const commit = (value: string) => {
    const error = parsed ? valueError(parsed, value) : "";
    setWrong(error);
    if (!error && parsed) edit([changeValue(limit, node, value)]);
  };
  return (
    <tr>
      <td className="limit-tick">
        <input
          type="checkbox"
          className="tick"
          checked
          aria-label={`Remove this limit: ${limit.text}`}
          title="Remove this limit; Undo brings it back"
          onChange={() => edit([removal(limit, node)])}
        />
      </td>
      <td title={limit.text}>
        {parsed && sentence ? (
          <span className="limit">
            {sentence.before}
            <Text value={parsed.value} label={`Value of ${limit.text}`} wrong={wrong !== ""} onCommit={commit} />
            {sentence.after}
            <Modifiers limit={parsed} abort={limit.abort} />
          </span>
        ) : (
          <code>{limit.text}</code>
        )}
        {wrong && <div className="err">{wrong}</div>}
      </td>
      <td className="n">
        <Button small kind="bare" label={`Change… ${limit.text}`} onClick={onMore}>
          Change…
        </Button>
      </td>
    </tr>
  );
}

function Modifiers({ limit, abort }: { limit: Threshold; abort: boolean }) {
  return (
    <>
      {limit.lasting && <Tag>for {limit.lasting}</Tag>}
      {limit.after && <Tag>after the first {limit.after}</Tag>}
      {abort && <Tag kind="warn">ends the run</Tag>}
    </>
  );
}

/** The last item of a list cannot be removed alone: the key goes with it. */
function removal(limit: Limit, node: TreeNode | undefined): Op {
  const alone = node?.kind !== "list" || node.items.length === 1;
  return { op: "remove", path: alone ? "/thresholds" : limit.path };
}

function changeValue(limit: Limit, node: TreeNode | undefined, value: string): Op {
  if (!limit.long)
    return { op: "set", path: limit.path, value: thresholdText({ ...limit.parsed!, value: value.trim() }) };
  // The keys of the long form stay where they are; only the condition is written again.
  const index = limit.path.split("/").pop() ?? "";
  const check = parseThreshold(limit.text);
  const item = childOf(node, index) ?? node;
  const text = check ? thresholdText({ ...check, value: value.trim() }) : limit.text;
  return { op: "set", path: childOf(item, "check") ? `${limit.path}/check` : limit.path, value: text };
}

function ProposalRow({ proposal, onAdd }: { proposal: Proposal; onAdd: (limit: Threshold) => void }) {
  const [value, setValue] = useState(proposal.limit.value);
  const limit = { ...proposal.limit, value };
  const sentence = sentenceOf(limit);
  const wrong = valueError(limit, value);
  return (
    <tr className="proposed">
      <td className="limit-tick">
        <input
          type="checkbox"
          className="tick"
          checked={false}
          aria-label={`Add this limit: ${sentenceText(limit)}`}
          title="Add this limit"
          onChange={() => {
            if (!wrong) onAdd(limit);
          }}
        />
      </td>
      <td title={thresholdText(limit)}>
        <span className="limit">
          {sentence?.before}
          <Text
            value={value}
            label={`Proposed value of ${limit.stat}`}
            wrong={wrong !== ""}
            onCommit={(text) => setValue(text.trim())}
          />
          {sentence?.after}
          <Modifiers limit={limit} abort={proposal.abort} />
        </span>
        {wrong && <div className="err">{wrong}</div>}
      </td>
      <td className="soft n">{proposal.note}</td>
    </tr>
  );
}
