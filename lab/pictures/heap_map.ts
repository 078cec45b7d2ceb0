import type { HeapSnapshot } from "../runs/heap_snapshot.ts";
import { HEADER_BYTES } from "@osmem/osmem/internal/plain";
import type { Address } from "@osmem/osmem";
import { type CellPainter, cellPainter } from "./map/cell_kinds.ts";
import { type CellRun, cellsOf, showsHeaders } from "./map/cell_runs.ts";
import { type MapRow, type RowLayout, rowsOf } from "./map/map_rows.ts";
import { findMarked } from "./map/marked_block.ts";
import { wrap } from "./map/wrap.ts";
import { bytesOf, regionsOf } from "../runs/regions.ts";
import type { Palette } from "./palette.ts";
import { formatBytes } from "../words.ts";

const LABEL_COLUMNS = 10;
const FEWEST_CELLS = 8; // in a row
const MOST_ROWS = 8;

/** Bytes of a cell where headers have cells of their own, the finest first. */
const FINE_SCALES = [8, 16, HEADER_BYTES] as const;

const FOLD = "⋮";
const MARK = "▲";

/** How a map is drawn. */
export interface HeapMapOptions {
  /** Columns that a line may take, at least 20. */
  readonly width: number;
  /** Bytes that a cell stands for, as {@linkcode bytesPerCell} gives them. */
  readonly bytesPerCell: number;
  /** The colours. */
  readonly palette: Palette;
  /** Address of the header of a block to point at; 0 or none for no block. */
  readonly marked?: Address;
}

/**
 * Bytes that one cell has to stand for so that each of the maps takes a few
 * lines only: a power of two, the same for all, so that they can be compared. It
 * is small enough for headers to be seen, if there are few enough blocks.
 *
 * @param snapshots What to draw.
 * @param width Columns that a line may take.
 */
export function bytesPerCell(
  snapshots: readonly HeapSnapshot[],
  width: number,
): number {
  const fine = FINE_SCALES.find((scale) =>
    snapshots.every((snapshot) => fits(snapshot, scale, width))
  );
  if (fine !== undefined) return fine;
  const cells = MOST_ROWS * cellsInRow(width);
  const bytes = Math.max(...snapshots.map(drawnBytes));
  const least = Math.max(2 * HEADER_BYTES, bytes / cells);
  return 2 ** Math.ceil(Math.log2(least));
}

/**
 * Draws a heap to scale, in address order, with its mappings below it. A heap of
 * few blocks is drawn so fine that headers can be seen, and what would fill many
 * rows is folded:
 *
 * ```text
 *         0 B ▌▌▌▌█████████████▌▌▌▌████████▌▌▌▌░░░░
 *                 ▲▲▲▲▲▲▲▲▲▲▲▲▲
 *       296 B ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
 *   ⋮ 127 KiB ░
 *      mapped ▌▌▌▌▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚
 *   ⋮ 195 KiB ▚
 * ```
 *
 * A heap of many blocks shows how much of each cell is in use:
 *
 * ```text
 *         0 B ████████▓▓███▒▒░░░█
 *      23 KiB ██▒░░┊██████▓▓░░░░░
 *      mapped ▚▚▚▚▚▚▚▚▚▞▞▞▞▞▞▞▞▞▞▞▞▞▞
 * ```
 *
 * The numbers are offsets from the heap's first byte. Only a gap is not to
 * scale: it takes one cell however much memory of others lies there.
 */
export function drawHeapMap(
  snapshot: HeapSnapshot,
  options: HeapMapOptions,
): string {
  const { width, bytesPerCell: scale } = options;
  if (snapshot.length === 0) {
    return wrap(["(the heap has no memory yet)"], width);
  }
  const { heap, mappings } = cellsOf(snapshot, scale);
  const layout = layoutOf(width, scale);
  const marked = findMarked(snapshot, options.marked ?? 0);
  const isMarked = ({ offset }: CellRun) =>
    marked?.isMapped === false && offset < marked.end &&
    offset + (layout.folds ? 1 : scale) > marked.start;
  const isMappedMarked = ({ offset }: CellRun) =>
    marked?.isMapped === true && marked.start <= offset && offset < marked.end;
  return [
    ...drawRows(rowsOf(heap, layout), options, formatBytes, isMarked),
    ...drawRows(
      rowsOf(mappings, layout),
      options,
      () => "mapped",
      isMappedMarked,
    ),
  ].join("\n");
}

/**
 * Says what the cells mean, and what they stand for.
 *
 * @param snapshots What was drawn.
 * @param options How it was drawn.
 */
export function drawLegend(
  snapshots: readonly HeapSnapshot[],
  options: HeapMapOptions,
): string {
  const { width, bytesPerCell: scale, palette, marked } = options;
  const isFine = showsHeaders(scale);
  const paint = cellPainter(palette);
  const regions = snapshots.map(regionsOf);
  const hasMappings = regions.some(({ mappings }) => mappings.length > 0);
  const hasGaps = regions.some(({ segments }) => segments.length > 1);
  const hasMark = snapshots.some((snapshot) =>
    findMarked(snapshot, marked ?? 0) !== undefined
  );
  const entries = [
    `one cell is ${formatBytes(scale)}`,
    ...(isFine ? fineEntries(snapshots, options) : coarseEntries(paint)),
  ];
  if (hasMappings) {
    entries.push(
      `${paint("mapping")}${
        paint("nextMapping")
      } mappings (alternating colours)`,
    );
  }
  if (hasGaps) entries.push(`${paint("gap")} memory of others (not to scale)`);
  if (hasMark) entries.push(`${palette.marked(MARK)} the last call's block`);
  return wrap(entries, width);
}

function fineEntries(
  snapshots: readonly HeapSnapshot[],
  { width, bytesPerCell: scale, palette }: HeapMapOptions,
): string[] {
  const paint = cellPainter(palette);
  const isFolded = snapshots.some((snapshot) =>
    allRows(snapshot, width, scale).some(({ foldedCells }) => foldedCells > 0)
  );
  return [
    `${paint("header")} header`,
    `${paint("used")} allocated`,
    `${paint("free")} free`,
    ...(isFolded ? [`${FOLD} this many more bytes in the same state`] : []),
  ];
}

function coarseEntries(paint: CellPainter): string[] {
  return [
    `${paint("used")} in use`,
    `${paint("mostlyUsed")} half or more`,
    `${paint("partlyUsed")} less than half`,
    `${paint("free")} free`,
    "headers count with their block",
  ];
}

/** Whether a heap takes a few lines only at a scale that shows headers. */
function fits(snapshot: HeapSnapshot, scale: number, width: number): boolean {
  const mostBlocks = MOST_ROWS * cellsInRow(width);
  return snapshot.length <= mostBlocks &&
    allRows(snapshot, width, scale).length <= MOST_ROWS;
}

function allRows(
  snapshot: HeapSnapshot,
  width: number,
  scale: number,
): MapRow[] {
  const { heap, mappings } = cellsOf(snapshot, scale);
  const layout = layoutOf(width, scale);
  return [...rowsOf(heap, layout), ...rowsOf(mappings, layout)];
}

function layoutOf(width: number, scale: number): RowLayout {
  return {
    columns: cellsInRow(width),
    bytesPerCell: scale,
    folds: showsHeaders(scale),
  };
}

function drawnBytes(snapshot: HeapSnapshot): number {
  const { segments, mappings } = regionsOf(snapshot);
  return bytesOf(segments) + bytesOf(mappings);
}

function cellsInRow(width: number): number {
  return Math.max(FEWEST_CELLS, width - LABEL_COLUMNS - 1);
}

/** Draws rows, each after a label, and points at the first part of a marked block. */
function drawRows(
  rows: readonly MapRow[],
  { bytesPerCell: scale, palette }: HeapMapOptions,
  labelOf: (offset: number) => string,
  isMarked: (run: CellRun) => boolean,
): string[] {
  const paint = cellPainter(palette);
  let wasMarked = false;
  return rows.flatMap(({ runs, foldedCells }) => {
    const label = foldedCells > 0
      ? `${FOLD} ${formatBytes(foldedCells * scale)}`
      : labelOf(runs[0]!.offset);
    const line = `${label.padStart(LABEL_COLUMNS)} ${paintRuns(runs, paint)}`;
    if (wasMarked || !runs.some(isMarked)) return [line];
    wasMarked = true;
    const marks = runs.map((run) =>
      (isMarked(run) ? MARK : " ").repeat(run.count)
    ).join("").trimEnd();
    return [line, `${" ".repeat(LABEL_COLUMNS)} ${palette.marked(marks)}`];
  });
}

/** Cells of one kind beside each other are painted as one. */
function paintRuns(runs: readonly CellRun[], paint: CellPainter): string {
  let text = "";
  for (let start = 0; start < runs.length;) {
    const { kind } = runs[start]!;
    let count = 0;
    for (; runs[start]?.kind === kind; start++) count += runs[start]!.count;
    text += paint(kind, count);
  }
  return text;
}
