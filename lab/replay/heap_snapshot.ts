import type { BlockStatus, Heap } from "../../mod.ts";

const STATUSES: readonly BlockStatus[] = ["free", "allocated", "mapped"];

/** The blocks of a heap at one moment, in the order of `Heap.blocks()`. */
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

/** The numbers of {@linkcode HeapSnapshot.statuses}. */
export const Status = { free: 0, allocated: 1, mapped: 2 } as const;

/** Bytes of a block's header. */
export const HEADER_BYTES = 32;

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

/** Free memory of a heap as the next search would find it. */
export interface FreeMemory {
  /** Bytes of payload in free blocks. */
  readonly bytes: number;
  /** Bytes of payload of the largest free block, 0 if there is none. */
  readonly largestBytes: number;
}

/**
 * Sums up the free blocks. Free neighbours count as the one block that the
 * next search makes of them.
 */
export function freeMemoryOf(snapshot: HeapSnapshot): FreeMemory {
  let bytes = 0;
  let largestBytes = 0;
  let run = 0;
  let end = NaN;
  for (let index = 0; index < snapshot.length; index++) {
    const address = snapshot.addresses[index] as number;
    const size = snapshot.sizes[index] as number;
    if (snapshot.statuses[index] !== Status.free) continue;
    const merged = address === end ? HEADER_BYTES + size : size;
    run = address === end ? run + merged : size;
    bytes += merged;
    largestBytes = Math.max(largestBytes, run);
    end = address + HEADER_BYTES + size;
  }
  return { bytes, largestBytes };
}
