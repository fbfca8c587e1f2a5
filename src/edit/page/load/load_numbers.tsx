/* The load in numbers: the keys of the file as fields, also those that a drawing cannot show. */
import { useState } from "../parts/hooks";
import type { ReactNode } from "react";

import type { Diagnostic, DocumentStore, Op } from "../document";
import { kindOfLoad, LOAD_KEYS } from "../model/load_form";
import type { Load, LoadKind } from "../model/load_form";
import { durationText, parseDuration } from "../model/quantity";
import { childOf, findNode, joinPath, keysOf, textOf } from "../model/tree";
import type { TreeNode } from "../model/tree";
import { Button } from "../parts/button";
import { diagnosticsAt } from "../parts/diagnostics";
import { Field, Text } from "../parts/field";
import type { Language } from "../parts/screen";
import { orderOf, typedNumber, typedOps } from "./load_ops";

/** The keys that are useful for each kind of load, although the file may not have them. */
const KIND_KEYS: { [kind in LoadKind]: string[] } = {
  users: ["users", "duration", "ramp_up", "warm_up", "grace"],
  arrivals: ["arrivals", "duration", "ramp_up", "warm_up", "grace", "max_users", "spacing"],
  iterations: ["users", "iterations", "total_iterations", "duration", "grace"],
  capacity: ["grace", "max_users"],
  replay: ["grace", "max_users", "spacing"],
  text: [],
};

export interface LoadNumbersProps {
  store: DocumentStore;
  root: TreeNode | null;
  /** "" for the load of the file, or "/scenarios/1". */
  owner: string;
  load: Load;
  language: Language | null;
  diagnostics: Diagnostic[];
}

export function LoadNumbers({ store, root, owner, load, language, diagnostics }: LoadNumbersProps) {
  const path = joinPath(owner, "load");
  const node = findNode(root, path);
  const stages = childOf(node, "stages");
  const edit = (ops: Op[]) => {
    if (ops.length) void store.edit(ops);
  };
  const seconds = (key: string) => parseDuration(textOf(childOf(node, key)) ?? "");
  const type = (key: string, text: string): string => {
    const ops = (name: string, value: string) =>
      typedOps(root, path, name, value, node?.kind === "map" ? LOAD_KEYS : orderOf(owner));
    const time = parseDuration(text);
    const rampUp = seconds("ramp_up");
    const length = seconds("duration");
    if (key === "ramp_up" && time !== null && length !== null && time > length)
      return "The ramp-up cannot be longer than the duration.";
    const shorter = key === "duration" && time !== null && rampUp !== null && rampUp >= time;
    edit([...ops(key, text), ...(shorter ? ops("ramp_up", durationText((time ?? 0) / 10)) : [])]);
    return "";
  };
  const useful = KIND_KEYS[kindOfLoad(load)].filter(
    (key) => !stages || !["users", "arrivals", "duration", "ramp_up"].includes(key),
  );
  const keys = LOAD_KEYS.filter((key) => useful.includes(key) || textOf(childOf(node, key)) !== undefined);
  const count = stages?.kind === "list" ? stages.items.length : 0;
  return (
    <details className="more" open={(node !== undefined && load.kind !== "curve") || undefined}>
      <summary>
        The same in numbers
        <small>{count ? `${count} ${count === 1 ? "stage" : "stages"}` : "with more settings"}</small>
      </summary>
      <div>
        {stages && <Stages root={root} path={joinPath(path, "stages")} edit={edit} diagnostics={diagnostics} />}
        <SearchFields
          root={root}
          path={joinPath(path, "capacity")}
          edit={edit}
          language={language}
          diagnostics={diagnostics}
        />
        <div className="numbers">
          {keys.map((key) => (
            <KeyField
              key={key}
              name={key}
              value={textOf(childOf(node, key)) ?? ""}
              row={rowOf(language, [key])}
              inForce={load.kind === "iterations" ? ONCE[key] : undefined}
              error={errorAt(diagnostics, joinPath(path, key))}
              onCommit={(text) => type(key, text)}
            />
          ))}
        </div>
      </div>
    </details>
  );
}

function errorAt(diagnostics: Diagnostic[], path: string): string | undefined {
  return diagnosticsAt(diagnostics, path)[0]?.message;
}

interface Row {
  key: string;
  label: string;
  sentence: string;
  default?: string;
  words?: { word: string; meaning: string }[];
  rows?: Row[];
  element?: { rows?: Row[] };
}

/** The row of the language for a key of `load`. */
function rowOf(language: Language | null, path: string[]): Row | undefined {
  const file: Row[] = language?.file?.rows ?? [];
  let rows: Row[] = file.find((row) => row.key === "load")?.rows ?? [];
  let found: Row | undefined;
  for (const key of path) {
    found = rows.find((row) => row.key === key);
    rows = found?.rows ?? found?.element?.rows ?? [];
  }
  return found;
}

/** The values of a load that does not have the keys. */
const ONCE: { [key: string]: string } = { users: "1", iterations: "1" };

interface KeyFieldProps {
  name: string;
  value: string;
  /** The value in force if the key is missing. */
  inForce?: string | undefined;
  row: Row | undefined;
  error: string | undefined;
  /** Saves the text, or returns why it cannot be saved. */
  onCommit: (text: string) => string | void;
}

function KeyField({ name, value, inForce, row, error, onCommit }: KeyFieldProps) {
  const [wrong, setWrong] = useState("");
  const commit = (typed: string) => {
    const { text, problem } = typedNumber(name, typed);
    setWrong(problem || onCommit(text) || "");
  };
  return (
    <Field
      label={row?.label ?? name}
      title={name}
      help={row?.sentence.replace(/ \((open|closed) model\)/, "")}
      error={wrong || error}
    >
      {({ id, describedBy }) =>
        row?.words ? (
          <select
            id={id}
            aria-describedby={describedBy}
            value={value}
            onChange={(event) => void onCommit(event.target.value)}
          >
            <option value="">{row.default ? `${row.default} (the default)` : "not set"}</option>
            {row.words.map((one) => (
              <option key={one.word} value={one.word}>
                {`${one.word}: ${one.meaning}`}
              </option>
            ))}
          </select>
        ) : (
          <Text
            id={id}
            describedBy={describedBy}
            value={value}
            placeholder={inForce ?? row?.default ?? ""}
            wrong={wrong !== "" || error !== undefined}
            onType={() => setWrong("")}
            onCommit={commit}
          />
        )
      }
    </Field>
  );
}

interface PartProps {
  root: TreeNode | null;
  path: string;
  edit: (ops: Op[]) => void;
  diagnostics: Diagnostic[];
}

function SearchFields({ root, path, edit, language, diagnostics }: PartProps & { language: Language | null }) {
  const node = findNode(root, path);
  if (!node) return null;
  const keys = ["from", "to", "hold"];
  return (
    <div className="numbers">
      {keys.map((key) => (
        <KeyField
          key={key}
          name={key}
          value={textOf(childOf(node, key)) ?? ""}
          row={rowOf(language, ["capacity", key])}
          error={errorAt(diagnostics, joinPath(path, key))}
          onCommit={(text) => edit(typedOps(root, path, key, text, ["find", ...keys]))}
        />
      ))}
    </div>
  );
}

function Stages({ root, path, edit, diagnostics }: PartProps) {
  const list = findNode(root, path);
  if (list?.kind !== "list") return null;
  const rates = list.items.some((item) => /\//.test(textOf(childOf(item, "ramp_to")) ?? ""));
  const add = (value: { [key: string]: string | number }) => edit([{ op: "add", path: path + "/-", value }]);
  return (
    <>
      <table aria-label="Stages">
        <thead>
          <tr>
            <th>Stage</th>
            <th>What happens</th>
            <th>
              <span className="unseen">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {list.items.map((item, index) => (
            <StageRow
              key={index}
              index={index}
              item={item}
              error={errorAt(diagnostics, joinPath(path, index))}
              onRemove={list.items.length > 1 ? () => edit([{ op: "remove", path: joinPath(path, index) }]) : undefined}
              onCommit={(key, text) =>
                edit(typedOps(root, joinPath(path, index), key, text, ["ramp_to", "over", "hold"]))
              }
            />
          ))}
        </tbody>
      </table>
      <div className="row">
        <Button small onClick={() => add({ ramp_to: rates ? "10/s" : 10, over: "1m" })}>
          + Ramp
        </Button>
        <Button small onClick={() => add({ hold: "1m" })}>
          + Hold
        </Button>
      </div>
    </>
  );
}

interface StageRowProps {
  index: number;
  item: TreeNode;
  error: string | undefined;
  onRemove: (() => void) | undefined;
  onCommit: (key: string, text: string) => void;
}

function StageRow({ index, item, error, onRemove, onCommit }: StageRowProps) {
  const ramp = keysOf(item).includes("ramp_to") || keysOf(item).includes("over");
  const [wrong, setWrong] = useState("");
  const rate = /\//.test(textOf(childOf(item, "ramp_to")) ?? "");
  const field = (key: string, label: string): ReactNode => (
    <Text
      label={`Stage ${index + 1}: ${label}`}
      value={textOf(childOf(item, key)) ?? ""}
      onType={() => setWrong("")}
      onCommit={(typed) => {
        const { text, problem } = typedNumber(rate && key === "ramp_to" ? "arrivals" : key, typed);
        setWrong(problem);
        if (!problem) onCommit(key, text);
      }}
    />
  );
  return (
    <tr>
      <th scope="row">{index + 1}</th>
      <td>
        <span className="limit">
          {ramp ? (
            <>
              <span title="ramp_to">Ramp to</span> {field("ramp_to", "level")} <span title="over">over</span>{" "}
              {field("over", "time of the ramp")}
            </>
          ) : (
            <>
              <span title="hold">Hold for</span> {field("hold", "time to hold")}
            </>
          )}
        </span>
        {(wrong || error) && <div className="err">{wrong || error}</div>}
      </td>
      <td className="n">
        {onRemove && (
          <Button small kind="bare" label={`Remove stage ${index + 1}`} onClick={onRemove}>
            ✕
          </Button>
        )}
      </td>
    </tr>
  );
}
