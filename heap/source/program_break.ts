import { CorruptionError } from "../../errors/corruption_error.ts";
import { formatAddress } from "../../errors/messages.ts";
import type { Address } from "../../ffi/memory.ts";
import { CELL_BYTES, roundUp, SMALLEST_BLOCK_CELLS } from "../layout.ts";
import type { SystemCalls } from "./system_calls.ts";

/** A heap spans at most 16 GiB, so that every cell number is a 32-bit integer. */
const MOST_CELLS = 2 ** 31 - 2;

/** Consecutive cells that a heap has obtained. */
export interface GainedCells {
  /** The first cell. */
  readonly start: number;
  /** How many. */
  readonly cells: number;
}

/**
 * The program break as one heap uses it, in cells.
 *
 * The break may be shared: others can raise it between two moves of this heap. Memory
 * between the place where the heap left the break and the place where the heap finds it
 * belongs to others. The heap then goes on in a new segment after that gap.
 *
 * ```text
 *   segment            gap: somebody else's    segment
 *  │ block … block │▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│ block … │
 *  base            end as it was left         start     break
 * ```
 */
export class ProgramBreak {
  readonly #calls: SystemCalls;
  /** Where the break was when last asked. */
  #seen: Address = 0;
  /** The address of cell 0, good once the heap has found the break. */
  #base: Address = 0;

  /** @param calls Makes the system calls. */
  constructor(calls: SystemCalls) {
    this.#calls = calls;
  }

  /** The address of cell 0: the first multiple of 8 from the first break on. */
  get base(): Address {
    return this.#base;
  }

  /**
   * Asks where the break is.
   *
   * @param end The cell after the heap's last block; 0 for a heap without blocks.
   * @returns The cell where more memory would be used from: `end` itself if nobody moved
   * the break since.
   * @throws {CorruptionError} If the break lies below `end`.
   */
  find(end: number): number {
    this.#seen = this.#calls.programBreak();
    if (end === 0) this.#base = roundUp(this.#seen);
    return this.#startAt(this.#seen, end);
  }

  /**
   * Raises the break so that the heap has `cells` more from cell `start` on.
   *
   * @param start What {@linkcode ProgramBreak.find} returned.
   * @param end The cell after the heap's last block.
   * @returns What was obtained. If another thread moved the break in between, the cells
   * lie elsewhere. If they are too few to hold a block, there are none.
   * @throws {SpanLimitError} If the heap would span more than 16 GiB.
   * @throws {SystemCallError} If the system refuses.
   */
  raise(start: number, cells: number, end: number): GainedCells {
    const increment = this.#addressOf(start + cells) - this.#seen;
    requireSpan(start + cells);
    const previous = this.#calls.raiseBreak(this.#seen, increment);
    return previous === this.#seen
      ? { start, cells }
      : this.#elsewhere(previous, increment, end);
  }

  /** The part of memory obtained at an unexpected place that can hold a block. */
  #elsewhere(previous: Address, increment: number, end: number): GainedCells {
    if (end === 0) this.#base = roundUp(previous);
    const start = this.#startAt(previous, end);
    const bytes = previous + increment - this.#addressOf(start);
    const cells = Math.floor(bytes / CELL_BYTES) | 0;
    const isUsable = cells >= SMALLEST_BLOCK_CELLS &&
      start + cells <= MOST_CELLS;
    return { start, cells: isUsable ? cells : 0 };
  }

  /** The cell where memory at `address` would be used from: the first cell boundary. */
  #startAt(address: Address, end: number): number {
    const left = this.#addressOf(end);
    if (end !== 0 && address < left) {
      throw new CorruptionError(
        "program break above the heap",
        address,
        `the break was lowered below the heap's end ${formatAddress(left)}, ` +
          "which took memory of live blocks; only raise a break that a heap uses",
      );
    }
    const cell = (roundUp(address) - this.#base) / CELL_BYTES;
    requireSpan(cell);
    return cell | 0;
  }

  #addressOf(cell: number): Address {
    return this.#base + cell * CELL_BYTES;
  }
}

/** Thrown when a heap would span more memory than its cell numbers can count. */
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
