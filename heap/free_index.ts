import { OrderedTree } from "./ordered_tree.ts";
import { SizeSet } from "./size_set.ts";

/** Sizes up to this many cells (4 KiB) have a front of their own. */
const LARGEST_EXACT = 512;

/** Places in a front. */
const FRONT = 15;

/** Places filled from the tree when a front has run empty. */
const REFILL = 8;

/**
 * Answers "the smallest free block of at least n cells, of equals the one at
 * the lowest address": best fit.
 *
 * While a program runs, few of its blocks are free at any moment and a size
 * has one or two. So each exact size up to 4 KiB has a front, the few lowest
 * addresses in a row, and a bit that says whether it holds any; what a front
 * cannot hold stands behind it, in one tree with all larger blocks.
 *
 * ```text
 *   sizes that have a front filled   … 0 1 0 0 1 1 …     the lowest bit from n on
 *                                        │                names the size
 *   front of that size               [ 90 71 64 12 ]      its last entry is the
 *                                                         lowest address
 *   tree by (size, address)          what fronts cannot hold, all sizes > 4 KiB
 * ```
 *
 * Every block of a size that stands in the tree lies above all of its front.
 *
 * | operation | cost |
 * |---|---|
 * | `add`, `delete` | up to 15 entries moved; else O(log n) in the tree |
 * | `smallest` | 3 words read; O(log n) above 4 KiB |
 */
export class FreeIndex {
  /** Sizes whose front is not empty. */
  readonly #filled = new SizeSet();
  /** Each size's front: `FRONT` places of which the first `#counts` are used. */
  readonly #fronts = new Int32Array((LARGEST_EXACT + 1) * FRONT);
  readonly #counts = new Uint8Array(LARGEST_EXACT + 1);
  /** How many blocks of each size stand in the tree behind the front. */
  readonly #behind = new Int32Array(LARGEST_EXACT + 1);
  readonly #tree = new OrderedTree();
  #count = 0;
  #moves = 0;

  /** Blocks in the index. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of the index. */
  get byteLength(): number {
    return this.#fronts.byteLength + this.#counts.byteLength +
      this.#behind.byteLength + this.#tree.byteLength;
  }

  /** Entries moved and nodes visited so far. */
  get steps(): number {
    return this.#moves + this.#tree.steps;
  }

  /** Puts a free block in: its first cell, and its payload's size in cells. */
  add(cell: number, size: number): void {
    this.#count++;
    if (size > LARGEST_EXACT || this.#belongsBehind(cell, size)) {
      this.#addBehind(cell, size);
    } else {
      this.#addToFront(cell, size);
    }
  }

  /**
   * Takes a free block out.
   *
   * @returns Whether it was in the index.
   */
  delete(cell: number, size: number): boolean {
    const deleted = this.#isBehind(cell, size)
      ? this.#deleteBehind(cell, size)
      : this.#deleteFromFront(cell, size);
    if (deleted) this.#count--;
    return deleted;
  }

  /** Whether a free block is in the index. */
  has(cell: number, size: number): boolean {
    if (!this.#isBehind(cell, size)) return this.#placeInFront(cell, size) >= 0;
    const node = this.#tree.ceiling(size, cell);
    return node !== 0 && this.#tree.major(node) === size &&
      this.#tree.minor(node) === cell;
  }

  /** The first cell of the best fit for `size` cells of payload, or -1. */
  smallest(size: number): number {
    if (size <= LARGEST_EXACT) {
      const exact = this.#filled.atLeast(size);
      if (exact >= 0) {
        return this.#fronts[exact * FRONT + this.#counts[exact]! - 1]!;
      }
      size = LARGEST_EXACT + 1;
    }
    const node = this.#tree.ceiling(size, 0);
    return node === 0 ? -1 : this.#tree.minor(node);
  }

  /** The size in cells of the largest block, or 0. */
  largest(): number {
    const node = this.#tree.last();
    const inTree = node === 0 ? 0 : this.#tree.major(node);
    return Math.max(inTree, this.#filled.largest(), 0);
  }

  /** Whether a block, if it is in the index, stands in the tree. */
  #isBehind(cell: number, size: number): boolean {
    return size > LARGEST_EXACT ||
      (this.#behind[size] !== 0 && cell > this.#fronts[size * FRONT]!);
  }

  #deleteBehind(cell: number, size: number): boolean {
    if (!this.#tree.delete(size, cell)) return false;
    if (size <= LARGEST_EXACT) this.#behind[size]!--;
    return true;
  }

  /** Whether a block lies above a front that is full, or has some behind it. */
  #belongsBehind(cell: number, size: number): boolean {
    return (this.#behind[size] !== 0 || this.#counts[size] === FRONT) &&
      cell > this.#fronts[size * FRONT]!;
  }

  #addBehind(cell: number, size: number): void {
    this.#tree.add(size, cell);
    if (size <= LARGEST_EXACT) this.#behind[size]!++;
  }

  /** Entries stand in falling order, so that taking the lowest moves nothing. */
  #addToFront(cell: number, size: number): void {
    if (this.#counts[size] === FRONT) this.#pushOut(size);
    const first = size * FRONT;
    let place = first + this.#counts[size]!;
    while (place > first && this.#fronts[place - 1]! < cell) {
      this.#moves++;
      this.#fronts[place] = this.#fronts[place - 1]!;
      place--;
    }
    this.#fronts[place] = cell;
    if (this.#counts[size]!++ === 0) this.#filled.add(size);
  }

  /** Moves a front's highest entry behind it. */
  #pushOut(size: number): void {
    const first = size * FRONT;
    this.#addBehind(this.#fronts[first]!, size);
    this.#fronts.copyWithin(first, first + 1, first + FRONT);
    this.#counts[size]!--;
    this.#moves += FRONT;
  }

  #deleteFromFront(cell: number, size: number): boolean {
    const last = size * FRONT + this.#counts[size]! - 1;
    let place = this.#placeInFront(cell, size);
    if (place < 0) return false;
    for (; place < last; place++) {
      this.#fronts[place] = this.#fronts[place + 1]!;
    }
    if (--this.#counts[size]! === 0) this.#refill(size);
    return true;
  }

  /** Where a block stands in its front, or -1. */
  #placeInFront(cell: number, size: number): number {
    const first = size * FRONT;
    let place = first + this.#counts[size]! - 1;
    while (place >= first && this.#fronts[place] !== cell) {
      this.#moves++;
      place--;
    }
    return place >= first ? place : -1;
  }

  /** Fills an empty front with the lowest entries behind it. */
  #refill(size: number): void {
    const count = Math.min(this.#behind[size]!, REFILL);
    if (count === 0) return this.#filled.delete(size);
    for (let place = size * FRONT + count - 1; place >= size * FRONT; place--) {
      const lowest = this.#tree.minor(this.#tree.ceiling(size, 0));
      this.#tree.delete(size, lowest);
      this.#fronts[place] = lowest;
    }
    this.#moves += count;
    this.#counts[size] = count;
    this.#behind[size]! -= count;
  }
}
