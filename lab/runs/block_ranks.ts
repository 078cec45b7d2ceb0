import { SMALLEST_BLOCK_CELLS } from "@osmem/osmem/internal/plain";

/** Cells of a unit: at most one block starts in a unit. */
const UNIT_CELLS = SMALLEST_BLOCK_CELLS;

/**
 * Counts how many blocks start before a cell, in O(log n): how far a search
 * through a plain list has to go.
 *
 * ```text
 *   starts   01001000 00010000 …     a bit for each 5 cells
 *   counts       2        1    …     of each word, added up as in a Fenwick tree
 * ```
 *
 * Fenwick, "A New Data Structure for Cumulative Frequency Tables", 1994.
 */
export class BlockRanks {
  #starts = new Uint32Array(1024);
  /** Sums of counts; entry n covers as many words up to n as its lowest bit says. */
  #sums = new Uint32Array(1025);

  /**
   * A block starts at `cell` and ends at `end`: no other starts inside it. The
   * next one may start in the unit that it ends in, but no absorbed one did.
   */
  set(cell: number, end: number): void {
    const first = unitOf(cell);
    const last = unitOf(end) - 1;
    if (last >>> 5 >= this.#starts.length) this.#grow(last >>> 5);
    for (let word = first >>> 5; word <= last >>> 5; word++) {
      const kept = ~rangeMask(word, first, last);
      const start = word === first >>> 5 ? 1 << (first & 31) : 0;
      this.#write(word, this.#starts[word]! & kept | start);
    }
  }

  /**
   * How many blocks start before `cell`, where a block starts or has started.
   * Elsewhere, one that starts in the same unit is not counted.
   */
  before(cell: number): number {
    const unit = unitOf(cell);
    const word = Math.min(unit >>> 5, this.#starts.length - 1);
    const below = this.#starts[word]! & ((1 << (unit & 31)) - 1);
    let count = unit >>> 5 > word ? bitsIn(this.#starts[word]!) : bitsIn(below);
    for (let at = word; at > 0; at &= at - 1) count += this.#sums[at]!;
    return count;
  }

  #write(word: number, bits: number): void {
    const gained = bitsIn(bits) - bitsIn(this.#starts[word]!);
    this.#starts[word] = bits;
    if (gained === 0) return;
    for (let at = word + 1; at < this.#sums.length; at += at & -at) {
      this.#sums[at]! += gained;
    }
  }

  #grow(word: number): void {
    const before = this.#starts;
    this.#starts = new Uint32Array(2 ** Math.ceil(Math.log2(word + 2)));
    this.#sums = new Uint32Array(this.#starts.length + 1);
    before.forEach((bits, at) => {
      if (bits !== 0) this.#write(at, bits);
    });
  }
}

/** The unit that a cell lies in. */
function unitOf(cell: number): number {
  return Math.floor(cell / UNIT_CELLS);
}

/** The bits of a word that stand for units from `first` to `last`. */
function rangeMask(word: number, first: number, last: number): number {
  const from = word === first >>> 5 ? -1 << (first & 31) : -1;
  const to = word === last >>> 5 ? -1 >>> (31 - (last & 31)) : -1;
  return from & to;
}

/** How many bits are set. */
function bitsIn(word: number): number {
  const pairs = word - (word >>> 1 & 0x5555_5555);
  const nibbles = (pairs & 0x3333_3333) + (pairs >>> 2 & 0x3333_3333);
  const bytes = nibbles + (nibbles >>> 4) & 0x0f0f_0f0f;
  return Math.imul(bytes, 0x0101_0101) >>> 24;
}
