import * as bits from "../../collections/bit_tree.ts";
import type { BlockState } from "../layout.ts";
import * as layout from "../layout.ts";

const { BitTree, highestBit, lowestBit } = bits;
const { firstCellOf, lengthIn, LONG, POSITION, STATE, unitOf } = layout;

/** The bit that only tags have, in each of the four bytes of a word. */
const TAGS = 0x80808080 | 0;

/** Units that share a bit, which says whether a long block starts there. */
const UNITS_PER_BIT = 128;

/**
 * The boundary tags say where each block of the heap starts and ends, and its state. They
 * are kept outside the memory that the heap hands out, so that no overrun of a payload
 * reaches them. Headers are written for C to read; the allocator itself trusts only these
 * tags.
 *
 * The smallest block has 40 bytes, so at most one block starts in any 40 bytes: a unit of
 * 5 cells. There is one byte for each unit, 1/40 of the heap. As with Knuth's boundary
 * tags (The Art of Computer Programming, 2.5), a block is marked at both of its ends, so
 * that either neighbour is found in one step:
 *
 * ```text
 *   cells    0 1 2 3 4   5 6 7 8 9   …           15          20
 *   blocks  │H h h h p │ p p p p p │ p p p p p │ p p H h h │ h p p p p │
 *   bytes    1 00 00 000  0 0000010   0 0000010   1 01 00 010
 *            tag          length      length      tag
 * ```
 *
 * - A tag has the upper bit set. The bits below are the block's state and, in the lowest
 *   three bits, the position of its first cell within the unit.
 * - A length is the number of units without a start between a block's start and the next
 *   block's start. The first and the last of these units have the length. From 127 on,
 *   their bytes are 127, and the bytes further inwards have the length in four digits of
 *   7 bits.
 *
 * The last block of the list has no lengths while it is free: it ends where the heap ends,
 * and that end moves with almost every call while a heap grows.
 *
 * | operation | bytes read or written |
 * |---|---|
 * | `next`, `previous`, `set`, `join` | 1, or up to 5 at each end of a block of 5 KiB or more |
 * | `startOf` | up to 128, and for blocks of 5 KiB or more O(log n) bits |
 * | `lowestFree`, `largestFree`, `nextFreed` | the range, four at a time |
 */
export class BoundaryTags {
  /** The gaps of the heap. */
  readonly gaps: Gaps = new Gaps();
  /** A byte for each unit. Only {@linkcode reserve} replaces the array. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(bytesFor(0));
  /** `bytes` as words of four bytes each. */
  #words = new Int32Array(this.bytes.buffer);
  /** For each 128 units, whether a block of at least as many units may start there. */
  readonly #longStarts = new BitTree(1);
  #sweeps = 0;

  constructor() {
    this.bytes[0] = STATE.fence;
  }

  /** Bytes of all tables. */
  get byteLength(): number {
    return this.bytes.byteLength + this.#longStarts.byteLength;
  }

  /** How many words of four bytes a search of the whole heap reads. */
  get wordCount(): number {
    return this.#words.length;
  }

  /** Words read so far by searches that go further than a neighbour. */
  get steps(): number {
    return this.#sweeps + this.#longStarts.steps;
  }

  /** Makes room for `cells`, and a sixteenth more so that growing is rare. */
  reserve(cells: number): void {
    if (bytesFor(cells) <= this.bytes.length) return;
    const bytes = new Uint8Array(bytesFor(cells + (cells >>> 4)));
    bytes.set(this.bytes);
    const words = new Int32Array(bytes.buffer);
    this.#longStarts.resize(Math.ceil(bytes.length / UNITS_PER_BIT));
    this.bytes = bytes; // no call from here on, so that both are replaced or neither
    this.#words = words;
  }

  /** Lets go of the tables: the heap has ended. */
  letGo(): void {
    this.bytes = new Uint8Array(0);
    this.#words = new Int32Array(0);
    this.#longStarts.letGo();
  }

  /** Returns the state of the block that starts exactly at `cell`. */
  state(cell: number): BlockState {
    const unit = unitOf(cell);
    return this.bytes[unit]! >= STATE.allocated && this.cellIn(unit) === cell
      ? this.stateIn(unit)
      : STATE.none;
  }

  /** Returns the state of the block that starts in `unit`. */
  stateIn(unit: number): BlockState {
    return (this.bytes[unit]! & ~POSITION) as BlockState;
  }

  /** Whether the block that starts in `unit` is free and touches the block before. */
  isMergeable(unit: number): boolean {
    return this.isFree(unit) && !this.gaps.isBefore(this.cellIn(unit));
  }

  /** Whether the block that starts in `unit` is free. */
  isFree(unit: number): boolean {
    const byte = this.bytes[unit]!;
    return byte >= STATE.free && byte < STATE.fence;
  }

  /** Records the state of the block that starts at `cell`, in `unit`. */
  set(unit: number, cell: number, state: BlockState): void {
    this.bytes[unit] = state + (cell - firstCellOf(unit)) | 0;
  }

  /** Records that no block starts in `unit` any more. */
  delete(unit: number): void {
    this.bytes[unit] = STATE.none;
  }

  /** Returns the first cell of the block that starts in `unit`. */
  cellIn(unit: number): number {
    return firstCellOf(unit) + (this.bytes[unit]! & POSITION) | 0;
  }

  /** Returns the unit in which the next block starts. */
  next(unit: number): number {
    const byte = this.bytes[unit + 1 | 0]!;
    return byte === LONG ? this.farNext(unit) : unit + 1 + lengthIn(byte) | 0;
  }

  /** Returns the unit in which the block before starts. */
  previous(unit: number): number {
    const byte = this.bytes[unit - 1 | 0]!;
    return byte === LONG
      ? this.#farPrevious(unit)
      : unit - 1 - lengthIn(byte) | 0;
  }

  /** Returns the cell at which the block in `unit` ends. The block must have lengths. */
  endOf(unit: number): number {
    return this.gaps.endBefore(this.cellIn(this.next(unit)));
  }

  /** Records that the block in `unit` reaches up to the block in `next`. */
  join(unit: number, next: number): void {
    const between = next - unit - 1 | 0;
    if (between >= LONG) this.#joinFar(unit, next, between);
    else if (between > 0) {
      this.bytes[unit + 1 | 0] = between;
      this.bytes[next - 1 | 0] = between;
    }
  }

  /** Returns the first cell of the block around `cell`, or -1. */
  startOf(cell: number): number {
    const unit = unitOf(cell);
    const isInUnit = this.bytes[unit]! >= STATE.allocated &&
      this.cellIn(unit) <= cell;
    const start = isInUnit ? unit : this.#startBefore(unit);
    return start > 0 ? this.cellIn(start) : -1;
  }

  /** Returns the first unit from `unit` on where a block in state `freed` starts, or -1. */
  nextFreed(unit: number): number {
    for (let word = unit >>> 2; word < this.#words.length; word++) {
      this.#sweeps++;
      const bits = this.#words[word]!;
      const freed = bits & (bits << 3) & TAGS & fromByteOf(unit, word);
      if (freed !== 0) return unitAt(word, lowestBit(freed));
    }
    return -1;
  }

  /**
   * Finds the lowest block in the state `free` whose size lies in a range.
   *
   * @param from The first unit to look in.
   * @param to The unit after the last to look in.
   * @param least The least cells of the block, header included.
   * @param most The most cells of the block, header included.
   * @returns The block's unit, or -1.
   */
  lowestFree(from: number, to: number, least: number, most: number): number {
    for (let word = from >>> 2; 4 * word < to; word++) {
      for (let free = this.#freeIn(word, from); free !== 0; free &= free - 1) {
        const unit = unitAt(word, lowestBit(free));
        const cells = this.endOf(unit) - this.cellIn(unit);
        if (cells >= least && cells <= most) return unit < to ? unit : -1;
      }
    }
    return -1;
  }

  /**
   * Finds the largest free block of the index.
   *
   * @param from The first unit to look in.
   * @param to The unit after the last to look in.
   * @param except The unit of a block that does not count.
   * @returns Cells of the block, header included, or 0.
   */
  largestFree(from: number, to: number, except: number): number {
    let largest = 0;
    for (let word = from >>> 2; 4 * word < to; word++) {
      for (let free = this.#freeIn(word, from); free !== 0; free &= free - 1) {
        const unit = unitAt(word, lowestBit(free));
        if (unit === except || unit >= to) continue;
        largest = Math.max(largest, this.endOf(unit) - this.cellIn(unit));
      }
    }
    return largest;
  }

  /** Returns the unit in which the next block starts, for a block with a long length. */
  farNext(unit: number): number {
    const bytes = this.bytes;
    return unit + 1 + digits(
      bytes[unit + 2]!,
      bytes[unit + 3]!,
      bytes[unit + 4]!,
      bytes[unit + 5]!,
    );
  }

  /** Returns the upper bits of the tags in a word that are `free`, from a unit on. */
  #freeIn(word: number, from: number): number {
    this.#sweeps++;
    const bits = this.#words[word]!;
    return bits & (bits << 4) & TAGS & fromByteOf(from, word);
  }

  #farPrevious(unit: number): number {
    const bytes = this.bytes;
    return unit - 1 - digits(
      bytes[unit - 2]!,
      bytes[unit - 3]!,
      bytes[unit - 4]!,
      bytes[unit - 5]!,
    );
  }

  #joinFar(unit: number, next: number, between: number): void {
    const bytes = this.bytes;
    bytes[unit + 1] = bytes[next - 1] = LONG;
    for (let digit = 0; digit < 4; digit++) {
      const value = between >>> (7 * digit) & 127;
      bytes[unit + 2 + digit] = bytes[next - 2 - digit] = value;
    }
    this.#longStarts.add(unit / UNITS_PER_BIT | 0);
  }

  /**
   * Returns the last unit before `unit` that has a start, or -1. If the 128 units before
   * have no start, the block is long: then it starts in the last group of 128 units that
   * is marked for long blocks and has a start. Marks of other groups are removed.
   */
  #startBefore(unit: number): number {
    const near = this.#lastStart(unit - UNITS_PER_BIT, unit);
    if (near >= 0) return near;
    let bit = unit / UNITS_PER_BIT | 0;
    if (!this.#longStarts.has(bit)) bit = this.#longStarts.previous(bit);
    while (bit >= 0) {
      const first = bit * UNITS_PER_BIT;
      const end = first + UNITS_PER_BIT;
      const start = this.#lastStart(first, Math.min(end, unit));
      if (start >= 0) return start;
      if (end <= unit) this.#longStarts.delete(bit);
      bit = this.#longStarts.previous(bit);
    }
    return -1;
  }

  /** Returns the last unit from `from` on and before `to` that has a start, or -1. */
  #lastStart(from: number, to: number): number {
    const first = Math.max(from, 0);
    for (let word = (to - 1) >>> 2; 4 * word + 3 >= first; word--) {
      this.#sweeps++;
      const starts = this.#words[word]! & TAGS & beforeByteOf(to, word);
      if (starts === 0) continue;
      const unit = unitAt(word, highestBit(starts));
      return unit >= first ? unit : -1;
    }
    return -1;
  }
}

/**
 * The gaps of a heap: where a segment ends before the next segment starts. The memory in
 * a gap belongs to others. Most heaps have no gap, so each question first asks for the
 * count.
 *
 * ```text
 *   │ block │ block │▒▒▒▒▒▒▒▒│ block │
 *                   end      start
 * ```
 */
class Gaps {
  readonly #ends = new Map<number, number>();
  /** How many gaps there are. Every call asks, and a field costs less than a map's size. */
  count = 0;

  /** Records that a segment ends at `end` and the next segment starts at `start`. */
  add(end: number, start: number): void {
    this.#ends.set(start, end);
    this.count++;
  }

  /** Whether there is a gap before `cell`. */
  isBefore(cell: number): boolean {
    return this.count !== 0 && this.#ends.has(cell);
  }

  /** Returns where the block before `start` ends: at `start`, or before the gap. */
  endBefore(start: number): number {
    return this.count === 0 ? start : this.#ends.get(start) ?? start;
  }
}

/** Bytes for `cells` cells, unit 0 before them, a fence, and lengths after the fence. */
function bytesFor(cells: number): number {
  return (unitOf(cells) + 8) & ~3;
}

/** Returns the number with four digits of 7 bits, given from the lowest on. */
function digits(a: number, b: number, c: number, d: number): number {
  return a | b << 7 | c << 14 | d << 21;
}

/** Returns the unit whose byte has a bit of a word. */
function unitAt(word: number, bit: number): number {
  return 4 * word + (bit >>> 3);
}

/** Returns a mask of a word's bytes from that of `unit` on; all if `unit` is not there. */
function fromByteOf(unit: number, word: number): number {
  return unit >>> 2 === word ? -1 << (8 * (unit & 3)) : -1;
}

/** Returns a mask of a word's bytes before that of `unit`; all if `unit` is not there. */
function beforeByteOf(unit: number, word: number): number {
  return unit >>> 2 === word ? (1 << (8 * (unit & 3))) - 1 : -1;
}
