import { HEADER_BYTES } from "@osmem/osmem/internal/plain";
import { type HeapSnapshot, totalsOf } from "./heap_snapshot.ts";

/** The figures of a heap at one moment of a run. Sizes are in bytes. */
export interface HeapFigures {
  /** Calls made before it. */
  readonly calls: number;
  /** Bytes that the program asked for and has not given back (P). */
  readonly requestedBytes: number;
  /** Blocks that are allocated or mapped. */
  readonly liveBlocks: number;
  /** Payload of live blocks. */
  readonly liveBytes: number;
  /** The footprint: bytes obtained from the system (H). */
  readonly footprintBytes: number;
  /** Bytes of the headers of all blocks. */
  readonly headerBytes: number;
  /** Bytes of live blocks beyond what was asked for. */
  readonly internalFragmentationBytes: number;
  /** Free blocks, as they lie. */
  readonly freeBlocks: number;
  /** Bytes of free payload (F), free neighbours merged. */
  readonly freeBytes: number;
  /** Bytes of the largest free block (L), free neighbours merged. */
  readonly largestFreeBytes: number;
  /** 1 - L/F: 0 if all free memory is one block; `null` if there is none. */
  readonly externalFragmentation: number | null;
}

/** What a snapshot alone does not tell. */
export interface MomentContext {
  /** Calls made before the moment. */
  readonly calls: number;
  /** Requested bytes that are live (P). */
  readonly requestedBytes: number;
  /** The footprint: bytes obtained from the system (H). */
  readonly footprintBytes: number;
  /** Whether the heap's searches merge free neighbours. */
  readonly mergesNeighbours: boolean;
}

/** The figures of a heap at one moment. */
export function figuresOf(
  snapshot: HeapSnapshot,
  context: MomentContext,
): HeapFigures {
  const { calls, requestedBytes, footprintBytes } = context;
  const totals = totalsOf(snapshot, context.mergesNeighbours);
  const { freeBytes, largestFreeBytes } = totals;
  return {
    calls,
    requestedBytes,
    footprintBytes,
    ...totals,
    headerBytes: snapshot.length * HEADER_BYTES,
    internalFragmentationBytes: Math.max(0, totals.liveBytes - requestedBytes),
    externalFragmentation: freeBytes === 0
      ? null
      : 1 - largestFreeBytes / freeBytes,
  };
}
