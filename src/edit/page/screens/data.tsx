/* The tab Data: rows for users, parameters and variables. */
import { useState } from "../parts/hooks";
import type { TestProps } from "../parts/screen";
import { Empty } from "../parts/empty";
import { ErrorNote } from "../parts/note";
import { toast } from "../parts/toast";
import { asApiError } from "../api";
import type { ApiError } from "../api";
import { PasteDialog } from "../data/paste_dialog";
import type { Pasted } from "../data/paste_dialog";
import { RowsTable } from "../data/rows_table";
import { SetForm, renameSet } from "../data/set_form";
import { WINDOW_ROWS, changeText, readText, useRows, writeText } from "../data/data_file";
import { useEdit } from "../form/alias_dialog";
import { CurrentForm, useForm } from "../form/form_context";
import type { FormContext } from "../form/form_context";
import { FieldView } from "../form/fields";
import { applyEdits, removeValue, setValue } from "../model/edit_ops";
import type { EditOp } from "../model/edit_ops";
import { formOf } from "../model/form_model";
import type { Language } from "../model/form_model";
import { addRows, changeCell, removeRow, writeCsv } from "../model/spreadsheet";
import { childOf, joinPath, keysOf, textOf, toValue } from "../model/tree";
import type { TreeNode } from "../model/tree";
import { countOf } from "../model/quantity";
import { href, replace } from "../router";
import { folderOf, namesFrom, useColumns, useFolder } from "../steps/use_folder";
import type { FolderFile, Rows } from "../steps/use_folder";

/** The entry for what is not in a file; no data set can have this name. */
const VALUES = "(values)";

export function DataTab(props: TestProps) {
  const { store, state, language } = props;
  const files = useFolder();
  const root = state.document?.tree ?? null;
  const columns = useColumns(root, store.path);
  const { edit, dialog } = useEdit(store);
  if (!language) {
    return (
      <main className="sheet">
        <p role="status">Loading…</p>
      </main>
    );
  }
  const form: FormContext = {
    language: language as unknown as Language,
    root,
    diagnostics: state.document?.diagnostics ?? [],
    variables: Object.entries(columns).flatMap(([set, names]) =>
      names.map((column) => ({ name: `${set}.${column}`, from: `a column of “${set}”`, path: "/data" })),
    ),
    files: namesFrom(files, store.path),
    within: "",
    passwords: new Set(),
    edit: (ops) => void edit(ops),
    repair: (diagnostic) => void store.replaceText(applyEdits(state.document?.text ?? "", diagnostic.edits)),
  };
  return (
    <CurrentForm.Provider value={form}>
      <Data {...props} root={root} language={form.language} files={files} />
      {dialog}
    </CurrentForm.Provider>
  );
}

type Props = Omit<TestProps, "language"> & { root: TreeNode | null; language: Language; files: FolderFile[] };

function inlineRows(node: TreeNode | undefined): Rows | null {
  const list = childOf(node, "rows");
  if (list?.kind !== "list") return null;
  const columns = [...new Set(list.items.flatMap(keysOf))];
  const cell = (item: TreeNode, column: string) => {
    const value = childOf(item, column);
    return value ? (textOf(value) ?? JSON.stringify(toValue(value))) : "";
  };
  const rows = list.items.map((item) => columns.map((column) => cell(item, column)));
  return { path: "the test", columns, row_count: rows.length, from: 0, rows };
}

function secretColumns(node: TreeNode | undefined, columns: string[]): string[] {
  const secret = childOf(node, "secret");
  if (!secret) return [];
  const value = toValue(secret);
  if (value === true || value === "yes" || value === "all") return columns;
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** Makes a column secret, or not any more. */
function toggleSecret(root: TreeNode | null, name: string, secret: string[], column: string): EditOp[] {
  const path = joinPath("/data", name, "secret");
  const next = secret.includes(column) ? secret.filter((one) => one !== column) : [...secret, column];
  return next.length ? setValue(root, path, next) : removeValue(root, path);
}

function Data({ store, root, language, rest, files }: Props) {
  const sets = keysOf(childOf(root, "data"));
  const asked = rest[0] ?? "";
  const name = sets.includes(asked) || asked === VALUES ? asked : (sets[0] ?? "");
  const node = childOf(childOf(root, "data"), name);
  const file = textOf(childOf(node, "file")) ?? "";
  const path = file && !file.includes("${") ? folderOf(store.path) + file : "";
  const [from, setFrom] = useState(0);
  const [pasting, setPasting] = useState<"new" | "old" | null>(null);
  const [failed, setFailed] = useState<ApiError | null>(null);
  const window = useRows(path, from);
  const rows = path ? window.rows : inlineRows(node);
  const show = (next: string) => {
    setFrom(0);
    replace(href("test", store.path, "data", next));
  };
  const change = (work: (text: string) => string | null) =>
    void changeText(path, work).then(
      () => {
        setFailed(null);
        window.reload();
      },
      (thrown) => setFailed(asApiError(thrown)),
    );
  const delimiter = rows?.delimiter ?? ",";
  const isTable = path !== "" && rows?.delimiter !== undefined;
  const addSet = async (set: string, dataFile: string) => {
    const order = language.file.rows.map((row) => row.key);
    const added = await store.edit(setValue(root, joinPath("/data", set), { file: dataFile }, order));
    if (added) show(set);
  };
  const paste = async ({ rows: added, columns, name: set, replace: all }: Pasted) => {
    if (pasting === "new") {
      await writeText(`${folderOf(store.path)}${set}.csv`, writeCsv([columns, ...added]));
      return addSet(set, `${set}.csv`);
    }
    await changeText(path, (text) =>
      all ? writeCsv([columns, ...added], delimiter) : addRows(text, delimiter, added),
    );
    window.reload();
  };
  const unused = files.filter((one) => one.kind === "data" && one.path.startsWith(folderOf(store.path)));

  return (
    <main className={name === VALUES || !sets.length ? "work one" : "work data"}>
      <h1 className="unseen">Data</h1>
      <section className="pane" aria-label={name === VALUES ? "Parameters and variables" : "Rows"}>
        <div className="head wrap">
          <Sets sets={sets} name={name} onShow={show} />
          {rows && name !== VALUES && (
            <small className="grow">
              {file || "in the test"}: {countOf(rows.row_count, "row")}, {countOf(rows.columns.length, "column")}
            </small>
          )}
          <span className="grow" />
          {name !== VALUES && isTable && (
            <button type="button" className="small" onClick={() => setPasting("old")}>
              Add or replace rows
            </button>
          )}
          <button type="button" className="small" onClick={() => setPasting("new")}>
            Paste from a spreadsheet
          </button>
        </div>
        <div className="pad stack">
          <ErrorNote error={failed} onClose={() => setFailed(null)} />
          {name === VALUES ? (
            <Values language={language} />
          ) : !sets.length ? (
            <NoData
              unused={unused}
              scenario={store.path}
              onPaste={() => setPasting("new")}
              onUse={addSet}
              onValues={() => show(VALUES)}
            />
          ) : (
            <>
              <ErrorNote
                error={window.problem}
                title={file ? `${file} cannot be shown.` : "The rows cannot be shown."}
                retry={window.reload}
              />
              {rows && (
                <RowsTable
                  rows={rows}
                  secret={secretColumns(node, rows.columns)}
                  onSecret={(column) =>
                    void store.edit(toggleSecret(root, name, secretColumns(node, rows.columns), column))
                  }
                  {...(isTable
                    ? {
                        onChange: (row, column, value) =>
                          change((text) => changeCell(text, delimiter, row, column, value)),
                        onRemove: (row) => change((text) => removeRow(text, delimiter, row)),
                      }
                    : {})}
                />
              )}
              {rows && isTable && (
                <div className="row">
                  <button
                    type="button"
                    className="small"
                    onClick={() => change((text) => addRows(text, delimiter, [rows.columns.map(() => "")]))}
                  >
                    + Row
                  </button>
                  <Pages rows={rows} onShow={setFrom} />
                </div>
              )}
              {rows && !isTable && path && <Pages rows={rows} onShow={setFrom} />}
            </>
          )}
        </div>
      </section>
      {node && name !== VALUES && (
        <aside className="pane" aria-label="Who gets which row">
          <div className="head">
            <h2>Who gets which row</h2>
          </div>
          <SetForm
            key={name}
            name={name}
            columns={rows?.columns ?? []}
            onRename={(to) => void store.edit(renameSet(root, name, to)).then((done) => done && show(to))}
            onRemove={() =>
              void store.edit(removeValue(root, joinPath("/data", name))).then((done) => {
                if (done)
                  toast(`The test does not use “${name}” any more. Its file is kept.`, {
                    undo: () => void store.undo(),
                  });
              })
            }
          />
        </aside>
      )}
      {pasting && (
        <PasteDialog
          {...(pasting === "old" && rows ? { columns: rows.columns, file } : {})}
          taken={sets}
          onPaste={paste}
          onClose={() => setPasting(null)}
        />
      )}
    </main>
  );
}

function Sets({ sets, name, onShow }: { sets: string[]; name: string; onShow: (name: string) => void }) {
  if (!sets.length && name !== VALUES) return <h2>Data</h2>;
  return (
    <select aria-label="Data" className="sets" value={name} onChange={(event) => onShow(event.target.value)}>
      {sets.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
      {!sets.length && <option value="">Data</option>}
      <option value={VALUES}>Parameters and variables</option>
    </select>
  );
}

/** Windows of a long file. */
function Pages({ rows, onShow }: { rows: Rows; onShow: (from: number) => void }) {
  if (rows.row_count <= WINDOW_ROWS) return null;
  const last = Math.min(rows.row_count, rows.from + WINDOW_ROWS);
  return (
    <>
      <button
        type="button"
        className="small"
        disabled={rows.from === 0}
        onClick={() => onShow(Math.max(0, rows.from - WINDOW_ROWS))}
      >
        Earlier rows
      </button>
      <small>
        {rows.from + 1} to {last} of {rows.row_count}
      </small>
      <button
        type="button"
        className="small"
        disabled={last >= rows.row_count}
        onClick={() => onShow(rows.from + WINDOW_ROWS)}
      >
        Later rows
      </button>
    </>
  );
}

interface NoDataProps {
  unused: FolderFile[];
  scenario: string;
  onPaste: () => void;
  onUse: (set: string, file: string) => Promise<void>;
  onValues: () => void;
}

function NoData({ unused, scenario, onPaste, onUse, onValues }: NoDataProps) {
  const use = async (path: string) => {
    const name = path.slice(folderOf(scenario).length);
    await readText(path);
    await onUse(name.replace(/\.[a-z]+$/, "").replace(/[^A-Za-z0-9_]+/g, "_"), name);
  };
  return (
    <Empty title="Every user sends the same values">
      <p>With data, each user or each visit gets a row of its own: an account, a search term, a product.</p>
      <div className="row wrap">
        <button type="button" className="go" onClick={onPaste}>
          Paste from a spreadsheet
        </button>
        {unused.map((one) => (
          <button key={one.path} type="button" onClick={() => void use(one.path)}>
            Use {one.path.split("/").pop()}
          </button>
        ))}
      </div>
      <button type="button" className="small bare" onClick={onValues}>
        Parameters and variables
      </button>
    </Empty>
  );
}

/** Parameters and variables of the test. */
function Values({ language }: { language: Language }) {
  const { root } = useForm();
  const shape = formOf(language, language.file, root ?? undefined, "", root);
  const fields = shape.groups.flatMap((group) => group.fields);
  const shown = ["parameters", "variables"].flatMap((key) => fields.filter((field) => field.row.key === key));
  return (
    <div className="form">
      {shown.map((field) => (
        <FieldView key={field.row.key} field={field} order={shape.order} />
      ))}
    </div>
  );
}
