/* All settings of a limit: what is measured, of which step, and when it counts. */
import { useState } from "../parts/hooks";

import { sentenceText, thresholdText, valueError } from "../model/limits";
import type { Limit, Threshold } from "../model/limits";
import { parseDuration } from "../model/quantity";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { Field, Text } from "../parts/field";

const STATS: { stat: string; label: string; op: string; value: string }[] = [
  { stat: "p95", label: "Response time of 95% of the responses (p95)", op: "<", value: "1s" },
  { stat: "p99", label: "Response time of 99% of the responses (p99)", op: "<", value: "2s" },
  { stat: "p50", label: "Median response time (p50)", op: "<", value: "500ms" },
  { stat: "mean", label: "Mean response time", op: "<", value: "500ms" },
  { stat: "max", label: "Longest response time", op: "<", value: "5s" },
  { stat: "error_rate", label: "Failed requests, as a percentage", op: "<", value: "1%" },
  { stat: "failures", label: "Number of failed requests", op: "<", value: "10" },
  { stat: "failed_iterations", label: "Failed iterations, as a percentage", op: "<", value: "1%" },
  { stat: "requests_per_second", label: "Requests per second (too few)", op: ">", value: "10/s" },
  { stat: "iterations", label: "Completed iterations (too few)", op: ">=", value: "100" },
  { stat: "dropped", label: "Dropped arrivals", op: "<", value: "1" },
];

export interface LimitDialogProps {
  limit: Limit | null;
  names: string[];
  onClose: () => void;
  onSave: (limit: Threshold, abort: boolean) => void;
}

const NEW: Threshold = { metric: "", stat: "p95", of: "", op: "<", value: "1s", lasting: "", after: "" };

export function LimitDialog({ limit, names, onClose, onSave }: LimitDialogProps) {
  const [draft, setDraft] = useState<Threshold>(limit?.parsed ?? NEW);
  const [abort, setAbort] = useState(limit?.abort ?? false);
  const change = (part: Partial<Threshold>) => setDraft({ ...draft, ...part });
  const wrong = valueError(draft, draft.value);
  const wrongTime = [draft.lasting, draft.after].find((text) => text && parseDuration(text) === null);
  const known = STATS.some((one) => one.stat === draft.stat);
  const off = wrong !== "" || wrongTime !== undefined;
  return (
    <Dialog
      title={limit ? "Change the limit" : "A new limit"}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="go" disabled={off} onClick={() => onSave(draft, abort)}>
            {limit ? "Save" : "Add the limit"}
          </Button>
        </>
      }
    >
      <Field label="What is measured">
        {({ id }) => (
          <select
            id={id}
            value={draft.stat}
            onChange={(event) => {
              const found = STATS.find((one) => one.stat === event.target.value);
              if (found) change({ stat: found.stat, op: found.op, value: found.value, metric: "" });
            }}
          >
            {!known && <option value={draft.stat}>{`${draft.metric} ${draft.stat}`.trim()}</option>}
            {STATS.map((one) => (
              <option key={one.stat} value={one.stat}>
                {one.label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Of" title="of">
        {({ id }) => (
          <select id={id} value={draft.of} onChange={(event) => change({ of: event.target.value })}>
            <option value="">all requests</option>
            {[...new Set([...(draft.of ? [draft.of] : []), ...names])].map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Limit" error={wrong}>
        {({ id, describedBy }) => (
          <Text
            id={id}
            describedBy={describedBy}
            value={draft.value}
            wrong={wrong !== ""}
            onCommit={(value) => change({ value: value.trim() })}
          />
        )}
      </Field>
      <div className="two">
        <Field label="Ignore the first" title="after" help="For example 30s, while the load grows.">
          {({ id, describedBy }) => (
            <Text
              id={id}
              describedBy={describedBy}
              value={draft.after}
              onCommit={(after) => change({ after: after.trim() })}
            />
          )}
        </Field>
        <Field label="Only if it lasts" title="for" help="For example 10s: a short peak is allowed.">
          {({ id, describedBy }) => (
            <Text
              id={id}
              describedBy={describedBy}
              value={draft.lasting}
              onCommit={(lasting) => change({ lasting: lasting.trim() })}
            />
          )}
        </Field>
      </div>
      {wrongTime !== undefined && <div className="err">‘{wrongTime}’ is not a duration; write 30s or 1m30s</div>}
      <label className="row" title="abort">
        <input type="checkbox" className="tick" checked={abort} onChange={(event) => setAbort(event.target.checked)} />
        End the run in the first second in which the limit is not met
      </label>
      <p className="soft" role="status">
        The test fails when {sentenceText(draft)}. In the file: <code>{thresholdText(draft)}</code>
      </p>
    </Dialog>
  );
}
