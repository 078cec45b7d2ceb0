import Table from "cli-table3";
import { columnsOf } from "../map/wrap.ts";

/** A column of a table, made of lists of lines. */
export interface TableColumn<Row> {
  /** What stands at its head, line by line. */
  readonly heading: readonly string[];
  /** What stands in a row, line by line. */
  readonly cell: (row: Row) => readonly string[];
  /** Whether its cells stand at the right. */
  readonly isNumber?: boolean;
}

/** Columns of a terminal that a table takes. */
export function tableWidth<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): number {
  const widths = columns.map(({ heading, cell }) =>
    rows.reduce(
      (most, row) => Math.max(most, widthOf(cell(row))),
      widthOf(heading),
    )
  );
  return widths.reduce((sum, width) => sum + width + 3, 1);
}

/** Draws a table, with lines between rows if they take several lines themselves. */
export function drawTable<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): string {
  const table = new Table({
    head: columns.map(({ heading }) => heading.join("\n")),
    colAligns: columns.map(({ isNumber }) => isNumber ? "right" : "left"),
    style: {
      head: [],
      border: [],
      compact: columns.every(({ heading }) => heading.length === 1),
    },
  });
  for (const row of rows) {
    table.push(columns.map(({ cell }) => cell(row).join("\n")));
  }
  return table.toString();
}

function widthOf(lines: readonly string[]): number {
  return Math.max(...lines.map(columnsOf));
}
