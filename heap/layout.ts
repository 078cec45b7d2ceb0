/**
 * How a block lies in memory.
 *
 * ```text
 *   header, 32 bytes                                        payload
 *  ┌─────────────┬───────────┬─────────┬─────────┬─────────┬──────────────┐
 *  │ size        │ status    │ padding │ prev    │ next    │ size bytes   │
 *  │ 8 bytes     │ 4 bytes   │ 4 bytes │ 8 bytes │ 8 bytes │              │
 *  └─────────────┴───────────┴─────────┴─────────┴─────────┴──────────────┘
 *  +0            +8          +12       +16       +24       +32
 *                                                          the address given out
 * ```
 *
 * `size` counts the payload's bytes, a multiple of 8. `status` is 0 for a free
 * block, 1 for an allocated one, 2 for a mapping. `prev` and `next` are the
 * addresses of the neighbouring headers of the list, 0 at its ends. In C:
 *
 * ```c
 * struct block_meta {
 *   size_t size;
 *   int status;
 *   struct block_meta *prev, *next;
 * };
 * ```
 *
 * Inside the allocator everything on the heap is counted in cells of 8 bytes
 * from the heap's first header: a cell number is a 32-bit integer, which costs
 * far less to compute with than a 64-bit address.
 *
 * Modules whose code runs at every call take constants and functions out of a
 * module's namespace, as in `const { HEADER_CELLS } = layout`. The engine builds
 * a constant of the module itself into compiled code. An imported one it loads
 * and checks at each use, and computes with as if it could be a fraction: that
 * came to twice the instructions for `malloc` and `free`.
 *
 * @module
 */

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
