import * as layout from "../layout.ts";
import type { BoundaryTags } from "./boundary_tags.ts";

const { STATE } = layout;

const FIRST_CAPACITY = 256;

/** Words of tags for each entry of the longest list: 2,560 bytes of heap. */
const WORDS_PER_ENTRY = 16;

/**
 * The blocks freed since the last search, which wait to be merged with their neighbours.
 *
 * They are entries of a short list. When a program frees very many blocks in a row, the
 * list is not used: all freed blocks are then found by reading the boundary tags once, at
 * most 16 words for each entry of the list. That is also faster, since runs of neighbours
 * are then merged in one go.
 */
export class FreedBlocks {
  readonly #tags: BoundaryTags;
  #cells = new Int32Array(FIRST_CAPACITY);
  /** Entries of the list: 0 exactly if no freed block waits. Only this class changes it. */
  count = 0;
  /** The next unit to read if there were too many blocks for the list, or -1. */
  #unread = -1;

  /** @param tags The tags that mark blocks as freed. */
  constructor(tags: BoundaryTags) {
    this.#tags = tags;
  }

  /** Bytes of the list. */
  get byteLength(): number {
    return this.#cells.byteLength;
  }

  /** Adds a block whose tag is `freed` already. */
  add(cell: number): void {
    if (this.count < this.#cells.length) this.#cells[this.count++] = cell;
    else this.#addToFull(cell);
  }

  /** Lets go of the list: the heap has ended. */
  letGo(): void {
    this.clear();
    this.#cells = new Int32Array(0);
  }

  /** Removes all blocks. */
  clear(): void {
    this.count = 0;
    this.#unread = -1;
  }

  /** Takes out a block whose tag is still `freed`, in no order; returns -1 if none is. */
  take(): number {
    if (this.#unread >= 0) return this.#takeFromTags();
    while (this.count > 0) {
      const cell = this.#cells[--this.count]!;
      if (this.#tags.state(cell) === STATE.freed) return cell;
    }
    return -1;
  }

  /** Iterates the blocks that {@linkcode FreedBlocks.take} would return; some twice. */
  *[Symbol.iterator](): Generator<number> {
    if (this.#unread >= 0) return yield* this.#readTags();
    for (const cell of this.#cells.subarray(0, this.count)) {
      if (this.#tags.state(cell) === STATE.freed) yield cell;
    }
  }

  #takeFromTags(): number {
    const unit = this.#tags.nextFreed(this.#unread);
    if (unit < 0) {
      this.clear();
      return -1;
    }
    this.#unread = unit + 1;
    return this.#tags.cellIn(unit);
  }

  *#readTags(): Generator<number> {
    let unit = this.#tags.nextFreed(this.#unread);
    while (unit >= 0) {
      yield this.#tags.cellIn(unit);
      unit = this.#tags.nextFreed(unit + 1);
    }
  }

  #addToFull(cell: number): void {
    if (2 * this.#cells.length * WORDS_PER_ENTRY > this.#tags.wordCount) {
      this.#unread = 0;
      return;
    }
    const wider = new Int32Array(2 * this.#cells.length);
    wider.set(this.#cells);
    this.#cells = wider;
    this.add(cell);
  }
}
