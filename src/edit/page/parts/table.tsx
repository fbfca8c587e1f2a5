import type { ReactNode } from "react";

export interface Column {
  label: string;
  hidden?: boolean; // only for screen readers
  number?: boolean;
}

export interface TableProps {
  label: string;
  head: Column[];
  rows: { key: string; cells: ReactNode[] }[];
}

/** The first cell of a row is its heading. */
export function Table({ label, head, rows }: TableProps) {
  return (
    <table aria-label={label}>
      <thead>
        <tr>
          {head.map((column) => (
            <th key={column.label} scope="col" className={column.number ? "n" : undefined}>
              {column.hidden ? <span className="unseen">{column.label}</span> : column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            {row.cells.map((cell, i) =>
              i === 0 ? (
                <th key={i} scope="row">
                  {cell}
                </th>
              ) : (
                <td key={i} className={head[i]?.number ? "n" : undefined}>
                  {cell}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
