import Table3 from "cli-table3";
import { markdownTable } from "markdown-table";

/** Figures in rows, under a head. */
export interface Table {
  /** The names of the columns. */
  readonly head: readonly string[];
  /** As many cells each as there are columns. */
  readonly rows: readonly (readonly string[])[];
}

/** Columns whose head starts like this hold words; all others hold figures. */
const WORDS = ["allocator", "case", "compared with"];

/** A table for the terminal. */
export function drawTable({ head, rows }: Table): string {
  const table = new Table3({
    head: [...head],
    colAligns: head.map((name) => WORDS.includes(name) ? "left" : "right"),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** A table for a page in Markdown. */
export function drawMarkdownTable({ head, rows }: Table): string {
  return markdownTable([head, ...rows], {
    align: head.map((name) => WORDS.includes(name) ? "left" : "right"),
  });
}
