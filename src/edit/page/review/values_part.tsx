/* Review, Values: what each user gets from the site, and what the recording's user typed. */
import { useState } from "../parts/hooks";

import { api, filePath } from "../api";
import type { DocumentStore, Op } from "../document";
import type { ImportReport } from "../model/import_report";
import { countOf } from "../model/quantity";
import { addColumn, givenValues, isVariableName, keepRecordedOps, numberExample, renameOps } from "../model/review";
import { typedValues, withNumber, withoutNumber } from "../model/review";
import type { GivenValue, TypedValue } from "../model/review";
import { findNode, joinPath } from "../model/tree";
import type { TreeNode } from "../model/tree";
import { Button } from "../parts/button";
import { Card } from "../parts/card";
import { Empty } from "../parts/empty";
import { Text } from "../parts/field";
import { Chip, Tag } from "../parts/marks";
import { Segments } from "../parts/segments";
import { Table } from "../parts/table";
import { toast } from "../parts/toast";

export interface ValuesPartProps {
  store: DocumentStore;
  root: TreeNode | null;
  report: ImportReport | null;
}

const TABLE = "visitors";

export function ValuesPart({ store, root, report }: ValuesPartProps) {
  const given = givenValues(root);
  const typed = typedValues(root);
  return (
    <>
      {given.length > 0 && (
        <Card
          title="Given by the site"
          note="These change with every visit, so each user gets its own from the responses."
          flush
        >
          <GivenTable store={store} root={root} values={given} report={report} />
        </Card>
      )}
      <Card title="Typed by you" note="Should all users type the same, or each something else?" flush>
        {typed.length ? (
          <TypedTable store={store} root={root} values={typed} />
        ) : (
          <Empty title="Nothing">
            <p>The visit has no forms with text.</p>
          </Empty>
        )}
      </Card>
    </>
  );
}

/** Changes the file, with a way back in the message. */
async function change(store: DocumentStore, ops: Op[], said: string): Promise<void> {
  if (await store.edit(ops)) toast(said, { undo: () => void store.undo() });
}

/* ---- given */

interface GivenTableProps extends ValuesPartProps {
  values: GivenValue[];
}

function GivenTable({ store, root, values, report }: GivenTableProps) {
  const [renaming, setRenaming] = useState<string | null>(null);
  const rename = (value: GivenValue, name: string) => {
    setRenaming(null);
    if (name === value.name || !isVariableName(name)) return;
    void change(store, renameOps(root, value, name) as Op[], `${value.name} is now ${name}`);
  };
  return (
    <Table
      label="Values given by the site"
      head={[
        { label: "Value" },
        { label: "Where it comes from" },
        { label: "Used" },
        { label: "How certain" },
        { label: "Actions", hidden: true, number: true },
      ]}
      rows={values.map((value) => {
        const found = report?.values?.find((one) => one.name === value.name);
        const recorded = found?.recorded?.endsWith("…") ? null : found?.recorded;
        return {
          key: value.path,
          cells: [
            renaming === value.path ? (
              <Text
                label={`New name of ${value.name}`}
                value={value.name}
                autoFocus
                onCommit={(name) => rename(value, name)}
              />
            ) : (
              <Chip>{value.name}</Chip>
            ),
            <>
              {value.how} of <b>{value.from}</b>
            </>,
            value.uses.length ? `sent ${countOf(value.uses.length, "time")}` : "not sent",
            <Certainty word={found?.certainty ?? null} />,
            <span className="row end">
              <Button small onClick={() => setRenaming(renaming === value.path ? null : value.path)}>
                Rename
              </Button>
              {recorded && (
                <Button
                  small
                  why={`Always send ${recorded}`}
                  onClick={() =>
                    void change(
                      store,
                      keepRecordedOps(root, value, recorded) as Op[],
                      `${value.name} is sent as it was recorded`,
                    )
                  }
                >
                  Keep as recorded
                </Button>
              )}
            </span>,
          ],
        };
      })}
    />
  );
}

function Certainty({ word }: { word: string | null }) {
  if (!word) return <Tag>–</Tag>;
  return <Tag kind={word === "certain" ? "good" : "warn"}>{word}</Tag>;
}

/* ---- typed */

function TypedTable({ store, root, values }: { store: DocumentStore; root: TreeNode | null; values: TypedValue[] }) {
  return (
    <table aria-label="Values typed by you">
      <tbody>
        {values.map((value) => (
          <tr key={value.path}>
            <th scope="row" className="label">
              {value.label}
              <br />
              <small>{value.step}</small>
            </th>
            <td>
              {value.secret ? (
                <>
                  <code>••••••</code> <small>not in the file</small>
                </>
              ) : (
                <code>{withoutNumber(value.text)}</code>
              )}
            </td>
            <td>
              <TypedChoice store={store} root={root} value={value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function TypedChoice({ store, root, value }: { store: DocumentStore; root: TreeNode | null; value: TypedValue }) {
  if (value.kind === "table")
    return (
      <small>
        from the table, column <Chip>{value.text}</Chip>
      </small>
    );
  const options = value.secret
    ? [
        { value: "parameter", label: "Set for each run" },
        { value: "table", label: "From a table" },
      ]
    : [
        { value: value.kind === "parameter" ? "parameter" : "same", label: "The same" },
        {
          value: "number",
          label: value.kind === "number" ? `With a number: ${numberExample(value.text)}` : "With a number",
        },
        { value: "table", label: "From a table" },
      ];
  const choose = (kind: string) => {
    if (kind === value.kind) return;
    if (kind === "number")
      void change(
        store,
        [{ op: "set", path: value.path, value: withNumber(value.text) }],
        "Each user types another text",
      );
    else if (kind === "same")
      void change(
        store,
        [{ op: "set", path: value.path, value: withoutNumber(value.text) }],
        "All users type the same",
      );
    else if (kind === "table") void useTable(store, root, value);
  };
  return <Segments small label={value.label} value={value.kind} options={options} onChange={choose} />;
}

/** Moves the text to a column of the table next to the scenario; each user gets a row. */
async function useTable(store: DocumentStore, root: TreeNode | null, value: TypedValue): Promise<void> {
  const folder = store.path.includes("/") ? store.path.replace(/[^/]*$/, "") : "";
  const file = `${TABLE}.csv`;
  const address = "files/" + filePath(folder + file);
  const column = value.label.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(\d)/, "_$1") || "value";
  const old = await api.get<{ text: string; version: string }>(address).catch(() => null);
  const columns = (old?.text.split(/\r?\n/)[0] ?? "").split(",");
  if (!columns.includes(column)) {
    const text = addColumn(old?.text ?? "", column, value.secret ? "" : withoutNumber(value.text));
    await api.put(address, old ? { text, version: old.version } : { text });
  }
  const data = findNode(root, "/data");
  const set: Op = { op: "set", path: value.path, value: "${" + `${TABLE}.${column}` + "}" };
  const row = { file, per: "user" };
  const ops: Op[] = data
    ? findNode(root, joinPath("/data", TABLE))
      ? [set]
      : [{ op: "add", path: joinPath("/data", TABLE), value: row }, set]
    : [{ op: "add", path: "/data", value: { [TABLE]: row }, after: "target" }, set];
  await change(store, ops, `${value.label} comes from ${file}; add a row for each user at the tab Data`);
}
