import type { Heap } from "./heap.ts";
import { strip } from "./strip.ts";

/** The part of `Deno.InspectOptions` that the summary makes use of. */
export interface SummaryOptions {
  /** How deep to go; below 0 only the name is shown. */
  readonly depth?: number | null;
  readonly compact?: boolean;
}

/** Shows a value as the console does: given by the console to custom inspectors. */
export type Inspect = (value: unknown, options: SummaryOptions) => string;

const MAP_COLUMNS = 64;

/** What `console.log(heap)` shows: the numbers, and a map of one line. */
export function summarize(
  heap: Heap,
  inspect: Inspect,
  options: SummaryOptions,
): string {
  if ((options.depth ?? 1) < 0) return "[Heap]";
  const stats = heap.stats();
  const numbers = inspect({
    live: { blocks: stats.liveBlocks, bytes: stats.liveBytes },
    free: { blocks: stats.freeBlocks, bytes: stats.freeBytes },
    mapped: { blocks: stats.mappedBlocks, bytes: stats.mappedBytes },
    held: { bytes: stats.heldBytes, peak: stats.peakHeldBytes },
    calls: stats.systemCalls,
  }, options);
  const map = strip(heap.blocks(), MAP_COLUMNS);
  return map === "" ? `Heap ${numbers}` : `Heap ${numbers}\n${map}`;
}
