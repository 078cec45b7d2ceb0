import { Headers } from "./headers.ts";
import { NO_BLOCK, STATUS } from "./layout.ts";

const FIRST_CAPACITY = 64;

/**
 * Headers that note which of them were written, so that a recorder learns what a
 * call changed without a walk over the blocks. Wherever a block comes to be, or
 * changes its size or its status, its header is written; where blocks are
 * merged, that of the first one is.
 *
 * They take the place of a heap's headers only while it is watched: a heap that
 * is not pays nothing for it.
 */
export class WatchedHeaders extends Headers {
  #written = new Int32Array(FIRST_CAPACITY);
  #count = 0;
  readonly #onAllocation: (cell: number) => void;
  /** The block that was split last; none once one was allocated or freed. */
  #split = NO_BLOCK;

  /**
   * @param watched The headers whose place they take.
   * @param onAllocation Told when a search has found a block, and split it.
   */
  constructor(watched: Headers, onAllocation: (cell: number) => void) {
    super(watched);
    this.#onAllocation = onAllocation;
  }

  /** Written again where a block that was set aside is freed after all: that is no change. */
  override writeStatus(cell: number, status: number): void {
    const isChanged = !this.isClosed && this.statusAt(cell) !== status;
    super.writeStatus(cell, status);
    if (isChanged) this.#note(cell);
    if (status === STATUS.allocated) this.#onAllocation(cell);
    this.#split = NO_BLOCK;
  }

  override writeSize(cell: number, size: number): void {
    super.writeSize(cell, size);
    this.#note(cell);
  }

  /** Written too where only the link to the next block changes: that is no change. */
  override writeExtent(cell: number, size: number, next: number): void {
    const isChanged = this.sizeAt(cell) !== size;
    super.writeExtent(cell, size, next);
    if (isChanged) this.#note(cell);
  }

  override writeLone(cell: number): void {
    super.writeLone(cell);
    this.#note(cell);
  }

  override writeSplit(
    cell: number,
    rest: number,
    end: number,
    next: number,
  ): void {
    super.writeSplit(cell, rest, end, next);
    this.#note(cell);
    this.#note(rest);
    this.#split = cell;
  }

  /**
   * The first cells of all headers written since this was last asked, in address
   * order and each once. Some may have been absorbed since. The array is good
   * until the next header is written.
   */
  takeWritten(): Int32Array {
    const written = this.#distinct();
    this.#count = 0;
    return written;
  }

  /** Whether a block was split, and none was allocated or freed since. */
  wasSplit(cell: number): boolean {
    return this.#split === cell;
  }

  /** Those written since then, in no order and some twice, without taking them. */
  get written(): Int32Array {
    return this.#written.subarray(0, this.#count);
  }

  #note(cell: number): void {
    if (this.#count === this.#written.length) this.#makeRoom();
    this.#written[this.#count++] = cell;
  }

  /** Those that were written, in address order and each once. */
  #distinct(): Int32Array {
    const written = this.#written.subarray(0, this.#count).sort();
    let kept = 0;
    for (const cell of written) {
      if (kept === 0 || cell !== written[kept - 1]) written[kept++] = cell;
    }
    return written.subarray(0, kept);
  }

  /** However long nobody asks, there are no more than twice as many as were written. */
  #makeRoom(): void {
    const distinct = this.#distinct();
    const isCrowded = 2 * distinct.length > this.#written.length;
    const roomier = isCrowded
      ? new Int32Array(2 * this.#written.length)
      : this.#written;
    roomier.set(distinct);
    this.#written = roomier;
    this.#count = distinct.length;
  }
}
