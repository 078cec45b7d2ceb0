import * as bits from "./bits.ts";

const { highestBit, lowestBit } = bits;

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
