import * as bits from "../../collections/bit_tree.ts";
import { BitTree } from "../../collections/bit_tree.ts";
import { OrderedTree } from "../../collections/ordered_tree.ts";
import * as layout from "../layout.ts";
import type { Fit, FreeBlocks } from "./fit.ts";
import * as regions from "./fit.ts";

const { highestBit, lowestBit } = bits;
const { HEADER_CELLS, NO_BLOCK, unitOf } = layout;
const { regionOf, REGION_UNITS } = regions;

/** Sizes up to this many cells (4 KiB) have a front of their own. */
const LARGEST_EXACT = 512;

/** A front has 16 words: one line of the processor's cache. */
const FRONT_SHIFT = 4;

/** The first word of a front: how many entries it has. */
const COUNT = 0;

/** The second word: how many blocks of its size stand behind it. */
const BEHIND = 1;

/** The other words are entries: addresses as cells, the highest first. */
const FIRST_ENTRY = 2;

/** Entries that a front has room for. */
const FRONT_ENTRIES = (1 << FRONT_SHIFT) - FIRST_ENTRY;

/** Entries fetched when a front has run empty. */
const REFILL = 8;

/**
 * Best fit: the smallest free block of at least n cells, of equals the one at
 * the lowest address.
 *
 * While a program runs, few of its blocks are free at any moment, and a size has
 * one or two. So each exact size up to 4 KiB has a front, the few lowest
 * addresses in a row, and a bit that says whether it holds any. Of the blocks
 * that a front has no room for only the region is recorded, in one bit; what is
 * known of the region's blocks tells the rest when the front has run empty.
 *
 * ```text
 *   sizes with a front that is filled   … 0 1 0 0 1 1 …    the lowest bit from n
 *                                           │              on names the size
 *   front of that size     [ 4, 2 | 90 71 64 12 … ]        its last entry is the
 *                            │  └ blocks behind it         lowest address
 *                            └ entries
 *   regions of that size   … 0 0 1 0 0 0 1 …               where those lie
 *
 *   tree by (size, address)                                all sizes over 4 KiB
 * ```
 *
 * Every block behind a front lies above all of the front, and a front with
 * blocks behind it is never empty. A region may be marked that has no such block
 * any more: it is unmarked when it is looked through in vain.
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
  /** By size: the regions in which blocks behind its front lie. */
  readonly #regions: (BitTree | undefined)[] = new Array(LARGEST_EXACT + 1)
    .fill(undefined);
  readonly #tree = new OrderedTree();
  readonly #blocks: FreeBlocks;
  /** No block has more cells; to know that spares a growing heap its searches. */
  #bound = 0;
  #moves = 0;
  /** Cells of payload of the block taken last. */
  taken = 0;

  /** @param blocks The blocks that the index is told of. */
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

  /** Blocks in the index: counted here, since no call needs to know. */
  get count(): number {
    let count = this.#tree.size;
    for (let size = 0; size <= LARGEST_EXACT; size++) {
      const front = size << FRONT_SHIFT;
      count += this.#fronts[front + COUNT]! + this.#fronts[front + BEHIND]!;
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

  /** Whether a free block is in the index. */
  has(cell: number, size: number): boolean {
    if (size > LARGEST_EXACT) return this.#tree.has(size, cell);
    const front = size << FRONT_SHIFT;
    return this.#isBehind(front, cell)
      ? this.#regions[size]!.has(regionOf(cell))
      : this.#place(front, cell) >= 0;
  }

  /** Puts a free block in: its first cell, and its payload's size in cells. */
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

  /** Takes out a free block that is in the index. */
  delete(cell: number, size: number): void {
    if (size > LARGEST_EXACT) {
      this.#tree.delete(size, cell);
      return;
    }
    const front = size << FRONT_SHIFT;
    if (this.#isBehind(front, cell)) this.#fronts[front + BEHIND]!--;
    else this.#deleteFromFront(front, cell);
  }

  /** Takes out the best fit for `size` cells of payload, if it has at most `most`. */
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
    if (fronts[front + BEHIND | 0] === 0) this.#filled.deleteIfNone(left, fit);
    else if (left === 0) this.#refill(front, lowest);
    return lowest;
  }

  /** Whether a block of `size` to `most` cells is in the index. */
  hasFit(size: number, most: number): boolean {
    if (size > this.#bound) return false;
    const exact = size > LARGEST_EXACT ? -1 : this.#filled.atLeast(size);
    const fit = exact < 0 ? this.#fitInTree(size) : exact;
    return fit !== 0 && fit <= most;
  }

  /** The size of the best fit above 4 KiB, or 0 if nothing is as large. */
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

  /** Whether a block of the front's size would stand behind its front. */
  #isBehind(front: number, cell: number): boolean {
    return this.#fronts[front + BEHIND | 0] !== 0 &&
      cell > this.#fronts[front + FIRST_ENTRY | 0]!;
  }

  #addToFilled(front: number, cell: number): void {
    const fronts = this.#fronts;
    const first = front + FIRST_ENTRY | 0;
    const count = fronts[front]!;
    if (count === FRONT_ENTRIES || fronts[front + BEHIND | 0] !== 0) {
      if (cell > fronts[first]!) return this.#addBehind(front, cell);
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

  #addBehind(front: number, cell: number): void {
    this.#fronts[front + BEHIND]!++;
    const region = regionOf(cell);
    const regions = this.#regions[front >>> FRONT_SHIFT] ??= new BitTree(1);
    if (region >= regions.capacity) regions.resize(2 * region);
    regions.add(region);
  }

  /** Puts an entry in a front that is full, and its highest behind it. */
  #replaceHighest(front: number, cell: number): void {
    const first = front + FIRST_ENTRY;
    this.#addBehind(front, this.#fronts[first]!);
    this.#fronts.copyWithin(first, first + 1, first + FRONT_ENTRIES);
    this.#fronts[front + COUNT]!--;
    this.#moves += FRONT_ENTRIES;
    this.#addToFilled(front, cell);
  }

  /** Where a cell stands in a front, or -1. */
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
    if (fronts[front + BEHIND | 0] !== 0) this.#refill(front, cell);
    else this.#filled.delete(front >>> FRONT_SHIFT);
  }

  /** Fills an empty front with the lowest blocks behind it; all lie above `above`. */
  #refill(front: number, above: number): void {
    const count = Math.min(this.#fronts[front + BEHIND]!, REFILL);
    let unit = unitOf(above);
    for (let left = count; left > 0; left--) {
      unit = this.#lowestBehind(front, unit + 1);
      this.#fronts[front + FIRST_ENTRY + left - 1] = this.#blocks.cellIn(unit);
    }
    this.#moves += count;
    this.#fronts[front + COUNT] = count;
    this.#fronts[front + BEHIND]! -= count;
  }

  /** The unit of the lowest block behind a front, from a unit on. */
  #lowestBehind(front: number, unit: number): number {
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

/** Sizes may be 0 to one less than this. */
const SIZES = 1024;

/**
 * A set of small sizes that finds its smallest member from a size on.
 *
 * ```text
 *   words   01001000 00000000 00000000 00000001 …      a bit for each size
 *              └────────────┘
 *               from size 3 on, as many as a word has
 * ```
 *
 * `add` and `delete` write one word. `atLeast` reads two, and others only if
 * they hold no member: this is where each search of the heap begins.
 */
export class SizeSet {
  /** One word more than there are sizes for, so that each has one behind it. */
  readonly #words = new Int32Array(SIZES / 32 + 1);

  /** Puts a size in. */
  add(size: number): void {
    this.#words[size >>> 5]! |= 1 << size;
  }

  /** Takes a size out. */
  delete(size: number): void {
    this.#words[size >>> 5]! &= ~(1 << size);
  }

  /** Takes a size out if `count` is 0, without a branch: it cannot be foreseen. */
  deleteIfNone(count: number, size: number): void {
    this.#words[size >>> 5]! &= ~((count - 1 >> 31) & (1 << size));
  }

  /** The smallest member that is at least `size`, or -1. */
  atLeast(size: number): number {
    const words = this.#words;
    const word = size >>> 5;
    const window = words[word]! >>> size |
      words[word + 1 | 0]! << 1 << (31 - size);
    if (window === 0) return this.#from(word + 1);
    return size + (Math.clz32(window & -window) ^ 31) | 0;
  }

  /** The largest member, or -1. */
  largest(): number {
    const word = this.#words.findLastIndex((bits) => bits !== 0);
    return word < 0 ? -1 : 32 * word + highestBit(this.#words[word]!);
  }

  /** The smallest member in a word or in one after it, or -1. */
  #from(word: number): number {
    for (; word < this.#words.length; word++) {
      const bits = this.#words[word]!;
      if (bits !== 0) return 32 * word + lowestBit(bits);
    }
    return -1;
  }
}
