import * as bits from "../../collections/bit_tree.ts";
import { OrderedTree } from "../../collections/ordered_tree.ts";
import * as layout from "../layout.ts";
import type { Fit, FreeBlocks } from "./fit.ts";
import * as regions from "./fit.ts";

const { BitTree, highestBit, lowestBit } = bits;
const { HEADER_CELLS, NO_BLOCK, unitOf } = layout;
const { regionOf, REGION_UNITS } = regions;

/** The largest size in cells, 4 KiB, that has a front. */
const LARGEST_EXACT = 512;

/** log₂ of the words of a front: 16 words are a line of the processor's cache. */
const FRONT_SHIFT = 4;

/** The first word of a front: how many entries it has. */
const COUNT = 0;

/** The second word: how many blocks of its size are in the overflow. */
const OVERFLOW = 1;

/** The other words: entries, the first cells of blocks, the highest first. */
const FIRST_ENTRY = 2;

/** The most entries of a front. */
const FRONT_ENTRIES = (1 << FRONT_SHIFT) - FIRST_ENTRY;

/** The most entries that an empty front gets from the overflow. */
const REFILL = 8;

/**
 * Best fit: the smallest free block of at least n cells, of equals the block at the
 * lowest address.
 *
 * While a program runs, few of its blocks are free at any moment: one or two of a size. So
 * each exact size up to 4 KiB has a front, a short row of the lowest free blocks, and a
 * bit that says whether the front has entries. The blocks of a size that its front has no
 * room for are its overflow. For each of them only the region is recorded, in one bit.
 * When the front runs empty, the boundary tags of those regions fill it.
 *
 * ```text
 *   sizes with a filled front           … 0 1 0 0 1 1 …    the lowest bit from n
 *                                           │              on gives the size
 *   front of that size     [ 4, 2 | 90 71 64 12 … ]        the last entry is the
 *                            │  └ blocks in the overflow   lowest address
 *                            └ entries
 *   regions of that size   … 0 0 1 0 0 0 1 …               where the overflow lies
 *
 *   tree by (size, address)                                all sizes over 4 KiB
 * ```
 *
 * Every block of an overflow lies above all entries of its front, and a front with an
 * overflow is never empty. A marked region may have no block of the overflow any more: the
 * mark is removed when a search of the region finds none.
 *
 * | operation | cost |
 * |---|---|
 * | `add`, `delete` | up to 14 entries moved, or a few bits written; O(log n) above 4 KiB |
 * | `take`, `hasFit` | two words of bits, rarely up to 33; O(log n) above 4 KiB |
 * | … and for each 8th `take` of many equal blocks | the tags of 1 to 8 regions |
 * | `largest` | 33 words of bits; O(log n) in the number of blocks over 4 KiB |
 */
export class BestFit implements Fit {
  /** Sizes whose front is not empty. */
  readonly #filled = new SizeSet();
  readonly #fronts = new Int32Array((LARGEST_EXACT + 1) << FRONT_SHIFT);
  /** The regions in which the overflow of each size lies, by size. */
  readonly #regions: (bits.BitTree | undefined)[] = new Array(LARGEST_EXACT + 1)
    .fill(undefined);
  readonly #tree = new OrderedTree();
  readonly #blocks: FreeBlocks;
  /** No block has more cells than this. The bound spares a growing heap its searches. */
  #bound = 0;
  #moves = 0;
  /** Cells of payload of the block taken last. */
  taken = 0;

  /** @param blocks The blocks of the heap. */
  constructor(blocks: FreeBlocks) {
    this.#blocks = blocks;
  }

  /** Bytes of the fronts, the regions and the tree. */
  get byteLength(): number {
    const regions = this.#regions.reduce(
      (sum, tree) => sum + (tree?.byteLength ?? 0),
      0,
    );
    return this.#fronts.byteLength + regions + this.#tree.byteLength;
  }

  /** Entries moved, words of bits read and nodes visited so far. */
  get steps(): number {
    const regions = this.#regions.reduce(
      (sum, tree) => sum + (tree?.steps ?? 0),
      0,
    );
    return this.#moves + regions + this.#tree.steps;
  }

  /** How many blocks are in the index. They are counted here, since no call needs it. */
  get count(): number {
    let count = this.#tree.size;
    for (let size = 0; size <= LARGEST_EXACT; size++) {
      const front = size << FRONT_SHIFT;
      count += this.#fronts[front + COUNT]! + this.#fronts[front + OVERFLOW]!;
    }
    return count;
  }

  /** The size in cells of the largest block, or 0. */
  get largest(): number {
    const node = this.#tree.last();
    return node === 0
      ? Math.max(this.#filled.largest(), 0)
      : this.#tree.major(node);
  }

  /**
   * Lets go of the tables. The buffer is detached, because compiled code relies on fields
   * that no heap ever changes.
   */
  letGo(): void {
    this.#fronts.buffer.transfer(0);
    this.#regions.length = 0;
    this.#tree.letGo();
  }

  /** Whether a free block is in the index. */
  has(cell: number, size: number): boolean {
    if (size > LARGEST_EXACT) return this.#tree.has(size, cell);
    const front = size << FRONT_SHIFT;
    return this.#isInOverflow(front, cell)
      ? this.#regions[size]!.has(regionOf(cell))
      : this.#place(front, cell) >= 0;
  }

  /** Adds a free block, given by its first cell and its payload's size in cells. */
  add(cell: number, size: number): void {
    if (size > this.#bound) this.#bound = size;
    if (size > LARGEST_EXACT) return this.#tree.add(size, cell);
    const fronts = this.#fronts;
    const front = size << FRONT_SHIFT;
    if (fronts[front] !== 0) return this.#addToFilled(front, cell);
    fronts[front] = 1;
    fronts[front + FIRST_ENTRY | 0] = cell;
    this.#filled.add(size);
  }

  /** Removes a free block that is in the index. */
  delete(cell: number, size: number): void {
    if (size > LARGEST_EXACT) {
      this.#tree.delete(size, cell);
      return;
    }
    const front = size << FRONT_SHIFT;
    if (this.#isInOverflow(front, cell)) this.#fronts[front + OVERFLOW]!--;
    else this.#deleteFromFront(front, cell);
  }

  /** Takes out the best fit for `size` cells of payload, if that has at most `most` cells. */
  take(size: number, most: number): number {
    if (size > this.#bound) return NO_BLOCK;
    if (size > LARGEST_EXACT) return this.#takeFromTree(size, most);
    const fit = this.#filled.atLeast(size);
    if (fit < 0) return this.#takeFromTree(size, most);
    if (fit > most) return NO_BLOCK;
    this.taken = fit;
    const fronts = this.#fronts;
    const front = fit << FRONT_SHIFT;
    const left = fronts[front]! - 1 | 0;
    const lowest = fronts[front + FIRST_ENTRY + left | 0]!;
    fronts[front] = left;
    if (fronts[front + OVERFLOW | 0] === 0) {
      this.#filled.deleteIfNone(left, fit);
    } else if (left === 0) this.#refill(front, lowest);
    return lowest;
  }

  /** Whether a block of `size` to `most` cells is in the index. */
  hasFit(size: number, most: number): boolean {
    if (size > this.#bound) return false;
    const exact = size > LARGEST_EXACT ? -1 : this.#filled.atLeast(size);
    const fit = exact < 0 ? this.#fitInTree(size) : exact;
    return fit !== 0 && fit <= most;
  }

  /** Returns the size of the best fit above 4 KiB, or 0 if no block suffices. */
  #fitInTree(size: number): number {
    const node = this.#tree.ceiling(size, 0);
    if (node !== 0) return this.#tree.major(node);
    this.#bound = size - 1;
    return 0;
  }

  #takeFromTree(size: number, most: number): number {
    const fit = this.#fitInTree(size);
    if (fit === 0 || fit > most) return NO_BLOCK;
    const lowest = this.#tree.minor(this.#tree.ceiling(fit, 0));
    this.#tree.delete(fit, lowest);
    this.taken = fit;
    return lowest;
  }

  /** Whether a block of a front's size belongs to the overflow. */
  #isInOverflow(front: number, cell: number): boolean {
    return this.#fronts[front + OVERFLOW | 0] !== 0 &&
      cell > this.#fronts[front + FIRST_ENTRY | 0]!;
  }

  #addToFilled(front: number, cell: number): void {
    const fronts = this.#fronts;
    const first = front + FIRST_ENTRY | 0;
    const count = fronts[front]!;
    if (count === FRONT_ENTRIES || fronts[front + OVERFLOW | 0] !== 0) {
      if (cell > fronts[first]!) return this.#addToOverflow(front, cell);
      if (count === FRONT_ENTRIES) return this.#replaceHighest(front, cell);
    }
    let place = first + count | 0;
    while (place > first && fronts[place - 1 | 0]! < cell) {
      fronts[place] = fronts[place - 1 | 0]!;
      place = place - 1 | 0;
    }
    fronts[place] = cell;
    fronts[front] = count + 1;
    this.#moves += first + count - place;
  }

  #addToOverflow(front: number, cell: number): void {
    this.#fronts[front + OVERFLOW]!++;
    const region = regionOf(cell);
    const regions = this.#regions[front >>> FRONT_SHIFT] ??= new BitTree(1);
    if (region >= regions.capacity) regions.resize(2 * region);
    regions.add(region);
  }

  /** Adds an entry to a full front, and moves the highest entry to the overflow. */
  #replaceHighest(front: number, cell: number): void {
    const first = front + FIRST_ENTRY;
    this.#addToOverflow(front, this.#fronts[first]!);
    this.#fronts.copyWithin(first, first + 1, first + FRONT_ENTRIES);
    this.#fronts[front + COUNT]!--;
    this.#moves += FRONT_ENTRIES;
    this.#addToFilled(front, cell);
  }

  /** Returns where the entry of a cell is, or -1 if the front does not have it. */
  #place(front: number, cell: number): number {
    const fronts = this.#fronts;
    const first = front + FIRST_ENTRY | 0;
    let place = first + fronts[front]! - 1 | 0;
    while (place >= first && fronts[place] !== cell) place = place - 1 | 0;
    return place < first ? -1 : place;
  }

  #deleteFromFront(front: number, cell: number): void {
    const fronts = this.#fronts;
    let place = this.#place(front, cell);
    const left = fronts[front]! - 1 | 0;
    const last = front + FIRST_ENTRY + left | 0;
    this.#moves += last - place;
    for (; place < last; place = place + 1 | 0) {
      fronts[place] = fronts[place + 1 | 0]!;
    }
    fronts[front] = left;
    if (left !== 0) return;
    if (fronts[front + OVERFLOW | 0] !== 0) this.#refill(front, cell);
    else this.#filled.delete(front >>> FRONT_SHIFT);
  }

  /** Fills an empty front with the lowest blocks of the overflow; all lie above `above`. */
  #refill(front: number, above: number): void {
    const count = Math.min(this.#fronts[front + OVERFLOW]!, REFILL);
    let unit = unitOf(above);
    for (let left = count; left > 0; left--) {
      unit = this.#lowestInOverflow(front, unit + 1);
      this.#fronts[front + FIRST_ENTRY + left - 1] = this.#blocks.cellIn(unit);
    }
    this.#moves += count;
    this.#fronts[front + COUNT] = count;
    this.#fronts[front + OVERFLOW]! -= count;
  }

  /** Returns the unit of the lowest block of an overflow, from a unit on. */
  #lowestInOverflow(front: number, unit: number): number {
    const size = front >>> FRONT_SHIFT;
    const regions = this.#regions[size]!;
    for (;;) {
      const region = regions.first();
      const start = region * REGION_UNITS;
      const found = this.#blocks.lowestFree(
        Math.max(unit, start),
        start + REGION_UNITS,
        size + HEADER_CELLS,
        size + HEADER_CELLS,
      );
      if (found >= 0) return found;
      regions.delete(region);
    }
  }
}

/** A set has sizes from 0 to one less than this. */
const SIZES = 1024;

/**
 * A set of small sizes that finds its smallest member from a given size on.
 *
 * ```text
 *   words   01001000 00000000 00000000 00000001 …      a bit for each size
 *              └────────────┘
 *               from size 3 on, as many as a word has
 * ```
 *
 * `add` and `delete` write one word. `atLeast` reads two words, and more only if these
 * have no member: each search of the heap begins with this call.
 */
export class SizeSet {
  /** A bit for each size, and one more word, so that every word has a next word. */
  readonly #words = new Int32Array(SIZES / 32 + 1);

  /** Adds a size. */
  add(size: number): void {
    this.#words[size >>> 5]! |= 1 << size;
  }

  /** Removes a size. */
  delete(size: number): void {
    this.#words[size >>> 5]! &= ~(1 << size);
  }

  /** Removes a size if `count` is 0, without a branch: it could not be predicted. */
  deleteIfNone(count: number, size: number): void {
    this.#words[size >>> 5]! &= ~((count - 1 >> 31) & (1 << size));
  }

  /** Returns the smallest member that is at least `size`, or -1. */
  atLeast(size: number): number {
    const words = this.#words;
    const word = size >>> 5;
    const window = words[word]! >>> size |
      words[word + 1 | 0]! << 1 << (31 - size);
    if (window === 0) return this.#from(word + 1);
    return size + (Math.clz32(window & -window) ^ 31) | 0;
  }

  /** Returns the largest member, or -1. */
  largest(): number {
    const word = this.#words.findLastIndex((bits) => bits !== 0);
    return word < 0 ? -1 : 32 * word + highestBit(this.#words[word]!);
  }

  /** Returns the smallest member from a word on, or -1. */
  #from(word: number): number {
    for (; word < this.#words.length; word++) {
      const bits = this.#words[word]!;
      if (bits !== 0) return 32 * word + lowestBit(bits);
    }
    return -1;
  }
}
