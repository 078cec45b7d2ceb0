import type { HeapStats } from "../heap_stats.ts";
import type { Block } from "../layout.ts";

/** The options of `Deno.InspectOptions` that the summary uses. */
export interface SummaryOptions {
  /** How many levels to show; below 0 only the name is shown. */
  readonly depth?: number | null;
  readonly compact?: boolean;
}

/** Formats a value as the console does. The console passes it to custom inspectors. */
export type Inspect = (value: unknown, options: SummaryOptions) => string;

/** Width of the map in characters. */
const MAP_COLUMNS = 64;

/** The methods of a heap that a summary calls. */
interface Summarized {
  stats(): HeapStats;
  blocks(): Iterable<Block>;
}

/** Returns what `console.log(heap)` shows: the figures, and a map of one line. */
export function summarize(
  heap: Summarized,
  inspect: Inspect,
  options: SummaryOptions,
): string {
  if ((options.depth ?? 1) < 0) return "[Heap]";
  const stats = heap.stats();
  const numbers = inspect({
    live: { blocks: stats.liveBlocks, bytes: stats.liveBytes },
    free: { blocks: stats.freeBlocks, bytes: stats.freeBytes },
    mapped: { blocks: stats.mappedBlocks, bytes: stats.mappedBytes },
    footprint: { bytes: stats.footprintBytes, peak: stats.peakFootprintBytes },
    calls: stats.systemCalls,
  }, options);
  const map = drawLine(heap.blocks(), MAP_COLUMNS);
  return map === "" ? `Heap ${numbers}` : `Heap ${numbers}\n${map}`;
}

/** Characters of the map. */
const GLYPH = { allocated: "█", mixed: "▒", free: "░" } as const;

/**
 * Draws the heap blocks to scale in one line: `█` allocated, `░` free, `▒` both. Headers
 * count as part of their block.
 *
 * @param blocks The blocks in address order; mapped blocks are left out.
 * @param width Characters.
 */
function drawLine(blocks: Iterable<Block>, width: number): string {
  const heap = [...blocks].filter(({ status }) => status !== "mapped");
  const total = heap.reduce((sum, block) => sum + extent(block), 0);
  if (total === 0) return "";
  const columns = new Array<{ allocated: boolean; free: boolean }>(width);
  for (let at = 0; at < width; at++) {
    columns[at] = { allocated: false, free: false };
  }
  let start = 0;
  for (const block of heap) {
    const end = start + extent(block);
    mark(columns, start / total, end / total, block.status === "free");
    start = end;
  }
  return columns.map(({ allocated, free }) =>
    allocated ? (free ? GLYPH.mixed : GLYPH.allocated) : GLYPH.free
  ).join("");
}

function extent(block: Block): number {
  return block.payload + block.size - block.address;
}

/** Marks the columns from one fraction of the width to another. */
function mark(
  columns: { allocated: boolean; free: boolean }[],
  from: number,
  to: number,
  isFree: boolean,
): void {
  const first = Math.floor(from * columns.length);
  const last = Math.min(Math.ceil(to * columns.length), columns.length);
  for (const column of columns.slice(first, last)) {
    if (isFree) column.free = true;
    else column.allocated = true;
  }
}
