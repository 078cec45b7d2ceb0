import type { Address, HeapPolicy, SystemCall } from "@osmem/osmem";
import type { HeapSnapshot } from "./heap_snapshot.ts";

/** A remark that was made between two calls. */
export interface Mark {
  /** Calls made before it. */
  readonly after: number;
  /** What was remarked. */
  readonly text: string;
}

/** A system call that succeeded. */
export interface RunSystemCall {
  /** The call that made it, counted from 0. */
  readonly call: number;
  /** Which one. */
  readonly name: "sbrk" | "mmap" | "munmap";
  /** The new break, or the mapping's first byte. */
  readonly address: Address;
  /** Bytes the break moved by, or bytes of the mapping. */
  readonly length: number;
}

/**
 * Why the break was raised.
 *
 * | reason | what the heap had |
 * |---|---|
 * | `"first use"` | nothing yet: the heap was needed for the first time |
 * | `"nothing free"` | no free block |
 * | `"too small"` | less free memory than was asked for |
 * | `"scattered"` | enough free memory, but no block of it was large enough |
 * | `"grows in place"` | `realloc` of the last block: free blocks are not looked at |
 */
export type GrowthReason =
  | "first use"
  | "nothing free"
  | "too small"
  | "scattered"
  | "grows in place";

/** Every reason. */
export const GROWTH_REASONS: readonly GrowthReason[] = [
  "first use",
  "nothing free",
  "too small",
  "scattered",
  "grows in place",
];

/** Every system call that a run can have. */
export const SYSTEM_CALLS: readonly SystemCall[] = ["sbrk", "mmap", "munmap"];

/** A raise of the break, with what was free just before it. Sizes are in bytes. */
export interface Growth {
  /** The call that made it, counted from 0. */
  readonly call: number;
  /** By how much the break was raised. */
  readonly length: number;
  /** Payload that the call needs, rounded up to 8. */
  readonly request: number;
  /** Payload in free blocks (F). */
  readonly freeBytes: number;
  /** Payload of the largest free block (L). */
  readonly largestFreeBytes: number;
  /** Why. */
  readonly reason: GrowthReason;
}

/**
 * Figures of a run, taken every few calls: after each one of a short run, more
 * rarely in a long run with many blocks. One entry in each column for each
 * moment; sizes are in bytes.
 */
export interface Samples {
  /** Calls made before the moment. */
  readonly calls: Uint32Array;
  /** Requested bytes that are live (P). */
  readonly requestedBytes: Float64Array;
  /** Payload of live blocks. */
  readonly liveBytes: Float64Array;
  /** The footprint: bytes obtained from the system (H). */
  readonly footprintBytes: Float64Array;
  /** Headers of all blocks. */
  readonly headerBytes: Float64Array;
  /** Payload of free blocks (F), free neighbours merged. */
  readonly freeBytes: Float64Array;
  /** The largest free block's payload (L), free neighbours merged. */
  readonly largestFreeBytes: Float64Array;
}

/**
 * Blocks of a heap that came to be, or changed their size or status, call by
 * call. What a call changed stands in address order, after its mappings:
 *
 * ```text
 *   ends        … 12 │ 14 │ …       call n changed the blocks 12 and 13 of the
 *   addresses   … │ a  a' │ …       columns: a block starts at a now, with so
 *   sizes       … │ s  s' │ …       many bytes, and no block starts inside it
 *   statuses    … │ 1  0  │ …
 * ```
 *
 * A block that was absorbed by another is not listed: it lies inside one that is.
 */
export interface Changes {
  /** For each call, where its changes end; they begin where the last call's end. */
  readonly ends: Uint32Array;
  /** Addresses of headers. */
  readonly addresses: Float64Array;
  /** Bytes of payload. */
  readonly sizes: Float64Array;
  /** 0 free, 1 allocated, 2 mapped, {@linkcode UNMAPPED}: no longer a block. */
  readonly statuses: Uint8Array;
}

/** The status of a mapping that was given back. */
export const UNMAPPED = 3;

/**
 * Everything that was recorded of a heap, as plain columns. Calls are counted from
 * 0, blocks are numbered from 0 in the order of their allocation, and a block
 * keeps its number through `realloc`. Addresses are the heap's own.
 *
 * One entry a call in each column:
 *
 * ```text
 *             malloc(8)  calloc(3, 4)  realloc(first, 20)  free(second)
 *   kinds         0           1               2                 4
 *   blocks        0           1               0                 1
 *   counts        1           3               1                 0
 *   sizes         8           4              20                 0
 *   results   payload     payload          payload              0
 * ```
 */
export interface RunData {
  /** What was run: a file's name, a script, or what the experimenter says. */
  readonly title: string;
  /** The heap's policy. */
  readonly policy: HeapPolicy;
  /** The address of the heap's first header; 0 if there was none. */
  readonly start: Address;
  /** Calls. */
  readonly length: number;
  /** What each call is: {@linkcode CallKind}. */
  readonly kinds: Uint8Array;
  /** The block that each call allocates, moves or frees, or `NO_BLOCK`. */
  readonly blocks: Uint32Array;
  /** Elements asked for: `calloc`'s first argument, 1 for other allocations, 0 for `free`. */
  readonly counts: Float64Array;
  /** Bytes asked for, each element. */
  readonly sizes: Float64Array;
  /** The payload's address that the call returned; 0 is NULL. */
  readonly results: Float64Array;
  /**
   * Blocks that a search through a plain list of all heap blocks would have
   * examined; 0 for a call that searches nothing.
   */
  readonly searches: Uint32Array;
  /** How many blocks were allocated. */
  readonly blockCount: number;
  /** Labels, by the call that gave them. */
  readonly labels: ReadonlyMap<number, string>;
  /** Calls that the heap refused, and what it said. */
  readonly refusals: ReadonlyMap<number, string>;
  /** Remarks, in order. */
  readonly marks: readonly Mark[];
  /** The blocks that the heap had before the first call; mostly none. */
  readonly initial: HeapSnapshot;
  /** The footprint before the first call, in bytes. */
  readonly initialFootprintBytes: number;
  /** What each call changed. */
  readonly changes: Changes;
  /** System calls, in order. */
  readonly systemCalls: readonly RunSystemCall[];
  /** Raises of the break, in order. */
  readonly growths: readonly Growth[];
  /** Figures, taken every few calls. */
  readonly samples: Samples;
}
