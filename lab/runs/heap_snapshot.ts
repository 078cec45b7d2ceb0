import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { BlockStatus, Heap } from "@osmem/osmem";

const STATUSES: readonly BlockStatus[] = ["free", "allocated", "mapped"];

/**
 * The blocks of a heap at one moment: heap blocks in address order, then mappings
 * in the order in which they were made.
 */
export interface HeapSnapshot {
  /** The number of blocks. */
  readonly length: number;
  /** Addresses of the headers. */
  readonly addresses: Float64Array;
  /** Bytes of payload. */
  readonly sizes: Float64Array;
  /** 0 free, 1 allocated, 2 mapped: the numbers that stand in the headers. */
  readonly statuses: Uint8Array;
}

/** The name of a status, by the number that stands in a header. */
export function statusName(status: number): BlockStatus {
  return STATUSES[status] as BlockStatus;
}

/** Takes a heap's blocks down. */
export function takeSnapshot(heap: Heap): HeapSnapshot {
  const addresses: number[] = [];
  const sizes: number[] = [];
  const statuses: number[] = [];
  for (const block of heap.blocks()) {
    addresses.push(block.address);
    sizes.push(block.size);
    statuses.push(STATUSES.indexOf(block.status));
  }
  return {
    length: addresses.length,
    addresses: Float64Array.from(addresses),
    sizes: Float64Array.from(sizes),
    statuses: Uint8Array.from(statuses),
  };
}

/** What the blocks of a heap come to. Sizes are in bytes. */
export interface BlockTotals {
  /** Blocks that are allocated or mapped. */
  readonly liveBlocks: number;
  /** Payload of live blocks. */
  readonly liveBytes: number;
  /** Free blocks, as they lie. */
  readonly freeBlocks: number;
  /** Payload of free blocks (F), free neighbours merged. */
  readonly freeBytes: number;
  /** The largest free block's payload (L), free neighbours merged; 0 for none. */
  readonly largestFreeBytes: number;
}

/**
 * Adds up the blocks. Free neighbours count as the one block that the next
 * search makes of them.
 *
 * @param snapshot The blocks.
 * @param mergesNeighbours Whether the heap's searches merge free neighbours.
 */
export function totalsOf(
  snapshot: HeapSnapshot,
  mergesNeighbours = true,
): BlockTotals {
  const { addresses, sizes, statuses, length } = snapshot;
  let liveBlocks = 0, liveBytes = 0, freeBlocks = 0;
  let freeBytes = 0, largestFreeBytes = 0;
  let run = 0;
  let end = NaN; // of the free block before, if it would be merged with this one
  for (let index = 0; index < length; index++) {
    const size = sizes[index] as number;
    if (statuses[index] !== STATUS.free) {
      liveBlocks++;
      liveBytes += size;
      continue;
    }
    const address = addresses[index] as number;
    const merged = address === end ? HEADER_BYTES + size : size;
    run = address === end ? run + merged : size;
    freeBlocks++;
    freeBytes += merged;
    largestFreeBytes = Math.max(largestFreeBytes, run);
    if (mergesNeighbours) end = address + HEADER_BYTES + size;
  }
  return { liveBlocks, liveBytes, freeBlocks, freeBytes, largestFreeBytes };
}

/** How many blocks are allocated or mapped. */
export function countLive({ statuses }: HeapSnapshot): number {
  return statuses.filter((status) => status !== STATUS.free).length;
}
