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

/** The other words: entries, the highest first. */
const FIRST_ENTRY = 2;

/**
 * An entry is the first cell of a block, less this number. So entries are negative, and
 * the two words before them are higher than any entry: what goes through entries from the
 * last to the first ends there without asking.
 */
const ENTRY_BIAS = 2 ** 31 - 1;

/** The most entries of a front. */
const FRONT_ENTRIES = (1 << FRONT_SHIFT) - FIRST_ENTRY;

/** Where the bits of the sizes stand in the table: after the fronts. */
const BITS = (LARGEST_EXACT + 1) << FRONT_SHIFT;

/** Words of the table: the fronts, a bit for each size, and one word more. */
const TABLE_WORDS = BITS + (LARGEST_EXACT >>> 5) + 2;

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
  /**
   * The fronts, and the bits of the sizes whose front is not empty. They are one table, so
   * that `add` and `take` load one array: with two, short bursts of calls took a twentieth
   * longer.
   */
  readonly #table = new Int32Array(TABLE_WORDS);
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
    return this.#table.byteLength + regions + this.#tree.byteLength;
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
      count += this.#table[front + COUNT]! + this.#table[front + OVERFLOW]!;
    }
    return count;
  }

  /** The size in cells of the largest block, or 0. */
  get largest(): number {
    const node = this.#tree.last();
    if (node !== 0) return this.#tree.major(node);
    for (let word = TABLE_WORDS - 1; word >= BITS; word--) {
      const bits = this.#table[word]!;
      if (bits !== 0) return 32 * (word - BITS) + highestBit(bits);
    }
    return 0;
  }

  /**
   * Lets go of the tables. The buffer is detached, because compiled code relies on fields
   * that no heap ever changes.
   */
  letGo(): void {
    this.#table.buffer.transfer(0);
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

  /**
   * Adds a free block, given by its first cell and its payload's size in cells.
   *
   * Whether a front is empty, and whether the block lies below its entries, cannot be
   * predicted. So an entry is swapped with the lowest one by computing, not by a branch,
   * and the bit is set each time. That took an eighth of the time of a free and a malloc
   * of changing sizes.
   */
  add(cell: number, size: number): void {
    if (size > this.#bound) this.#bound = size;
    if (size > LARGEST_EXACT) return this.#tree.add(size, cell);
    const table = this.#table;
    const front = size << FRONT_SHIFT;
    const count = table[front]!;
    const hasRoom = count < FRONT_ENTRIES &&
      table[front + OVERFLOW | 0] === 0;
    if (!hasRoom) return this.#addToFull(front, cell);
    table[front] = count + 1 | 0;
    table[BITS + (size >>> 5) | 0]! |= 1 << size;
    const place = front + FIRST_ENTRY + count | 0;
    const entry = cell - ENTRY_BIAS | 0;
    const lowest = table[place - 1 | 0]!;
    const swap = (lowest ^ entry) & (lowest - entry | 0) >> 31;
    table[place] = entry ^ swap;
    table[place - 1 | 0] = lowest ^ swap;
    if (table[place - 2 | 0]! < (lowest ^ swap)) this.#raise(place - 1 | 0);
  }

  /** Removes a free block that is in the index. */
  delete(cell: number, size: number): void {
    if (size > LARGEST_EXACT) {
      this.#tree.delete(size, cell);
      return;
    }
    const front = size << FRONT_SHIFT;
    if (this.#isInOverflow(front, cell)) this.#table[front + OVERFLOW]!--;
    else this.#deleteFromFront(front, cell);
  }

  /** Takes out the best fit for `size` cells of payload, if that has at most `most` cells. */
  take(size: number, most: number): number {
    if (size > this.#bound) return NO_BLOCK;
    if (size > LARGEST_EXACT) return this.#takeFromTree(size, most);
    const table = this.#table;
    const word = BITS + (size >>> 5) | 0;
    const window = table[word]! >>> size |
      table[word + 1 | 0]! << 1 << (31 - size);
    const fit = window === 0
      ? this.#smallestFrom(word + 1)
      : size + (Math.clz32(window & -window) ^ 31) | 0;
    if (fit > most) return NO_BLOCK;
    if (fit < 0) return this.#takeFromTree(size, most);
    this.taken = fit;
    const front = fit << FRONT_SHIFT;
    const left = table[front]! - 1 | 0;
    const lowest = table[front + FIRST_ENTRY + left | 0]! + ENTRY_BIAS | 0;
    table[front] = left;
    if (table[front + OVERFLOW | 0] === 0) {
      // Without a branch: whether the front is empty now could not be predicted.
      table[BITS + (fit >>> 5) | 0]! &= ~((left - 1 >> 31) & (1 << fit));
    } else if (left === 0) this.#refill(front, lowest);
    return lowest;
  }

  /** Whether a block of `size` to `most` cells is in the index. */
  hasFit(size: number, most: number): boolean {
    if (size > this.#bound) return false;
    const exact = size > LARGEST_EXACT ? -1 : this.#exactFit(size);
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
    return this.#table[front + OVERFLOW | 0] !== 0 &&
      cell > this.#cellAt(front + FIRST_ENTRY | 0);
  }

  /** Returns the smallest size of at least `size` whose front is not empty, or -1. */
  #exactFit(size: number): number {
    const word = BITS + (size >>> 5);
    const bits = this.#table[word]! & -1 << size;
    return bits === 0
      ? this.#smallestFrom(word + 1)
      : 32 * (word - BITS) + lowestBit(bits);
  }

  /** Returns the smallest size from a word of bits on whose front is not empty, or -1. */
  #smallestFrom(word: number): number {
    const table = this.#table;
    for (; word < TABLE_WORDS; word++) {
      const bits = table[word]!;
      if (bits !== 0) return 32 * (word - BITS) + lowestBit(bits);
    }
    return -1;
  }

  /** Moves an entry that is higher than the entries before it to its place. */
  #raise(place: number): void {
    const table = this.#table;
    const entry = table[place]!;
    const from = place;
    while (table[place - 1 | 0]! < entry) {
      table[place] = table[place - 1 | 0]!;
      place = place - 1 | 0;
    }
    table[place] = entry;
    this.#moves += from - place;
  }

  /** Adds an entry to a front that is full or has an overflow. */
  #addToFull(front: number, cell: number): void {
    const table = this.#table;
    const first = front + FIRST_ENTRY;
    const highest = this.#cellAt(first);
    if (cell > highest) return this.#addToOverflow(front, cell);
    if (table[front] === FRONT_ENTRIES) {
      this.#addToOverflow(front, highest);
      table.copyWithin(first, first + 1, first + FRONT_ENTRIES);
      table[front]!--;
      this.#moves += FRONT_ENTRIES;
    }
    const place = first + table[front]!++;
    table[place] = cell - ENTRY_BIAS;
    this.#raise(place);
  }

  #addToOverflow(front: number, cell: number): void {
    this.#table[front + OVERFLOW]!++;
    const region = regionOf(cell);
    const regions = this.#regions[front >>> FRONT_SHIFT] ??= new BitTree(1);
    if (region >= regions.capacity) regions.resize(2 * region);
    regions.add(region);
  }

  /** Returns the first cell of the block whose entry stands at a place of the table. */
  #cellAt(place: number): number {
    return this.#table[place]! + ENTRY_BIAS | 0;
  }

  /** Returns where the entry of a cell is, or -1 if the front does not have it. */
  #place(front: number, cell: number): number {
    const table = this.#table;
    const first = front + FIRST_ENTRY | 0;
    const entry = cell - ENTRY_BIAS | 0;
    let place = first + table[front]! - 1 | 0;
    while (place >= first && table[place] !== entry) place = place - 1 | 0;
    return place < first ? -1 : place;
  }

  #deleteFromFront(front: number, cell: number): void {
    const table = this.#table;
    let place = this.#place(front, cell);
    const left = table[front]! - 1 | 0;
    const last = front + FIRST_ENTRY + left | 0;
    this.#moves += last - place;
    for (; place < last; place = place + 1 | 0) {
      table[place] = table[place + 1 | 0]!;
    }
    table[front] = left;
    if (left !== 0) return;
    if (table[front + OVERFLOW | 0] !== 0) this.#refill(front, cell);
    else {
      const size = front >>> FRONT_SHIFT;
      table[BITS + (size >>> 5)]! &= ~(1 << size);
    }
  }

  /** Fills an empty front with the lowest blocks of the overflow; all lie above `above`. */
  #refill(front: number, above: number): void {
    const count = Math.min(this.#table[front + OVERFLOW]!, REFILL);
    let unit = unitOf(above);
    for (let left = count; left > 0; left--) {
      unit = this.#lowestInOverflow(front, unit + 1);
      const entry = this.#blocks.cellIn(unit) - ENTRY_BIAS;
      this.#table[front + FIRST_ENTRY + left - 1] = entry;
    }
    this.#moves += count;
    this.#table[front + COUNT] = count;
    this.#table[front + OVERFLOW]! -= count;
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
