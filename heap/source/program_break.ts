import { formatAddress } from "../../errors/messages.ts";
import type { Address } from "../../ffi/memory.ts";
import { CorruptionError } from "../../errors/corruption_error.ts";
import type { Headers } from "../list/headers.ts";
import { CELL_BYTES, roundUp, SMALLEST_BLOCK_CELLS } from "../layout.ts";
import type { System } from "./system_calls.ts";

/** A heap spans at most 16 GiB, so that every cell number is a 32-bit integer. */
const MOST_CELLS = 2 ** 31 - 2;

/** Consecutive cells of the heap. */
export interface Stretch {
  /** The first cell. */
  readonly start: number;
  /** How many. */
  readonly cells: number;
}

/** The heap blocks, as far as a program break needs to know them. */
export interface BlocksWithHeaders {
  /** Their headers as of now: watched headers may have taken their place. */
  readonly headers: Headers;
}

/**
 * The program break as one heap uses it, in cells.
 *
 * The break may be shared: between two of our moves others can raise it. What
 * lies between where we left it and where we find it is not ours, so the heap
 * goes on in a new segment behind it.
 *
 * ```text
 *   segment            somebody else's        segment
 *  │ block … block │▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│ block … │
 *  base            end as we left it          start     break
 * ```
 */
export class ProgramBreak {
  readonly #system: System;
  readonly #blocks: BlocksWithHeaders;
  /** Where the break was when last asked. */
  #seen: Address = 0;

  /**
   * @param system Moves the break.
   * @param blocks What the break is moved for; its headers turn cells to addresses.
   */
  constructor(system: System, blocks: BlocksWithHeaders) {
    this.#system = system;
    this.#blocks = blocks;
  }

  /**
   * Asks where the break is.
   *
   * @param end The cell behind the heap's last block; 0 for a heap without any.
   * @returns The cell where more memory would be used from: `end` itself when
   * nobody moved the break since.
   * @throws {CorruptionError} If the break lies below `end`.
   */
  find(end: number): number {
    this.#seen = this.#system.programBreak();
    if (end === 0) this.#blocks.headers.start(roundUp(this.#seen));
    return this.#startAt(this.#seen, end);
  }

  /**
   * Raises the break so that the heap has `cells` more from cell `start` on.
   *
   * @param start What {@linkcode ProgramBreak.find} returned.
   * @param end The cell behind the heap's last block.
   * @returns What was obtained. If another thread moved the break in between it
   * lies elsewhere, and may be too small to hold a block: then it has no cells.
   * @throws {SpanLimitError} If the heap would span more than 16 GiB.
   * @throws {SystemCallError} If the system refuses.
   */
  raise(start: number, cells: number, end: number): Stretch {
    const increment = this.#blocks.headers.addressOf(start + cells) -
      this.#seen;
    requireSpan(start + cells);
    const previous = this.#system.raiseBreak(this.#seen, increment);
    return previous === this.#seen
      ? { start, cells }
      : this.#elsewhere(previous, increment, end);
  }

  /** The part of memory obtained at an unexpected place that can hold a block. */
  #elsewhere(previous: Address, increment: number, end: number): Stretch {
    if (end === 0) this.#blocks.headers.start(roundUp(previous));
    const start = this.#startAt(previous, end);
    const behind = previous + increment - this.#blocks.headers.addressOf(start);
    const cells = Math.floor(behind / CELL_BYTES) | 0;
    if (cells < SMALLEST_BLOCK_CELLS || start + cells > MOST_CELLS) {
      return { start, cells: 0 };
    }
    return { start, cells };
  }

  /** Where memory at `address` would be used from: the first cell boundary. */
  #startAt(address: Address, end: number): number {
    const left = this.#blocks.headers.addressOf(end);
    if (end !== 0 && address < left) {
      throw new CorruptionError(
        "program break above the heap",
        address,
        `the break was lowered below the heap's end ${formatAddress(left)}, ` +
          "which took memory of live blocks; only raise a break that a heap uses",
      );
    }
    const cell = (roundUp(address) - this.#blocks.headers.base) / CELL_BYTES;
    requireSpan(cell);
    return cell | 0;
  }
}

/** Thrown when a heap would have to span more than its cell numbers can tell. */
export class SpanLimitError extends Error {
  /** `"SpanLimitError"`. */
  override readonly name = "SpanLimitError";

  constructor() {
    super("a heap spans at most 16 GiB");
  }
}

function requireSpan(cells: number): void {
  if (cells > MOST_CELLS) throw new SpanLimitError();
}
