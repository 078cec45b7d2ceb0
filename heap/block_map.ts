import { BitTree } from "./bit_tree.ts";
import { highestBit, lowestBit } from "./bits.ts";

/** What the {@linkcode BlockMap} knows of a block. */
export const STATE = {
  /** No block starts here. */
  none: 0,
  /** A free block, merged with its neighbours: in the free index, or the last of the list. */
  free: 1,
  /** An allocated block, or the fence behind the last block. */
  allocated: 2,
  /** A block freed since the last search: not merged, not in the index. */
  freed: 3,
} as const;

/** One of the values of {@linkcode STATE}. */
export type BlockState = typeof STATE[keyof typeof STATE];

/** Picks the upper bit of each nibble's state. */
const STATE_HIGH = 0x88888888 | 0;

/**
 * Where each block of the heap starts and whether it is free, kept outside the
 * memory that the heap hands out, so that no overrun of a payload reaches it.
 * Headers are written for C to read; the allocator itself trusts this map only.
 *
 * The smallest block has 40 bytes, so at most one block starts in any 32 bytes
 * (4 cells). The map has 4 bits for each 4 cells, 1/64 of the heap:
 *
 * ```text
 *   cells     0 1 2 3   4 5 6 7   8 9 …          a block starts at cell 0, and
 *             H h h h   p H h h   h p p p        one at cell 5
 *   nibble    state 0   state 1   0000
 *                   │         └ position of the start within the 4 cells
 *                   └ state: 1 free, 2 allocated, 3 freed; 0 nothing starts here
 * ```
 *
 * A word holds 8 nibbles, 256 bytes of heap. A {@linkcode BitTree} over the
 * words that are not zero leads across large blocks, so that a neighbour is
 * found in a few steps whatever the sizes.
 */
export class BlockMap {
  #words = new Int32Array(wordsFor(0));
  /** The words that are not zero. */
  readonly #occupied = new BitTree(wordsFor(0));
  #sweeps = 0;

  /** Words of the map, each for 32 cells. */
  get wordCount(): number {
    return this.#words.length;
  }

  /** Bytes of the map. */
  get byteLength(): number {
    return this.#words.byteLength + this.#occupied.byteLength;
  }

  /** Words read so far while looking beyond the word that a block stands in. */
  get steps(): number {
    return this.#sweeps + this.#occupied.steps;
  }

  /** Makes room for `cells`, a quarter more than asked so that growing is rare. */
  reserve(cells: number): void {
    if (wordsFor(cells) <= this.#words.length) return;
    const words = new Int32Array(wordsFor(cells + (cells >>> 2)));
    words.set(this.#words);
    this.#words = words;
    this.#occupied.resize(words.length);
  }

  /** The state of the block that starts exactly at `cell`. */
  state(cell: number): BlockState {
    const nibble = this.#words[cell >>> 5]! >>> (cell & 28);
    return (nibble & 3) === (cell & 3)
      ? ((nibble >>> 2) & 3) as BlockState
      : STATE.none;
  }

  /** Records that a block starts at `cell`, where none did. */
  add(cell: number, state: BlockState): void {
    const word = cell >>> 5;
    const before = this.#words[word]!;
    this.#words[word] = before | (((state << 2) | (cell & 3)) << (cell & 28));
    if (before === 0) this.#occupied.add(word);
  }

  /** Records a new state for the block that starts at `cell`. */
  change(cell: number, state: BlockState): void {
    const shift = cell & 28;
    const others = this.#words[cell >>> 5]! & ~(12 << shift);
    this.#words[cell >>> 5] = others | (state << (shift + 2));
  }

  /**
   * Turns an allocated block into a freed one, if one starts exactly at `cell`.
   *
   * One word answers it all for most blocks; asking for the state, changing it
   * and asking for the next start took three times as long.
   *
   * @returns The first start after it, or -1 if no allocated block starts there.
   */
  release(cell: number): number {
    const word = cell >>> 5;
    const shift = cell & 28;
    const bits = this.#words[word]!;
    const nibble = (bits >>> shift) & 15;
    if (nibble !== ((STATE.allocated << 2) | (cell & 3))) return -1;
    this.#words[word] = bits ^ ((STATE.allocated ^ STATE.freed) << (shift + 2));
    const above = bits & (-16 << shift);
    return above === 0
      ? this.#nextFrom(word)
      : startIn(bits, word, lowestBit(above) & 28);
  }

  /** Records that no block starts at `cell` any more. */
  delete(cell: number): void {
    const word = cell >>> 5;
    const rest = this.#words[word]! & ~(15 << (cell & 28));
    this.#words[word] = rest;
    if (rest === 0) this.#occupied.delete(word);
  }

  /** The first start after `cell`, or -1. */
  next(cell: number): number {
    const word = cell >>> 5;
    const bits = this.#words[word]!;
    const above = bits & (-16 << (cell & 28));
    return above === 0
      ? this.#nextFrom(word)
      : startIn(bits, word, lowestBit(above) & 28);
  }

  /** The last start before the 4 cells that `cell` is one of, or -1. */
  previous(cell: number): number {
    const word = cell >>> 5;
    const bits = this.#words[word]!;
    const below = bits & ((1 << (cell & 28)) - 1);
    return below === 0
      ? this.#previousFrom(word)
      : startIn(bits, word, highestBit(below) & 28);
  }

  /** The state of the block that {@linkcode BlockMap.previous} leads to. */
  stateBefore(cell: number): BlockState {
    let below = this.#words[cell >>> 5]! & ((1 << (cell & 28)) - 1);
    if (below === 0) {
      const word = this.#occupied.previous(cell >>> 5);
      if (word < 0) return STATE.none;
      below = this.#words[word]!;
    }
    return ((below >>> ((highestBit(below) & 28) + 2)) & 3) as BlockState;
  }

  /** The start of the block that `cell` lies in, or -1. */
  startOf(cell: number): number {
    const shift = cell & 28;
    const nibble = (this.#words[cell >>> 5]! >>> shift) & 15;
    const startsHere = nibble !== 0 && (nibble & 3) <= (cell & 3);
    return startsHere
      ? startIn(nibble << shift, cell >>> 5, shift)
      : this.previous(cell);
  }

  /** The first block in state `freed` from the 4 cells of `cell` on, or -1. */
  nextFreed(cell: number): number {
    let candidates = -1 << (cell & 28);
    for (let word = cell >>> 5; word < this.#words.length; word++) {
      this.#sweeps++;
      const bits = this.#words[word]!;
      const freed = bits & (bits << 1) & STATE_HIGH & candidates;
      if (freed !== 0) return startIn(bits, word, lowestBit(freed) & 28);
      candidates = -1;
    }
    return -1;
  }

  /** The first start in a word after `word`, or -1. */
  #nextFrom(word: number): number {
    const next = this.#occupied.next(word);
    if (next < 0) return -1;
    const bits = this.#words[next]!;
    return startIn(bits, next, lowestBit(bits) & 28);
  }

  /** The last start in a word before `word`, or -1. */
  #previousFrom(word: number): number {
    const previous = this.#occupied.previous(word);
    if (previous < 0) return -1;
    const bits = this.#words[previous]!;
    return startIn(bits, previous, highestBit(bits) & 28);
  }
}

function wordsFor(cells: number): number {
  return (cells >>> 5) + 1;
}

/** The cell whose start stands in the nibble at `shift` of `bits`. */
function startIn(bits: number, word: number, shift: number): number {
  return (word << 5) + shift + ((bits >>> shift) & 3);
}
