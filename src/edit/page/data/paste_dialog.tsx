/* Cells from a spreadsheet become a data file, or more rows of one. */
import { useState } from "../parts/hooks";
import { asApiError } from "../api";
import type { ApiError } from "../api";
import { fileWord, readCells, wrongColumns } from "../model/spreadsheet";
import { countOf } from "../model/quantity";
import { Dialog } from "../parts/dialog";
import { ErrorNote } from "../parts/note";
import { Segments } from "../parts/segments";

export interface Pasted {
  /** Without the first row if it has the names. */
  rows: string[][];
  columns: string[];
  /** The name of a new data set. */
  name: string;
  /** Whether the rows replace those of the file. */
  replace: boolean;
}

interface Props {
  /** The columns of the data set that gets the rows; undefined for a new one. */
  columns?: string[];
  file?: string;
  text?: string;
  taken: string[];
  onPaste: (pasted: Pasted) => Promise<void>;
  onClose: () => void;
}

const PREVIEW_ROWS = 5;

function samples(rows: string[][], columns: string[]) {
  return (
    <div className="card scroll">
      <table className="cells sample" aria-label="The first rows">
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={index} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, PREVIEW_ROWS).map((row, index) => (
            <tr key={index}>
              {columns.map((_, at) => (
                <td key={at}>{row[at]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The reason why the cells cannot be used; or null. */
function refusal(cells: string[][], columns: string[], width: number | undefined): string | null {
  if (!cells.length) return null;
  if (width !== undefined && columns.length !== width) {
    return `The rows have ${countOf(columns.length, "column")}, but the file has ${width}.`;
  }
  return wrongColumns(columns);
}

export function PasteDialog({ columns: old, file, text: first, taken, onPaste, onClose }: Props) {
  const [text, setText] = useState(first ?? "");
  const [name, setName] = useState("account");
  const [replace, setReplace] = useState(old === undefined);
  const [header, setHeader] = useState(old === undefined);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const cells = readCells(text);
  const names =
    replace && !header
      ? (cells[0] ?? []).map((_, index) => `column${index + 1}`)
      : (cells[0] ?? []).map((one) => one.trim());
  const columns = replace ? names : (old ?? []);
  const rows = header ? cells.slice(1) : cells;
  const width = replace ? undefined : old?.length;
  const wrong = refusal(cells, replace ? columns : (cells[0] ?? []).map((_, index) => `${index}`), width);
  const set = fileWord(name);
  const exists = old === undefined && taken.includes(set);
  const ready = rows.length > 0 && !wrong && !exists;
  const paste = () => {
    onPaste({ rows, columns, name: set, replace }).then(onClose, (thrown) => setProblem(asApiError(thrown)));
  };
  return (
    <Dialog
      title="Paste from a spreadsheet"
      wide
      onClose={onClose}
      actions={
        <button type="button" className="go" disabled={!ready} onClick={paste}>
          {old === undefined
            ? `Save as ${set}.csv`
            : replace
              ? `Replace the rows of ${file}`
              : `Add ${countOf(rows.length, "row")}`}
        </button>
      }
    >
      {old !== undefined && (
        <Segments
          small
          label="What to do with the rows"
          value={replace ? "replace" : "add"}
          options={[
            { value: "add", label: "Add to the end" },
            { value: "replace", label: "Replace all rows" },
          ]}
          onChange={(value) => {
            setReplace(value === "replace");
            setHeader(value === "replace");
          }}
        />
      )}
      <div className="f">
        <label htmlFor="cells">Cells</label>
        <textarea
          id="cells"
          rows={6}
          autoFocus
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="help">Copy the cells in the spreadsheet and paste them here. CSV works too.</span>
      </div>
      <label className="row">
        <input
          type="checkbox"
          className="tick"
          checked={header}
          onChange={(event) => setHeader(event.target.checked)}
        />
        <span>The first row has the names of the columns</span>
      </label>
      {wrong && (
        <p className="err" role="alert">
          {wrong}
        </p>
      )}
      {rows.length > 0 && (
        <>
          <p className="soft">
            {countOf(rows.length, "row")}, {countOf(columns.length, "column")}
          </p>
          {samples(rows, columns)}
        </>
      )}
      {old === undefined && (
        <div className="f">
          <label htmlFor="set-name">In steps it is called</label>
          <input id="set-name" type="text" value={name} onChange={(event) => setName(event.target.value)} />
          {exists && <span className="err">The test has data with this name.</span>}
          <span className="help">
            Then <span className="chip">{`${set}.${columns[0] || "column"}`}</span> is a cell of the row that a user
            gets.
          </span>
        </div>
      )}
      <ErrorNote error={problem} />
    </Dialog>
  );
}
