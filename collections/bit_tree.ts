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
 *
 * Words are signed: unsigned ones above 2³¹ do not fit the engine's small integers, and
 * compiled code that met one was discarded again and again.
 */
export class BitTree {
  /** Level 0; most searches end here. */
  #leaves = new Int32Array(0);
  /** All levels, from level 0 up. */
  #levels: Int32Array<ArrayBuffer>[] = [];
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

  /** Members may be 0 to one less than this. */
  get capacity(): number {
    return 32 * this.#leaves.length;
  }

  /** Lets go of the words. The set must not be used any more. */
  letGo(): void {
    this.#leaves = new Int32Array(0);
    this.#levels = [];
  }

  /**
   * Makes room for members up to `capacity - 1`, and keeps the present members. The set is
   * unchanged if this throws.
   */
  resize(capacity: number): void {
    const levels: Int32Array<ArrayBuffer>[] = [];
    let words = capacity;
    do {
      words = Math.ceil(words / 32);
      levels.push(new Int32Array(words));
    } while (words > 1);
    const leaves = levels[0]!;
    leaves.set(this.#leaves);
    for (let height = 1; height < levels.length; height++) {
      const level = levels[height]!;
      levels[height - 1]!.forEach((bits, word) => {
        if (bits !== 0) level[word >>> 5]! |= 1 << (word & 31);
      });
    }
    this.#levels = levels; // no call from here on, so that both are replaced or neither
    this.#leaves = leaves;
  }

  /** Adds a member. */
  add(member: number): void {
    const word = member >>> 5;
    const before = this.#leaves[word]!;
    this.#leaves[word] = before | (1 << (member & 31));
    if (before === 0) this.#raise(word);
  }

  /** Removes a member. */
  delete(member: number): void {
    const word = member >>> 5;
    const rest = this.#leaves[word]! & ~(1 << (member & 31));
    this.#leaves[word] = rest;
    if (rest === 0) this.#lower(word);
  }

  /** Whether a number is a member. */
  has(member: number): boolean {
    return (this.#leaves[member >>> 5]! >>> (member & 31) & 1) === 1;
  }

  /** The smallest member, or -1. */
  first(): number {
    return this.has(0) ? 0 : this.next(0);
  }

  /** The smallest member above `member`, or -1. */
  next(member: number): number {
    this.steps++;
    const above = this.#leaves[member >>> 5]! & (-2 << (member & 31));
    if (above !== 0) return (member & ~31) + lowestBit(above);
    return this.#nextWord(member >>> 5);
  }

  /** The largest member below `member`, or -1. */
  previous(member: number): number {
    this.steps++;
    const below = this.#leaves[member >>> 5]! & ((1 << (member & 31)) - 1);
    if (below !== 0) return (member & ~31) + highestBit(below);
    return this.#previousWord(member >>> 5);
  }

  /** The smallest member in a word of level 0 after `word`, or -1. */
  #nextWord(word: number): number {
    for (let height = 1; height < this.#levels.length; height++) {
      this.steps++;
      const above = this.#levels[height]![word >>> 5]! & (-2 << (word & 31));
      if (above !== 0) {
        return this.#first(height, (word & ~31) + lowestBit(above));
      }
      word >>>= 5;
    }
    return -1;
  }

  /** The largest member in a word of level 0 before `word`, or -1. */
  #previousWord(word: number): number {
    for (let height = 1; height < this.#levels.length; height++) {
      this.steps++;
      const below = this.#levels[height]![word >>> 5]! &
        ((1 << (word & 31)) - 1);
      if (below !== 0) {
        return this.#last(height, (word & ~31) + highestBit(below));
      }
      word >>>= 5;
    }
    return -1;
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

  /** Records on the upper levels that a word of level 0 is no longer zero. */
  #raise(word: number): void {
    for (let height = 1; height < this.#levels.length; height++) {
      const level = this.#levels[height]!;
      const before = level[word >>> 5]!;
      level[word >>> 5] = before | (1 << (word & 31));
      if (before !== 0) return;
      word >>>= 5;
    }
  }

  /** Records on the upper levels that a word of level 0 is zero again. */
  #lower(word: number): void {
    for (let height = 1; height < this.#levels.length; height++) {
      const level = this.#levels[height]!;
      const rest = level[word >>> 5]! & ~(1 << (word & 31));
      level[word >>> 5] = rest;
      if (rest !== 0) return;
      word >>>= 5;
    }
  }
}

/** The number of the lowest bit that is set; `bits` must not be 0. */
export function lowestBit(bits: number): number {
  return Math.clz32(bits & -bits) ^ 31;
}

/** The number of the highest bit that is set; `bits` must not be 0. */
export function highestBit(bits: number): number {
  return Math.clz32(bits) ^ 31;
}
