import { type BlockMap, STATE } from "./block_map.ts";
import { SMALLEST_BLOCK_CELLS } from "./layout.ts";

const FIRST_CAPACITY = 256;

/** The list may grow to one entry for so many words of the block map. */
const WORDS_PER_ENTRY = 8;

/**
 * The blocks freed since the last search, waiting to be merged with their
 * neighbours.
 *
 * They stand in a short list. When a program frees very many blocks in a row
 * the list is left as it is, and the rest are found by reading through the
 * block map once: at most 16 words for each entry of the full list.
 */
export class FreedBlocks {
  readonly #map: BlockMap;
  #cells = new Int32Array(FIRST_CAPACITY);
  #count = 0;
  /** Where to read on in the map for blocks that the list had no room for. */
  #unlisted = -1;

  /** @param map Where blocks are marked as freed. */
  constructor(map: BlockMap) {
    this.#map = map;
  }

  /** The block freed since the last search if it is just one, or -1. */
  get only(): number {
    return this.#count === 1 && this.#unlisted < 0 ? this.#cells[0]! : -1;
  }

  /** Bytes of the list. */
  get byteLength(): number {
    return this.#cells.byteLength;
  }

  /** Records a block that the map already calls freed. */
  add(cell: number): void {
    if (this.#count === this.#cells.length && !this.#grow()) {
      this.#unlisted = 0;
      return;
    }
    this.#cells[this.#count++] = cell;
  }

  /** Takes out any one block that the map still calls freed, or returns -1. */
  take(): number {
    while (this.#count > 0) {
      const cell = this.#cells[--this.#count]!;
      if (this.#map.state(cell) === STATE.freed) return cell;
    }
    if (this.#unlisted >= 0) {
      this.#unlisted = this.#map.nextFreed(this.#unlisted);
    }
    return this.#unlisted;
  }

  /** The blocks that {@linkcode FreedBlocks.take} would give; some twice. */
  *[Symbol.iterator](): Generator<number> {
    for (const cell of this.#cells.subarray(0, this.#count)) {
      if (this.#map.state(cell) === STATE.freed) yield cell;
    }
    if (this.#unlisted < 0) return;
    let cell = this.#map.nextFreed(this.#unlisted);
    while (cell >= 0) {
      yield cell;
      cell = this.#map.nextFreed(cell + SMALLEST_BLOCK_CELLS);
    }
  }

  /** Forgets the blocks listed, once they are no longer free. */
  clear(): void {
    this.#count = 0;
  }

  #grow(): boolean {
    const most = this.#map.wordCount / WORDS_PER_ENTRY;
    if (this.#cells.length * 2 > most) return false;
    const wider = new Int32Array(this.#cells.length * 2);
    wider.set(this.#cells);
    this.#cells = wider;
    return true;
  }
}
