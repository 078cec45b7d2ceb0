import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { HeapSnapshot } from "./heap_snapshot.ts";

/** Consecutive memory of a heap. */
export interface Region {
  /** The address of its first byte. */
  readonly start: number;
  /** Bytes. */
  length: number;
}

/** The footprint of a heap: its segments and its mappings. */
export interface Regions {
  /** In address order, with memory of others between. */
  readonly segments: readonly Region[];
  /** One for each mapping. */
  readonly mappings: readonly Region[];
}

/** The regions of a heap, found by its blocks. */
export function regionsOf(snapshot: HeapSnapshot): Regions {
  const segments: Region[] = [];
  const mappings: Region[] = [];
  for (let index = 0; index < snapshot.length; index++) {
    const start = snapshot.addresses[index] as number;
    const length = HEADER_BYTES + (snapshot.sizes[index] as number);
    const last = segments.at(-1);
    if (snapshot.statuses[index] === STATUS.mapped) {
      mappings.push({ start, length });
    } else if (last && start === last.start + last.length) {
      last.length += length;
    } else {
      segments.push({ start, length });
    }
  }
  return { segments, mappings };
}

/** Bytes of regions together. */
export function bytesOf(regions: readonly Region[]): number {
  return regions.reduce((sum, { length }) => sum + length, 0);
}

/**
 * Bytes in use in each cell of a segment; a block's header counts as part of
 * it. The last cell may be cut short.
 *
 * @param snapshot The blocks of the whole heap.
 * @param segment The segment.
 * @param bytesPerCell Bytes that a cell stands for.
 */
export function usedBytesByCell(
  snapshot: HeapSnapshot,
  segment: Region,
  bytesPerCell: number,
): Float64Array {
  const used = new Float64Array(Math.ceil(segment.length / bytesPerCell));
  for (let index = 0; index < snapshot.length; index++) {
    const start = (snapshot.addresses[index] as number) - segment.start;
    if (start < 0 || start >= segment.length) continue;
    if (snapshot.statuses[index] !== STATUS.allocated) continue;
    const end = start + HEADER_BYTES + (snapshot.sizes[index] as number);
    addRange(used, start / bytesPerCell, end / bytesPerCell);
  }
  return used.map((cells) => cells * bytesPerCell);
}

/** Adds a range, given in cells, to the cells that it covers. */
function addRange(cells: Float64Array, start: number, end: number): void {
  for (let cell = Math.floor(start); cell < end; cell++) {
    const covered = Math.min(end, cell + 1) - Math.max(start, cell);
    cells[cell] = (cells[cell] as number) + covered;
  }
}
