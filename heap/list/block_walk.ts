import type { Address } from "../../ffi/memory.ts";
import * as layout from "../layout.ts";
import type { BlockState } from "../layout.ts";
import type { BlockList } from "./block_list.ts";

const { CELL_BYTES, HEADER_CELLS, NO_BLOCK, STATE, unitOf } = layout;

/** A heap block where it lies, in cells. */
export interface ListedBlock {
  /** The header's first cell. */
  readonly cell: number;
  /** Cells of payload. */
  readonly size: number;
  /** What the boundary tags know of the block. */
  readonly state: BlockState;
}

/**
 * Reads a block list without changing it: for checks, figures, messages and recorders.
 *
 * A free that is postponed is completed before blocks are shown, so that every block has
 * the state that the program knows.
 *
 * | operation | cost |
 * |---|---|
 * | iterating | a step for each block |
 * | `around` | up to 128 bytes of tags, and O(log n) bits for blocks of 5 KiB or more |
 * | `largestFree`, `mergedFree` | a step for each block freed since the last search |
 */
export class BlockWalk {
  readonly #list: BlockList;

  /** @param list The blocks. */
  constructor(list: BlockList) {
    this.#list = list;
  }

  /** Every block in address order. */
  *[Symbol.iterator](): Generator<ListedBlock> {
    const list = this.#list;
    list.completeFree();
    let cell = list.first;
    while (cell !== NO_BLOCK) {
      yield this.#describe(cell);
      if (list.end === 0) return; // the heap has ended meanwhile
      cell = list.after(cell);
    }
  }

  /** The block that `address` lies in, header or payload. */
  around(address: Address): ListedBlock | undefined {
    const list = this.#list;
    list.completeFree();
    const inside = Math.floor((address - list.headers.base) / CELL_BYTES);
    if (!(inside >= 0 && inside < list.end)) return undefined;
    const isInLast = list.lastFree !== NO_BLOCK && inside >= list.lastFree;
    const cell = isInLast ? list.lastFree : list.tags.startOf(inside);
    if (cell === NO_BLOCK || inside >= list.endOf(cell)) return undefined;
    return this.#describe(cell);
  }

  /** Whether a block starts at `cell`. */
  isStart(cell: number): boolean {
    const { end, tags } = this.#list;
    return cell < end && tags.state(cell) !== STATE.none;
  }

  /** The address from which on nothing was ever handed out. */
  get untouchedFrom(): Address {
    return this.#list.headers.addressOf(this.#list.untouched);
  }

  /** Bytes of the boundary tags, the free index and the list of freed blocks. */
  get tableBytes(): number {
    const { freed, index, tags } = this.#list;
    return tags.byteLength + index.byteLength + freed.byteLength;
  }

  /** Steps so far, as {@linkcode HeapStats.steps} counts them. */
  get steps(): number {
    const { index, merges, tags } = this.#list;
    return merges + tags.steps + index.steps;
  }

  /** Cells of payload of the largest free block as it lies, merged or not. */
  get largestFree(): number {
    const list = this.#list;
    let largest = this.#largestMerged;
    for (const cell of list.freed) {
      largest = Math.max(largest, list.size(cell));
    }
    return largest;
  }

  /**
   * What is free as the next search would find it: blocks that were freed since the last
   * search count with the free neighbours that they would be merged with.
   *
   * @returns The cells of headers that merging would spare, and the cells of payload of
   * the largest free block.
   */
  get mergedFree(): { gained: number; largest: number } {
    const list = this.#list;
    let gained = 0;
    let largest = this.#largestMerged;
    let reached = -1;
    for (const cell of [...list.freed].sort((a, b) => a - b)) {
      if (cell < reached) continue;
      const start = this.#firstFreeBefore(cell);
      let merged = -1;
      for (reached = start; this.#isFreeFrom(start, reached); merged++) {
        reached = list.endOf(reached);
      }
      gained += merged * HEADER_CELLS;
      largest = Math.max(largest, reached - start - HEADER_CELLS);
    }
    return { gained, largest };
  }

  /** Cells of payload of the largest free block that does not wait to be merged. */
  get #largestMerged(): number {
    const { index, lastFree } = this.#list;
    return Math.max(
      index.largest,
      lastFree === NO_BLOCK ? 0 : this.#list.size(lastFree),
    );
  }

  /** The first of the free blocks that lie side by side up to this block. */
  #firstFreeBefore(cell: number): number {
    const { tags } = this.#list;
    let unit = unitOf(cell);
    while (tags.isMergeable(unit) && tags.isFree(tags.previous(unit))) {
      unit = tags.previous(unit);
    }
    return tags.cellIn(unit);
  }

  /** Whether a free block starts at `cell` that would be merged with the block at `start`. */
  #isFreeFrom(start: number, cell: number): boolean {
    if (!this.isStart(cell)) return false;
    const { tags } = this.#list;
    const unit = unitOf(cell);
    return cell === start ? tags.isFree(unit) : tags.isMergeable(unit);
  }

  #describe(cell: number): ListedBlock {
    const list = this.#list;
    return { cell, size: list.size(cell), state: list.tags.state(cell) };
  }
}
