/* The rows of a data set. A cell is changed by clicking it; cells of secret columns are not shown. */
import { useState } from "../parts/hooks";
import type { KeyboardEvent } from "react";
import type { Rows } from "../steps/use_folder";

interface Props {
  rows: Rows;
  secret: string[];
  /** Undefined if the rows cannot be changed here. */
  onChange?: (row: number, column: number, value: string) => void;
  onRemove?: (row: number) => void;
  onSecret: (column: string) => void;
}

function Cell({
  value,
  secret,
  label,
  onCommit,
}: {
  value: string;
  secret: boolean;
  label: string;
  onCommit?: (value: string) => void;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const shown = secret ? (value ? "••••••" : "") : value;
  if (!onCommit) return <>{shown}</>;
  if (draft === null) {
    return (
      <button
        type="button"
        className="cell"
        aria-label={`${label}: ${secret ? "secret" : value || "empty"}`}
        onClick={() => setDraft(secret ? "" : value)}
      >
        {shown || " "}
      </button>
    );
  }
  const end = () => {
    // An untouched secret stays as it is.
    if (draft !== value && !(secret && draft === "")) onCommit(draft);
    setDraft(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") end();
    if (event.key === "Escape") setDraft(null);
  };
  return (
    <input
      type={secret ? "password" : "text"}
      className="cell"
      aria-label={label}
      placeholder={secret ? "new value" : ""}
      autoComplete="off"
      autoFocus
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={end}
      onKeyDown={onKeyDown}
    />
  );
}

export function RowsTable({ rows, secret, onChange, onRemove, onSecret }: Props) {
  return (
    <div className="card scroll">
      <table className="cells" aria-label={`Rows of ${rows.path}`}>
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">Row</span>
            </th>
            {rows.columns.map((column) => (
              <th key={column} scope="col">
                {column}{" "}
                <button
                  type="button"
                  className="tag"
                  aria-pressed={secret.includes(column)}
                  title={secret.includes(column) ? "Show the values again" : "Hide the values here and in all output"}
                  onClick={() => onSecret(column)}
                >
                  {secret.includes(column) ? "secret" : "hide"}
                </button>
              </th>
            ))}
            {onRemove && (
              <th scope="col">
                <span className="unseen">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.rows.map((cells, index) => {
            const number = rows.from + index + 1;
            return (
              <tr key={number}>
                <td>{number}</td>
                {rows.columns.map((column, at) => (
                  <td key={column}>
                    <Cell
                      value={cells[at] ?? ""}
                      secret={secret.includes(column)}
                      label={`${column}, row ${number}`}
                      {...(onChange ? { onCommit: (value: string) => onChange(number, at, value) } : {})}
                    />
                  </td>
                ))}
                {onRemove && (
                  <td className="act">
                    <button
                      type="button"
                      className="x small bare"
                      aria-label={`Remove row ${number}`}
                      onClick={() => onRemove(number)}
                    >
                      ✕
                    </button>
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
