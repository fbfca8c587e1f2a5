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
