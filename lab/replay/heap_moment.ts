import type { Heap } from "../../mod.ts";
import {
  freeMemoryOf,
  type HeapSnapshot,
  takeSnapshot,
} from "./heap_snapshot.ts";

/** What a heap is like at one moment of a replay. Sizes are in bytes. */
export interface HeapMoment {
  /** Calls made before it. */
  readonly calls: number;
  /** Bytes that the program asked for and has not given back (P). */
  readonly requestedBytes: number;
  /** Blocks that are allocated or mapped. */
  readonly liveBlocks: number;
  /** Bytes held from the system (H). */
  readonly footprintBytes: number;
  /** Bytes of the headers of all blocks. */
  readonly headerBytes: number;
  /** Bytes of live blocks beyond what was asked for. */
  readonly internalFragmentationBytes: number;
  /** Bytes of free payload (F), free neighbours merged. */
  readonly freeBytes: number;
  /** Bytes of the largest free block (L), free neighbours merged. */
  readonly largestFreeBytes: number;
  /** 1 - L/F: 0 if all free memory is one block; `null` if there is none. */
  readonly externalFragmentation: number | null;
  /** The blocks. */
  readonly snapshot: HeapSnapshot;
}

/**
 * Takes a heap's figures and blocks down.
 *
 * @param heap The heap.
 * @param calls Calls made so far.
 * @param requestedBytes Bytes of them that are live.
 */
export function takeMoment(
  heap: Heap,
  calls: number,
  requestedBytes: number,
): HeapMoment {
  const stats = heap.stats();
  const snapshot = takeSnapshot(heap);
  const free = freeMemoryOf(snapshot);
  return {
    calls,
    requestedBytes,
    liveBlocks: stats.liveBlocks,
    footprintBytes: stats.heldBytes,
    headerBytes: stats.headerBytes,
    internalFragmentationBytes: stats.liveBytes - requestedBytes,
    freeBytes: free.bytes,
    largestFreeBytes: free.largestBytes,
    externalFragmentation: free.bytes === 0
      ? null
      : 1 - free.largestBytes / free.bytes,
    snapshot,
  };
}
