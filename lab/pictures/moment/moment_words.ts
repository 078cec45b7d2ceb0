import type { HeapFigures } from "../../runs/heap_figures.ts";
import type { HeapMoment } from "../../runs/heap_moment.ts";
import {
  formatBytes,
  formatCount,
  formatNumberOf,
  formatShare,
} from "../../words.ts";

/** The moment in a line: `after call 3: free(block 0)`. */
export function headingOf({ calls, lastCall }: HeapMoment): string {
  return lastCall === undefined
    ? "before the first call"
    : `after call ${formatCount(calls)}: ${lastCall}`;
}

/** Its figures in a line. */
export function subtitleOf(figures: HeapFigures): string {
  const { liveBlocks, requestedBytes, footprintBytes } = figures;
  const { freeBytes, freeBlocks, externalFragmentation } = figures;
  const free = freeBlocks === 0
    ? "nothing free"
    : `${formatBytes(freeBytes)} free in ${
      formatNumberOf(freeBlocks, "block")
    }`;
  const scattered = freeBlocks < 2 ? [] : [
    `external fragmentation ${formatShare(externalFragmentation)}`,
  ];
  return [
    `${formatBytes(requestedBytes)} live in ${
      formatNumberOf(liveBlocks, "block")
    }`,
    `footprint ${formatBytes(footprintBytes)}`,
    free,
    ...scattered,
  ].join(" · ");
}

/** The figures of a moment in a sentence, for those who cannot see the picture. */
export function describeMoment(figures: HeapFigures): string {
  return `The heap in address order, its mappings apart: ${
    subtitleOf(figures).replaceAll(" · ", ", ")
  }.`;
}
