import type { Address } from "@osmem/osmem";
import type { HeapWatch } from "@osmem/osmem/internal";
import { BlockRanks } from "./block_ranks.ts";
import { CELL_BYTES, HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { HeapSnapshot } from "./heap_snapshot.ts";

/**
 * How many blocks a plain search would have examined: one that goes through the
 * list of all heap blocks in address order, as the contract's own code would.
 *
 * | fit | examines |
 * |---|---|
 * | best, worst | every block: only then it is known that none is better |
 * | first | every block up to the one it takes |
 * | next | every block from where the last search ended, around the end, up to the one it takes |
 *
 * A search that finds nothing has examined every block. Blocks are counted as
 * they are when the search begins: free neighbours merged, nothing split as yet.
 */
export class SearchLengths {
  readonly #watch: HeapWatch;
  readonly #ranks = new BlockRanks();
  /** Blocks that a search examined without success before the break was raised; -1 for no search. */
  #inVain = -1;
  #length = 0;

  /**
   * @param watch The heap being watched.
   * @param initial The blocks that it has already.
   */
  constructor(watch: HeapWatch, initial: HeapSnapshot) {
    this.#watch = watch;
    if (!this.#needsRanks) return;
    for (let index = 0; index < initial.length; index++) {
      if (initial.statuses[index] === STATUS.mapped) continue;
      this.#rankBlock(initial.addresses[index]!, initial.sizes[index]!);
    }
  }

  /** Blocks examined by the current call; 0 until it searches. */
  get length(): number {
    return this.#length;
  }

  /** A call begins. */
  begin(): void {
    this.#length = 0;
    this.#inVain = -1;
    this.end(); // the heap may have been used past the recording
  }

  /**
   * The break is about to be raised by a search that found nothing.
   *
   * @param isPreallocation Whether that is the heap's first memory, obtained
   * before any search.
   */
  beforeGrowth(isPreallocation: boolean): void {
    if (!isPreallocation) this.#inVain = this.#watch.heapBlocks;
  }

  /** A search found the block with this header. */
  afterSearch(address: Address): void {
    if (this.#needsRanks) this.#updateRanks();
    this.#length = this.#inVain >= 0 ? this.#inVain : this.#examined(address);
  }

  /** The changes so far are about to be taken. */
  end(): void {
    if (this.#needsRanks) this.#updateRanks();
  }

  get #needsRanks(): boolean {
    const { fit } = this.#watch.policy;
    return fit === "first" || fit === "next";
  }

  #examined(found: Address): number {
    const { policy, heapBlocks } = this.#watch;
    if (policy.fit === "first") return this.#rank(found) + 1;
    const isSplit = this.#watch.isSplit(found);
    if (policy.fit !== "next") return isSplit ? heapBlocks - 1 : heapBlocks;
    const start = this.#startOf(found, isSplit);
    const passed = this.#rank(found) - this.#rank(start);
    return passed >= 0 ? passed + 1 : passed + heapBlocks + 1;
  }

  /** Where next fit started: what has just been split off was part of the block. */
  #startOf(found: Address, isSplit: boolean): Address {
    const { searchFrom } = this.#watch;
    return isSplit && searchFrom === this.#watch.endOf(found)
      ? found
      : searchFrom;
  }

  /** How many blocks start below an address. */
  #rank(address: Address): number {
    return this.#ranks.before((address - this.#watch.start) / CELL_BYTES);
  }

  #updateRanks(): void {
    this.#watch.peekChanges((address, size) => this.#rankBlock(address, size));
  }

  #rankBlock(address: Address, size: number): void {
    const cell = (address - this.#watch.start) / CELL_BYTES;
    this.#ranks.set(cell, cell + (HEADER_BYTES + size) / CELL_BYTES);
  }
}
