/**
 * What a byte of the boundary tags says: see
 * {@linkcode [boundary_tags.ts].BoundaryTags | BoundaryTags}.
 *
 * ```text
 *   a tag      1 s s s s p p p    state, and position of the start in its unit
 *   a length   0 n n n n n n n    units without a start; 127 for more
 * ```
 *
 * @module
 */

/**
 * The states of a block, as they stand in its tag. Only `free` has its bit, 8, and only
 * `freed` its own, 16: by these they are found four at a time.
 */
export const STATE = {
  /** No block starts here. */
  none: 0,
  /** An allocated block. */
  allocated: 0x80,
  /** A free block that stands in the free index. */
  free: 0x88,
  /** A free block that does not: freed since the last search, or the last of the list. */
  freed: 0x90,
  /** No block: where the last one ends, and before the first one. */
  fence: 0xa0,
  /** An allocated block that only its holder frees. */
  held: 0xc0,
  /** A free block that is not given out again as yet: of debug heaps only. */
  kept: 0xe0,
} as const;

/** One of the values of {@linkcode STATE}. */
export type BlockState = typeof STATE[keyof typeof STATE];

/** The part of a tag that is the position. */
export const POSITION = 7;

/** The length that says: 127 units or more, their number stands further inwards. */
export const LONG = 127;

/** The tag of a block that starts at this cell of its unit. */
export function tagFor(state: BlockState, position: number): number {
  return state + position | 0;
}

/**
 * The length in a byte, or 0 where a tag stands. It takes no branch, since of
 * small blocks it cannot be foreseen whether a unit lies in between.
 */
export function lengthIn(byte: number): number {
  return byte & ((byte >> 7) - 1);
}

/** Whether a block with this state is allocated. */
export function isLive(state: BlockState): boolean {
  return state === STATE.allocated || state === STATE.held;
}
