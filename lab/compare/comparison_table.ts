import { stripAnsiCode } from "@std/fmt/colors";
import Table from "cli-table3";
import type { Palette } from "../pictures/palette.ts";
import { printable } from "../printable.ts";
import { formatBytes, formatCount, formatShare } from "../words.ts";
import type { HeapPolicy } from "@osmem/osmem";
import {
  COMPARED_FIGURES,
  type ComparedFigure,
  type ComparisonRow,
  isBest,
} from "./comparison.ts";

/** Stands before the best value of a column where there are no colours. */
const BEST_MARK = "*";

/** The headings, and how values are written. */
const COLUMNS: Readonly<
  Record<ComparedFigure, readonly [heading: string, (value: number) => string]>
> = {
  utilisation: ["utili-\nsation", formatShare],
  peakLiveBytes: ["peak\nlive", formatBytes],
  peakFootprintBytes: ["peak\nfootprint", formatBytes],
  internalFragmentationBytes: ["internal\nfragm.", formatBytes],
  externalFragmentation: ["external\nfragm.", formatShare],
  headerBytes: ["headers", formatBytes],
  blockedRequests: ["blocked\nrequests", formatCount],
  meanSearchLength: ["mean\nsearch", (length) => length.toFixed(1)],
  worstSearchLength: ["worst\nsearch", formatCount],
  brkCalls: ["brk", formatCount],
  mmapCalls: ["mmap", formatCount],
  munmapCalls: ["munmap", formatCount],
  callsPerSecond: ["calls/s", formatRate],
};

const FIGURES = Object.keys(COMPARED_FIGURES) as ComparedFigure[];

/** How a comparison is drawn. */
export interface ComparisonTableOptions {
  /** Columns that a line may take. */
  readonly width: number;
  /** The colours. */
  readonly palette: Palette;
}

/** A column of the table: its heading, and a cell for each row. */
interface TableColumn {
  readonly heading: string;
  readonly cells: readonly string[];
}

/**
 * Draws a comparison: a group of rows for each trace, and the best value of each
 * column marked. Columns that do not fit beside the others follow in a table of
 * their own.
 *
 * @param rows The rows.
 * @param options How to draw them.
 */
export function drawComparison(
  rows: readonly ComparisonRow[],
  { width, palette }: ComparisonTableOptions,
): string {
  const parts = varyingParts(rows);
  const policies = {
    heading: "policy",
    cells: rows.map(({ policy }) => `  ${describeParts(policy, parts)}`),
  };
  const figures = FIGURES.map((figure) => ({
    heading: COLUMNS[figure][0],
    cells: rows.map((row) => cell(row, figure, rows, palette)),
  }));
  const room = width - columnWidth(policies) - 1;
  const tables = splitToFit(figures, room).map((columns) =>
    drawTable(rows, [policies, ...columns], palette)
  );
  const note = `${palette.best(BEST_MARK)} the best value of a trace's column`;
  return [...tables, note].join("\n");
}

function drawTable(
  rows: readonly ComparisonRow[],
  columns: readonly TableColumn[],
  palette: Palette,
): string {
  const table = new Table({
    head: columns.map(({ heading }) => heading),
    colAligns: columns.map((_, at) => at === 0 ? "left" : "right"),
    style: { head: [], border: [], compact: true },
  });
  rows.forEach(({ trace }, at) => {
    if (trace !== rows[at - 1]?.trace) {
      const content = palette.heading(printable(trace));
      table.push([{ content, colSpan: columns.length }]);
    }
    table.push(columns.map(({ cells }) => cells[at] as string));
  });
  return table.toString();
}

/** Puts as many columns beside each other as fit, and at least one. */
function splitToFit(
  columns: readonly TableColumn[],
  room: number,
): TableColumn[][] {
  const groups: TableColumn[][] = [];
  let left = 0;
  for (const column of columns) {
    const width = columnWidth(column);
    if (width > left) {
      groups.push([]);
      left = room;
    }
    groups.at(-1)?.push(column);
    left -= width;
  }
  return groups;
}

/** Characters that a column takes, with a blank on both sides and a line. */
function columnWidth({ heading, cells }: TableColumn): number {
  const lines = [...heading.split("\n"), ...cells.map(stripAnsiCode)];
  return Math.max(...lines.map((line) => line.length)) + 3;
}

function cell(
  row: ComparisonRow,
  figure: ComparedFigure,
  rows: readonly ComparisonRow[],
  palette: Palette,
): string {
  const value = row[figure];
  const text = value === null ? "-" : COLUMNS[figure][1](value);
  return isBest(row, figure, rows) ? palette.best(`${BEST_MARK}${text}`) : text;
}

/** The fit, and every other part of the policy that differs between the rows. */
function varyingParts(rows: readonly ComparisonRow[]): (keyof HeapPolicy)[] {
  const [first] = rows;
  if (!first) return [];
  const parts = Object.keys(first.policy) as (keyof HeapPolicy)[];
  return parts.filter((part) =>
    part === "fit" ||
    rows.some(({ policy }) => policy[part] !== first.policy[part])
  );
}

const PART_NAMES: Readonly<Record<keyof HeapPolicy, string>> = {
  fit: "",
  split: "split ",
  coalesce: "coalesce ",
  mmapThreshold: "mmap from ",
  callocThreshold: "calloc mmap from ",
  preallocate: "preallocate ",
  growth: "growth ",
};

function describeParts(
  policy: HeapPolicy,
  parts: readonly (keyof HeapPolicy)[],
): string {
  return parts.map((part) => `${PART_NAMES[part]}${describe(policy[part])}`)
    .join(", ");
}

function describe(value: HeapPolicy[keyof HeapPolicy]): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === Infinity) return "never";
  return typeof value === "number" ? formatBytes(value) : value;
}

function formatRate(value: number): string {
  return value < 1e5 ? formatCount(value) : `${(value / 1e6).toFixed(1)} M`;
}
