/** The number of the lowest bit that is set; `bits` must not be 0. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** The number of the highest bit that is set; `bits` must not be 0. */
export function highestBit(bits: number): number {
  return 31 - Math.clz32(bits);
}

/**
 * A set of small integers that finds the nearest member above or below.
 *
 * Each level has a bit for every word of the level under it that is not zero:
 *
 * ```text
 *   level 1                  0 … 0 1 0 1
 *                              ┌───┘   └───────┐
 *   level 0   … 00000001 … 00000000 … 00100100
 *                  (member 64)        (members 2 and 5)
 * ```
 *
 * | operation | words read |
 * |---|---|
 * | `add`, `delete` | 1, rarely up to the number of levels |
 * | `next`, `previous` | 1 to twice the number of levels |
 *
 * There are log₃₂(capacity) levels: 3 for 32,768 members, 6 for a thousand
 * million.
 */
export class BitTree {
  #levels: Uint32Array[] = [];
  /** Words read by searches so far. */
  steps = 0;

  /** @param capacity Members may be 0 to `capacity - 1`. */
  constructor(capacity: number) {
    this.resize(capacity);
  }

  /** Bytes of the words. */
  get byteLength(): number {
    return this.#levels.reduce((sum, level) => sum + level.byteLength, 0);
  }

  /** Makes room for members up to `capacity - 1`, keeping those there are. */
  resize(capacity: number): void {
    const before = this.#levels;
    this.#levels = [];
    for (let words = capacity; words > 1 || this.#levels.length === 0;) {
      words = Math.ceil(words / 32);
      this.#levels.push(new Uint32Array(words));
    }
    before[0]?.forEach((bits, word) => {
      if (bits === 0) return;
      this.#levels[0]![word] = bits;
      this.#raise(word);
    });
  }

  /** Puts `member` in. */
  add(member: number): void {
    const level = this.#levels[0]!;
    const word = member >>> 5;
    const before = level[word]!;
    level[word] = before | (1 << (member & 31));
    if (before === 0) this.#raise(word);
  }

  /** Takes `member` out. */
  delete(member: number): void {
    for (const level of this.#levels) {
      const word = member >>> 5;
      level[word]! &= ~(1 << (member & 31));
      if (level[word] !== 0) return;
      member = word;
    }
  }

  /** The smallest member above `member`, or -1. */
  next(member: number): number {
    for (let height = 0; height < this.#levels.length; height++) {
      this.steps++;
      const word = member >>> 5;
      const above = this.#levels[height]![word]! & (-2 << (member & 31));
      if (above !== 0) {
        return this.#first(height, (word << 5) + lowestBit(above));
      }
      member = word;
    }
    return -1;
  }

  /** The largest member below `member`, or -1. */
  previous(member: number): number {
    for (let height = 0; height < this.#levels.length; height++) {
      this.steps++;
      const word = member >>> 5;
      const below = this.#levels[height]![word]! & ((1 << (member & 31)) - 1);
      if (below !== 0) {
        return this.#last(height, (word << 5) + highestBit(below));
      }
      member = word;
    }
    return -1;
  }

  /** Records on the upper levels that a word of level 0 is no longer zero. */
  #raise(member: number): void {
    for (let height = 1; height < this.#levels.length; height++) {
      const level = this.#levels[height]!;
      const word = member >>> 5;
      const before = level[word]!;
      level[word] = before | (1 << (member & 31));
      if (before !== 0) return;
      member = word;
    }
  }

  /** The smallest member below bit `bit` of level `height`. */
  #first(height: number, bit: number): number {
    while (height > 0) {
      this.steps++;
      bit = (bit << 5) + lowestBit(this.#levels[--height]![bit]!);
    }
    return bit;
  }

  /** The largest member below bit `bit` of level `height`. */
  #last(height: number, bit: number): number {
    while (height > 0) {
      this.steps++;
      bit = (bit << 5) + highestBit(this.#levels[--height]![bit]!);
    }
    return bit;
  }
}
