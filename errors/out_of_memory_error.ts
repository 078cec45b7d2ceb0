/**
 * Thrown when the system refuses the memory that a call needs. Every block stays
 * live with its content; `realloc` may have joined free neighbours to its block,
 * and free blocks may have been merged. The `cause` is the refused system call's error, where
 * one was made.
 *
 * @example Ask for more than an arena holds
 * ```ts
 * import { arenaMemory, Heap, OutOfMemoryError } from "@osmem/osmem";
 * import { assertThrows } from "@std/assert";
 *
 * using arena = arenaMemory({ reserve: 1 << 18 });
 * using heap = new Heap({ memory: arena, mmapThreshold: 1 << 30 });
 * assertThrows(() => heap.malloc(1 << 20), OutOfMemoryError);
 * ```
 */
export class OutOfMemoryError extends Error {
  /** `"OutOfMemoryError"`. */
  override readonly name = "OutOfMemoryError";
  /** `"out-of-memory"`. */
  readonly code = "out-of-memory";

  /**
   * Makes the error.
   *
   * @param request What was asked for, as in `"malloc(100)"`.
   * @param reason Why it cannot be had.
   * @param cause The refused system call's error.
   */
  constructor(request: string, reason: string, cause?: unknown) {
    super(
      `${request} failed: ${reason}. Nothing was lost; free blocks or ask for less`,
      { cause },
    );
  }
}
