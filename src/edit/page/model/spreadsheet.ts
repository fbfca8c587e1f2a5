/* Cells pasted from a spreadsheet, and data files in the CSV format. */

/** The cells of pasted text: tabs between cells, quotes around cells with line ends; or commas. */
export function readCells(text: string): string[][] {
  const first = text.split(/\r?\n/, 1)[0] ?? "";
  const glue = first.includes("\t") ? "\t" : first.includes(";") && !first.includes(",") ? ";" : ",";
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endCell = () => {
    row.push(cell);
    cell = "";
  };
  const endRow = () => {
    endCell();
    if (row.some((one) => one.trim() !== "")) rows.push(row);
    row = [];
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') cell += text[i++];
      else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === glue) endCell();
    else if (c === "\n") endRow();
    else if (c !== "\r" || text[i + 1] !== "\n") cell += c;
  }
  if (cell !== "" || row.length) endRow();
  const width = rows.reduce((most, one) => Math.max(most, one.length), 0);
  return rows.map((one) => [...one, ...Array<string>(width - one.length).fill("")]);
}

function writeCell(cell: string, delimiter: string): string {
  const plain = !/["\r\n]/.test(cell) && !cell.includes(delimiter) && cell.trim() === cell;
  return plain ? cell : `"${cell.replace(/"/g, '""')}"`;
}

export function writeCsv(rows: readonly string[][], delimiter = ","): string {
  return rows
    .map((row) => {
      const line = row.map((cell) => writeCell(cell, delimiter)).join(delimiter);
      // A line without any character is not a row.
      return line === "" ? '""' : line;
    })
    .join("\n")
    .concat("\n");
}

/** The reason why the first row cannot be the names of columns, as a sentence; or null. */
export function wrongColumns(names: readonly string[]): string | null {
  if (!names.length) return "There are no cells in the text.";
  const empty = names.findIndex((name) => name.trim() === "");
  if (empty >= 0) return `Column ${empty + 1} has no name in the first row.`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? null : `Two columns have the name “${twice}”.`;
}

/** A name for a file or a data set, from any text. */
export function fileWord(text: string): string {
  const word = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return /^[a-z]/.test(word) ? word : word ? `data_${word}` : "data";
}

export interface CellSpan {
  begin: number;
  end: number;
}

/** The places of the cells in the text of a table, with their quotes; lines without text do not count. */
export function cellSpans(text: string, delimiter: string): CellSpan[][] {
  const rows: CellSpan[][] = [];
  let row: CellSpan[] = [];
  let begin = text.startsWith("\uFEFF") ? 1 : 0;
  let quoted = false;
  const endCell = (end: number) => {
    row.push({ begin, end });
    begin = end + 1;
  };
  const endRow = (end: number) => {
    const cut = text[end - 1] === "\r" ? end - 1 : end;
    endCell(cut);
    if (row.length > 1 || cut > (row[0]?.begin ?? 0)) rows.push(row);
    row = [];
    begin = end + 1;
  };
  for (let i = begin; i < text.length; i++) {
    const c = text[i];
    if (c === '"') quoted = !quoted;
    else if (!quoted && c === delimiter) endCell(i);
    else if (!quoted && c === "\n") endRow(i);
  }
  if (begin < text.length || row.length) endRow(text.length);
  return rows;
}

/** The text of the table with another value in one cell; row 0 has the names. Null: there is no such cell. */
export function changeCell(text: string, delimiter: string, row: number, column: number, value: string): string | null {
  const span = cellSpans(text, delimiter)[row]?.[column];
  return span ? text.slice(0, span.begin) + writeCell(value, delimiter) + text.slice(span.end) : null;
}

/** The text of the table with more rows at the end. */
export function addRows(text: string, delimiter: string, rows: readonly string[][]): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const start = text === "" || text.endsWith("\n") ? text : text + newline;
  return start + writeCsv(rows, delimiter).replace(/\n$/, "").split("\n").join(newline) + newline;
}

/** The text of the table without a row; row 0 has the names. */
export function removeRow(text: string, delimiter: string, row: number): string {
  const spans = cellSpans(text, delimiter);
  const own = spans[row];
  const begin = own?.[0]?.begin;
  if (own === undefined || begin === undefined) return text;
  const end = spans[row + 1]?.[0]?.begin ?? text.length;
  return text.slice(0, begin) + text.slice(end);
}

/** The rows of a JSON file: a list of objects, or one object on each line (.jsonl). */
export function jsonRows(text: string, lines: boolean): { columns: string[]; rows: string[][] } | null {
  try {
    const parsed: unknown = lines
      ? text
          .split("\n")
          .filter((line) => line.trim())
          .map((line) => JSON.parse(line) as unknown)
      : JSON.parse(text);
    if (!Array.isArray(parsed)) return null;
    const objects = parsed as { [key: string]: unknown }[];
    const columns = [...new Set(objects.flatMap((one) => Object.keys(one ?? {})))];
    const cell = (value: unknown) =>
      value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
    return { columns, rows: objects.map((one) => columns.map((column) => cell(one[column]))) };
  } catch {
    return null;
  }
}
