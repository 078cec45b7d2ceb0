import { OrderedTree } from "./ordered_tree.ts";
import { SizeSet } from "./size_set.ts";

/** Sizes up to this many cells (4 KiB) have a front of their own. */
const LARGEST_EXACT = 512;

/** Words of a front: one line of the processor's cache. */
const FRONT_WORDS = 16;

/** The first word of a front: how many entries it has. */
const COUNT = 0;

/** The second word: how many blocks of its size stand behind it in the tree. */
const BEHIND = 1;

/** The other words are entries: addresses as cells, the highest first. */
const FIRST_ENTRY = 2;

/** Entries that a front has room for. */
const FRONT_ENTRIES = FRONT_WORDS - FIRST_ENTRY;

/** Entries taken from the tree when a front has run empty. */
const REFILL = 8;

/**
 * Answers "the smallest free block of at least n cells, of equals the one at
 * the lowest address": best fit.
 *
 * While a program runs, few of its blocks are free at any moment, and a size
 * has one or two. So each exact size up to 4 KiB has a front, the few lowest
 * addresses in a row, and a bit that says whether it holds any. What a front
 * cannot hold stands behind it, in one tree with all larger blocks.
 *
 * ```text
 *   sizes with a front that is filled   … 0 1 0 0 1 1 …    the lowest bit from n
 *                                           │              on names the size
 *   front of that size     [ 4, 0 | 90 71 64 12 … ]        its last entry is the
 *                            │  └ behind it                lowest address
 *                            └ entries
 *   tree by (size, address)    what fronts cannot hold, and all sizes over 4 KiB
 * ```
 *
 * Every block of a size that stands in the tree lies above all of its front, and
 * a front with blocks behind it is never empty.
 *
 * | operation | cost |
 * |---|---|
 * | `add`, `delete` | up to 14 entries moved; and O(log n) if others stand behind the front, or above 4 KiB |
 * | `fit`, `take` | constant, and for each 8th `take` 8 from the tree; O(log n) above 4 KiB |
 * | `largest` | O(log n) in what the tree holds |
 */
export class FreeIndex {
  /** Sizes whose front is not empty. */
  readonly #filled = new SizeSet();
  readonly #fronts = new Int32Array((LARGEST_EXACT + 1) * FRONT_WORDS);
  readonly #tree = new OrderedTree();
  #count = 0;
  #moves = 0;

  /** Blocks in the index. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of the fronts and the tree. */
  get byteLength(): number {
    return this.#fronts.byteLength + this.#tree.byteLength;
  }

  /** Entries moved and nodes visited so far. */
  get steps(): number {
    return this.#moves + this.#tree.steps;
  }

  /** Puts a free block in: its first cell, and its payload's size in cells. */
  add(cell: number, size: number): void {
    this.#count++;
    if (size > LARGEST_EXACT) return this.#tree.add(size, cell);
    const front = size * FRONT_WORDS;
    if (this.#belongsBehind(front, cell)) this.#addBehind(front, cell, size);
    else this.#addToFront(front, cell, size);
  }

  /**
   * Takes a free block out.
   *
   * @returns Whether it was in the index.
   */
  delete(cell: number, size: number): boolean {
    const deleted = this.#remove(cell, size);
    if (deleted) this.#count--;
    return deleted;
  }

  /** Whether a free block is in the index. */
  has(cell: number, size: number): boolean {
    const front = size * FRONT_WORDS;
    if (size <= LARGEST_EXACT && this.#place(front, cell) >= 0) return true;
    const node = this.#tree.ceiling(size, cell);
    return node !== 0 && this.#tree.major(node) === size &&
      this.#tree.minor(node) === cell;
  }

  /**
   * The size of the best fit for `size` cells of payload, or 0: of the blocks
   * that have this size the one to take is the lowest.
   */
  fit(size: number): number {
    if (size <= LARGEST_EXACT) {
      const exact = this.#filled.atLeast(size);
      if (exact > 0) return exact;
      size = LARGEST_EXACT + 1;
    }
    const node = this.#tree.ceiling(size, 0);
    return node === 0 ? 0 : this.#tree.major(node);
  }

  /** Takes out the block at the lowest address of those with exactly this size. */
  take(size: number): number {
    this.#count--;
    if (size > LARGEST_EXACT) return this.#takeFromTree(size);
    const front = size * FRONT_WORDS;
    const left = --this.#fronts[front + COUNT]!;
    const lowest = this.#fronts[front + FIRST_ENTRY + left]!;
    if (left === 0) this.#refill(front, size);
    return lowest;
  }

  /** The size in cells of the largest block, or 0. */
  largest(): number {
    const node = this.#tree.last();
    const inTree = node === 0 ? 0 : this.#tree.major(node);
    return Math.max(inTree, this.#filled.largest(), 0);
  }

  #takeFromTree(size: number): number {
    const lowest = this.#tree.minor(this.#tree.ceiling(size, 0));
    this.#tree.delete(size, lowest);
    return lowest;
  }

  /** Whether a cell lies above a front that is full or has others behind it. */
  #belongsBehind(front: number, cell: number): boolean {
    const isFull = this.#fronts[front + COUNT] === FRONT_ENTRIES;
    return (isFull || this.#fronts[front + BEHIND] !== 0) &&
      cell > this.#fronts[front + FIRST_ENTRY]!;
  }

  #addBehind(front: number, cell: number, size: number): void {
    this.#tree.add(size, cell);
    this.#fronts[front + BEHIND]!++;
  }

  #addToFront(front: number, cell: number, size: number): void {
    const fronts = this.#fronts;
    if (fronts[front + COUNT] === FRONT_ENTRIES) this.#pushOut(front, size);
    const first = front + FIRST_ENTRY;
    let place = first + fronts[front + COUNT]!;
    if (place === first) this.#filled.add(size);
    while (place > first && fronts[place - 1]! < cell) {
      this.#moves++;
      fronts[place] = fronts[place - 1]!;
      place--;
    }
    fronts[place] = cell;
    fronts[front + COUNT]!++;
  }

  /** Moves a full front's highest entry behind it. */
  #pushOut(front: number, size: number): void {
    const first = front + FIRST_ENTRY;
    this.#addBehind(front, this.#fronts[first]!, size);
    this.#fronts.copyWithin(first, first + 1, front + FRONT_WORDS);
    this.#fronts[front + COUNT]!--;
    this.#moves += FRONT_ENTRIES;
  }

  #remove(cell: number, size: number): boolean {
    if (size > LARGEST_EXACT) return this.#tree.delete(size, cell);
    const front = size * FRONT_WORDS;
    const place = this.#place(front, cell);
    if (place >= 0) {
      this.#removeEntry(front, place, size);
      return true;
    }
    if (this.#fronts[front + BEHIND] === 0) return false;
    if (!this.#tree.delete(size, cell)) return false;
    this.#fronts[front + BEHIND]!--;
    return true;
  }

  /** Where a cell stands in a front, or -1. */
  #place(front: number, cell: number): number {
    const fronts = this.#fronts;
    let place = front + FIRST_ENTRY + fronts[front + COUNT]! - 1;
    while (place >= front + FIRST_ENTRY && fronts[place]! < cell) {
      this.#moves++;
      place--;
    }
    return place >= front + FIRST_ENTRY && fronts[place] === cell ? place : -1;
  }

  #removeEntry(front: number, place: number, size: number): void {
    const fronts = this.#fronts;
    const left = --fronts[front + COUNT]!;
    const last = front + FIRST_ENTRY + left;
    for (; place < last; place++) {
      this.#moves++;
      fronts[place] = fronts[place + 1]!;
    }
    if (left === 0) this.#refill(front, size);
  }

  /** Fills an empty front with the lowest entries behind it. */
  #refill(front: number, size: number): void {
    const count = Math.min(this.#fronts[front + BEHIND]!, REFILL);
    if (count === 0) return this.#filled.delete(size);
    for (let left = count; left > 0; left--) {
      this.#fronts[front + FIRST_ENTRY + left - 1] = this.#takeFromTree(size);
    }
    this.#moves += count;
    this.#fronts[front + COUNT] = count;
    this.#fronts[front + BEHIND]! -= count;
  }
}
