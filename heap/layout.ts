/**
 * How a block lies in memory, and in the allocator's own tables.
 *
 * A block is a header, directly followed by its payload. The payload's address is what
 * `malloc` returns.
 *
 * ```text
 *   header, 32 bytes                                        payload
 *  ┌─────────────┬───────────┬─────────┬─────────┬─────────┬──────────────┐
 *  │ size        │ status    │ padding │ prev    │ next    │ size bytes   │
 *  │ 8 bytes     │ 4 bytes   │ 4 bytes │ 8 bytes │ 8 bytes │              │
 *  └─────────────┴───────────┴─────────┴─────────┴─────────┴──────────────┘
 *  +0            +8          +12       +16       +24       +32
 * ```
 *
 * `size` counts the payload's bytes, a multiple of 8. `status` is 0 for a free block, 1
 * for an allocated block, 2 for a mapping. `prev` and `next` are the addresses of the
 * neighbouring headers of the list, 0 at its ends. In C:
 *
 * ```c
 * struct block_meta {
 *   size_t size;
 *   int status;
 *   struct block_meta *prev, *next;
 * };
 * ```
 *
 * The list and the fits count in cells of 8 bytes from the heap's first header. A cell
 * number is a 32-bit integer, which costs far less to compute with than a 64-bit address.
 * The smallest block has 5 cells. Five cells are a unit: at most one block starts in a
 * unit. The allocator keeps one byte for each unit.
 *
 * ```text
 *   cells    0 1 2 3 4   5 6 7 8 9   10 …        15          20
 *   blocks  │H h h h p │ p p p p p │ p p p p p │ p p H h h │ h p p p p │
 *   units   │    1     │     2     │     3     │     4     │     5     │
 * ```
 *
 * V8 builds a constant of a module itself into compiled code. It loads and checks an
 * imported constant at each use, and computes with it as if it could be a fraction: that
 * took twice the instructions for `malloc` and `free`. So modules whose code runs at every
 * call copy constants and functions first, as in `const { HEADER_CELLS } = layout`.
 *
 * @module
 */
import type { Address } from "../ffi/memory.ts";

/** Bytes of a header. */
export const HEADER_BYTES = 32;

/** Bytes of a cell: every size and every address is a multiple of it. */
export const CELL_BYTES = 8;

/** Cells of a header. */
export const HEADER_CELLS = HEADER_BYTES / CELL_BYTES;

/** Cells of the smallest block: a header and one cell of payload. */
export const SMALLEST_BLOCK_CELLS = HEADER_CELLS + 1;

/** The cell number of no block: none before, none after, or none found. */
export const NO_BLOCK = -1;

/** The value of `BlockList.pending` while no free is postponed and no change is under way. */
export const NOTHING = -1;

/** The value of `BlockList.pending` from the beginning of a change to its end: no request. */
export const INTERRUPTED = 0;

/** The values of a header's `status`. */
export const STATUS = { free: 0, allocated: 1, mapped: 2 } as const;

/** Where each field of a header stands, in bytes from its start. */
export const FIELD = {
  size: 0,
  status: 8,
  padding: 12,
  prev: 16,
  next: 24,
} as const;

/**
 * What a block is: a free heap block, an allocated heap block, or a mapping of
 * its own. In memory they are the numbers 0, 1 and 2.
 */
export type BlockStatus = "free" | "allocated" | "mapped";

/**
 * A block of a heap at one moment: its header, directly followed by its payload.
 */
export interface Block {
  /** Address of the header, `payload - 32`. */
  readonly address: Address;
  /** Address of the payload: what `malloc` returned. */
  readonly payload: Address;
  /** Bytes of payload, a multiple of 8. */
  readonly size: number;
  /** Whether the block is free, allocated on the heap, or a mapping. */
  readonly status: BlockStatus;
}

/**
 * A copy of `CELL_BYTES` for this module: V8 loads an exported constant as slowly as an
 * imported one. With `CELL_BYTES` itself, a malloc with its free took a tenth longer.
 */
const CELL = CELL_BYTES;

/** The largest number of bytes that can be rounded up as a 32-bit integer. */
const MOST_AS_INTEGER = 0x7ffffff8;

/**
 * Rounds a number of bytes up to whole cells, in bytes. Bytes that fit 31 bits
 * are rounded as integers, which keeps what follows integer too.
 */
export function roundUp(bytes: number): number {
  return bytes <= MOST_AS_INTEGER
    ? (bytes + CELL - 1) & -CELL
    : Math.ceil(bytes / CELL) * CELL;
}

/** Rounds a number of bytes up to whole cells, in cells. */
export function cellsFor(bytes: number): number {
  if (bytes <= MOST_AS_INTEGER) return fewCellsFor(bytes);
  const cells = Math.ceil(bytes / CELL);
  return cells < 2 ** 31 ? cells | 0 : cells;
}

/**
 * Rounds fewer than 2 GiB up to whole cells, in cells. `malloc` knows that its request is
 * that small: to ask again took a tenth of the time of a malloc with its free.
 */
export function fewCellsFor(bytes: number): number {
  return (bytes + CELL - 1) >>> 3;
}

/** Cells of a unit. */
const UNIT_CELLS = SMALLEST_BLOCK_CELLS;

/** The unit that a cell lies in; unit 0 stands before the first cell. */
export function unitOf(cell: number): number {
  return (cell / UNIT_CELLS | 0) + 1 | 0;
}

/** The first cell of a unit. */
export function firstCellOf(unit: number): number {
  return (unit << 2) + unit - UNIT_CELLS | 0; // a multiplication is checked for overflow
}

/**
 * The states of a block, as they stand in the tag of the unit where the block starts.
 *
 * ```text
 *   a tag      1 s s s s p p p    state, and position of the start in its unit
 *   a length   0 n n n n n n n    units without a start; 127 for more
 * ```
 *
 * Bit 8 is set only in `free`, and bit 16 only in `freed`, so that a search tests four tags
 * at once. {@linkcode [list/boundary_tags.ts].BoundaryTags | BoundaryTags}
 * draws the tags of several blocks.
 */
export const STATE = {
  /** No block starts here. */
  none: 0,
  /** An allocated block. */
  allocated: 0x80,
  /** A free block that stands in the free index. */
  free: 0x88,
  /** A free block that is not in the free index: freed since the last search, or the last. */
  freed: 0x90,
  /** No block: where the last block ends, and before the first block. */
  fence: 0xa0,
  /** An allocated block that an allocation owns: `free` and `realloc` refuse it. */
  owned: 0xc0,
  /** A free block that is not given out again yet: in debug heaps only. */
  quarantined: 0xe0,
} as const;

/** One of the values of {@linkcode STATE}. */
export type BlockState = typeof STATE[keyof typeof STATE];

/** The part of a tag that is the position. */
export const POSITION = 7;

/** Stands for a length of 127 units or more: the next bytes inwards have the number. */
export const LONG = 127;

/**
 * The length in a byte, or 0 where a tag stands. The function has no branch: between small
 * blocks the processor could not predict it.
 */
export function lengthIn(byte: number): number {
  return byte & ((byte >> 7) - 1);
}

// Copies for this module: `STATE` itself would be loaded at each use.
const { allocated, owned } = STATE;

/** Whether a block with this state is live. */
export function isLive(state: BlockState): boolean {
  return state === allocated || state === owned;
}
