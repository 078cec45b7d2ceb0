import { stripAnsiCode } from "@std/fmt/colors";
import type { HeapSnapshot } from "../runs/heap_snapshot.ts";
import {
  bytesOf,
  type Region,
  regionsOf,
  usedBytesByCell,
} from "./map_regions.ts";
import type { Palette } from "./palette.ts";
import { formatBytes } from "./units.ts";

const LABEL_COLUMNS = 10;
const FEWEST_CELLS = 8; // in a row
const MOST_ROWS = 8;
const SMALLEST_CELL = 8; // bytes: the heap's unit

type CellKind =
  | "used"
  | "mostlyUsed"
  | "partlyUsed"
  | "free"
  | "gap"
  | "mapping"
  | "nextMapping";

const GLYPHS: Readonly<Record<CellKind, string>> = {
  used: "█",
  mostlyUsed: "▓",
  partlyUsed: "▒",
  free: "░",
  gap: "┊",
  mapping: "▚",
  nextMapping: "▞",
};

interface Cell {
  readonly kind: CellKind;
  /** Bytes between the heap's first byte and what the cell shows. */
  readonly offset: number;
}

/** How a map is drawn. */
export interface HeapMapOptions {
  /** Columns that a line may take. */
  readonly width: number;
  /** Bytes that a cell stands for, as {@linkcode bytesPerCell} gives them. */
  readonly bytesPerCell: number;
  /** The colours. */
  readonly palette: Palette;
}

/**
 * Bytes that one cell has to stand for so that each of the maps takes a few
 * lines only: a power of two, the same for all, so that they can be compared.
 *
 * @param snapshots What is to be drawn.
 * @param width Columns that a line may take.
 */
export function bytesPerCell(
  snapshots: readonly HeapSnapshot[],
  width: number,
): number {
  const cells = MOST_ROWS * cellsInRow(width);
  const bytes = Math.max(...snapshots.map(drawnBytes));
  const least = Math.max(SMALLEST_CELL, bytes / cells);
  return 2 ** Math.ceil(Math.log2(least));
}

/**
 * Draws a heap to scale, in address order, with its mappings below it:
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
  const { segments, mappings } = regionsOf(snapshot);
  const scale = options.bytesPerCell;
  const heap = segments.flatMap((segment, index) => {
    const offset = segment.start - (segments[0] as Region).start;
    const cells = segmentCells(snapshot, segment, scale, offset);
    return index === 0 ? cells : [{ kind: "gap", offset } as const, ...cells];
  });
  const heapRows = rows(heap, options, ({ offset }) => formatBytes(offset));
  const mappedRows = rows(
    mappingCells(mappings, scale),
    options,
    () => "mapped",
  );
  if (heap.length + mappings.length === 0) {
    return `${"".padStart(LABEL_COLUMNS)} (nothing is held from the system)`;
  }
  return [...heapRows, ...mappedRows].join("\n");
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
  const regions = snapshots.map(regionsOf);
  const paint = painter(options.palette);
  const entries = [
    `one cell is ${formatBytes(options.bytesPerCell)}`,
    `${paint("used")} in use`,
    `${paint("mostlyUsed")} half or more`,
    `${paint("partlyUsed")} less than half`,
    `${paint("free")} free`,
  ];
  if (regions.some(({ mappings }) => mappings.length > 0)) {
    entries.push(
      `${paint("mapping")}${paint("nextMapping")} mappings, by turns`,
    );
  }
  if (regions.some(({ segments }) => segments.length > 1)) {
    entries.push(`${paint("gap")} memory of others (not to scale)`);
  }
  return wrap(entries, options.width);
}

function drawnBytes(snapshot: HeapSnapshot): number {
  const { segments, mappings } = regionsOf(snapshot);
  return bytesOf(segments) + bytesOf(mappings);
}

function cellsInRow(width: number): number {
  return Math.max(FEWEST_CELLS, width - LABEL_COLUMNS - 1);
}

function segmentCells(
  snapshot: HeapSnapshot,
  segment: Region,
  scale: number,
  firstOffset: number,
): Cell[] {
  const used = usedBytesByCell(snapshot, segment, scale);
  return Array.from(used, (usedBytes, index) => {
    const bytes = Math.min(scale, segment.length - index * scale);
    return {
      kind: kindByShare(usedBytes / bytes),
      offset: firstOffset + index * scale,
    };
  });
}

function kindByShare(share: number): CellKind {
  if (share === 0) return "free";
  if (share < 0.5) return "partlyUsed";
  return share < 1 ? "mostlyUsed" : "used";
}

/** Mappings side by side; a cell shows the one that its middle lies in. */
function mappingCells(mappings: readonly Region[], scale: number): Cell[] {
  const cells: Cell[] = [];
  let end = 0;
  mappings.forEach((mapping, index) => {
    end += mapping.length;
    const kind = index % 2 === 0 ? "mapping" : "nextMapping";
    const last = index === mappings.length - 1;
    const until = last ? Math.ceil(end / scale) : Math.round(end / scale);
    while (cells.length < until) cells.push({ kind, offset: 0 });
  });
  return cells;
}

function rows(
  cells: readonly Cell[],
  { width, palette }: HeapMapOptions,
  labelOf: (first: Cell) => string,
): string[] {
  const lines: string[] = [];
  for (let start = 0; start < cells.length; start += cellsInRow(width)) {
    const row = cells.slice(start, start + cellsInRow(width));
    const text = labelOf(row[0] as Cell).padStart(LABEL_COLUMNS);
    lines.push(`${text} ${paintRow(row, palette)}`);
  }
  return lines;
}

function paintRow(row: readonly Cell[], palette: Palette): string {
  const paint = painter(palette);
  let text = "";
  for (let start = 0; start < row.length;) {
    const { kind } = row[start] as Cell;
    let end = start + 1;
    while (row[end]?.kind === kind) end++;
    text += paint(kind, end - start);
    start = end;
  }
  return text;
}

function painter(palette: Palette): (kind: CellKind, count?: number) => string {
  const [mapping, nextMapping] = palette.mapping;
  const paints = {
    used: palette.used,
    mostlyUsed: palette.partlyUsed,
    partlyUsed: palette.partlyUsed,
    free: palette.free,
    gap: palette.gap,
    mapping,
    nextMapping,
  };
  return (kind, count = 1) => paints[kind](GLYPHS[kind].repeat(count));
}

/** Puts as many entries on a line as fit; colours take no columns. */
function wrap(entries: readonly string[], width: number): string {
  const lines: string[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    const longer = `${last}   ${entry}`;
    const fits = last !== undefined && columnsOf(longer) <= width;
    if (fits) lines[lines.length - 1] = longer;
    else lines.push(entry);
  }
  return lines.join("\n");
}

function columnsOf(text: string): number {
  return stripAnsiCode(text).length;
}
