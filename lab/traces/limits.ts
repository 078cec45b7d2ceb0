/**
 * The bytes of a file that are read by default, counted after they were decompressed:
 * 512 MiB, more than ten million calls as valgrind writes them.
 */
export const MAX_INPUT = 2 ** 29;

/** The characters that a line of a trace may have: 16 Mi. */
export const LONGEST_LINE = 2 ** 24;

/** The characters of the longest string of V8, and so of a document that is read whole. */
export const LONGEST_TEXT = 2 ** 29 - 24;

/** How much a trace builder takes. */
export interface TableLimits {
  /** Calls of a trace. Its columns take 25 bytes a call. */
  readonly calls: number;
  /** Blocks that are live at a time: a `Map` of V8 holds no more entries. */
  readonly liveBlocks: number;
}

/** What the tables of a trace hold at most. */
export const TABLE_LIMITS: TableLimits = {
  calls: 2 ** 30,
  liveBlocks: 2 ** 24,
};
