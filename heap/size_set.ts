import { highestBit, lowestBit } from "./bits.ts";

/** Sizes may be 0 to this. */
const LARGEST = 32 * 32 - 1;

/**
 * A set of small sizes that finds its smallest member from a size on.
 *
 * ```text
 *   words     00…0 | 01001000 | 00…0 | 00000001      a bit for each size
 *   summary     0        1        0        1         a bit for each word not 0
 * ```
 *
 * Every operation reads or writes at most two words and the summary: this is
 * where each search of the heap begins.
 */
export class SizeSet {
  readonly #words = new Int32Array((LARGEST + 1) / 32);
  #summary = 0;

  /** Puts a size in. */
  add(size: number): void {
    const word = size >>> 5;
    this.#words[word]! |= 1 << (size & 31);
    this.#summary |= 1 << word;
  }

  /** Takes a size out. */
  delete(size: number): void {
    const word = size >>> 5;
    const rest = this.#words[word]! & ~(1 << (size & 31));
    this.#words[word] = rest;
    if (rest === 0) this.#summary &= ~(1 << word);
  }

  /** The smallest member that is at least `size`, or -1. */
  atLeast(size: number): number {
    let word = size >>> 5;
    let bits = this.#words[word]! & (-1 << (size & 31));
    if (bits === 0) {
      const later = this.#summary & (-2 << word);
      if (later === 0) return -1;
      word = lowestBit(later);
      bits = this.#words[word]!;
    }
    return (word << 5) + lowestBit(bits);
  }

  /** The largest member, or -1. */
  largest(): number {
    if (this.#summary === 0) return -1;
    const word = highestBit(this.#summary);
    return (word << 5) + highestBit(this.#words[word]!);
  }
}
