/**
 * The calls a trace can hold, each as a small number so that a column of them
 * fits a `Uint8Array`. `memalign` stands for every call that asks for an
 * alignment; a heap without such a call replays it as `malloc`.
 */
export const CallKind = {
  malloc: 0,
  calloc: 1,
  realloc: 2,
  memalign: 3,
  free: 4,
} as const satisfies Record<CallName, number>;

/** One of the numbers of {@linkcode CallKind}. */
export type CallKind = typeof CallKind[keyof typeof CallKind];

/** The name of a kind of call. */
export type CallName = "malloc" | "calloc" | "realloc" | "memalign" | "free";

/** The names, by the numbers of {@linkcode CallKind}. */
export const CALL_NAMES = Object.keys(CallKind) as readonly CallName[];

/** The block number of a call that concerns no block: `free(NULL)`. */
export const NO_BLOCK = 0xffff_ffff;

/** Calls of a recording that a replay cannot make or does not need. */
export interface Omissions {
  /** Frees of pointers never seen: left out. */
  readonly unknownFrees: number;
  /**
   * Frees of pointers that were freed before: left out. Where a program frees more than a
   * million blocks, some second frees count as frees of pointers never seen.
   */
  readonly secondFrees: number;
  /** Reallocations of pointers never seen: replayed as `malloc`. */
  readonly unknownReallocs: number;
  /** Calls that failed, or did not return before the recording ended: left out. */
  readonly failedCalls: number;
  /** Blocks handed out again without a free in between: the free is put in. */
  readonly unseenFrees: number;
  /** Blocks whose size the recording does not say: left out, with their frees. */
  readonly unsizedBlocks: number;
  /** Operations beyond the number that the header of a file says: left out. */
  readonly surplusOperations: number;
  /** Lines that were not understood: skipped. */
  readonly skippedLines: number;
}

/** The moment when the program had asked for the most. */
export interface Peak {
  /** The call after which it was so, counted from 0. */
  readonly call: number;
  /** Requested bytes that were live. */
  readonly bytes: number;
}

/**
 * What a program asked of its allocator, call by call, without any address.
 * Blocks are numbered from 0 in the order of their allocation; a block keeps
 * its number through `realloc`.
 *
 * One entry a call in each column:
 *
 * ```text
 *             malloc(8)  calloc(3, 4)  realloc(first, 20)  free(second)
 *   kinds         0           1               2                 4
 *   blocks        0           1               0                 1
 *   counts        1           3               1                 0
 *   sizes         8           4              20                 0
 *   lines         1           2               3                 4
 * ```
 */
export interface Trace {
  /** The file it was read from, for messages. */
  readonly file: string;
  /** The format it was written in. */
  readonly format: string;
  /** The number of calls. */
  readonly length: number;
  /** What each call is: {@linkcode CallKind}. */
  readonly kinds: Uint8Array;
  /** The number of the block that each call allocates, moves or frees. */
  readonly blocks: Uint32Array;
  /** Elements asked for: `calloc`'s first argument, 1 for other allocations. */
  readonly counts: Float64Array;
  /** Bytes asked for, each element, exactly as recorded. */
  readonly sizes: Float64Array;
  /** The line of the file that each call was read from, counted from 1. */
  readonly lines: Uint32Array;
  /** How many blocks there are. */
  readonly blockCount: number;
  /** When the most bytes were live. It is the same for every allocator. */
  readonly peak: Peak;
  /** Requested bytes that are live after the last call. */
  readonly remainingBytes: number;
  /** What was left out. */
  readonly omissions: Omissions;
  /** What else there is to say about the recording: a sentence each. */
  readonly remarks: readonly string[];
  /**
   * What the recorder wrote between a call and its result, such as a warning: a text of at
   * most 500 characters, by the line of the call. At most 1,000 are kept.
   */
  readonly notes: ReadonlyMap<number, string>;
}

/** One call of a trace. */
export interface Call {
  /** What it is. */
  readonly kind: CallKind;
  /** The number of the block concerned, or {@linkcode NO_BLOCK}. */
  readonly block: number;
  /** Elements asked for. */
  readonly count: number;
  /** Bytes asked for, each element. */
  readonly size: number;
  /** The line it was read from. */
  readonly line: number;
}
