/** A row of a table: its cells, by the headings of their columns. */
export type Row = Readonly<Record<string, string>>;

/** The rows of every Markdown table in a text, in order. */
export function rowsOf(markdown: string): Row[] {
  const rows: Row[] = [];
  let columns: readonly string[] | undefined;
  for (const line of markdown.split("\n")) {
    if (!line.startsWith("|")) columns = undefined;
    else if (!columns) columns = cellsOf(line);
    else if (!/^[|:\- ]+$/.test(line)) {
      const cells = cellsOf(line);
      rows.push(
        Object.fromEntries(
          columns.map((column, index) => [column, cells[index] ?? ""]),
        ),
      );
    }
  }
  return rows;
}

function cellsOf(line: string): string[] {
  return line.split("|").slice(1, -1).map((cell) => cell.trim());
}
