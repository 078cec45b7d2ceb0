import type { Address } from "../ffi/memory.ts";
import { BlockMap, type BlockState, STATE } from "./block_map.ts";
import { FreeIndex } from "./free_index.ts";
import { FreedBlocks } from "./freed_blocks.ts";
import { Gaps } from "./gaps.ts";
import { Headers, NO_BLOCK } from "./headers.ts";
import {
  CELL_BYTES,
  HEADER_CELLS,
  SMALLEST_BLOCK_CELLS,
  STATUS,
} from "./layout.ts";
import { ProgramBreak, type Stretch } from "./program_break.ts";
import type { System } from "./system.ts";
import type { Tally } from "./tally.ts";

/** A heap block where it lies, in cells. */
export interface ListedBlock {
  /** The header's first cell. */
  readonly cell: number;
  /** Cells of payload. */
  readonly size: number;
  /** What the block map knows of it. */
  readonly state: BlockState;
}

/**
 * The heap blocks: one list in address order, on memory below the program break.
 *
 * Three records of it are kept together by everything below:
 *
 * - the headers in memory, for C to read ({@linkcode Headers});
 * - the block map, which the allocator trusts ({@linkcode BlockMap}); a fence, an
 *   allocated block of no size, stands in it behind the last block;
 * - the free index, with every free block that is merged with its neighbours
 *   ({@linkcode FreeIndex}), except the last block of the list. That one changes
 *   with almost every call while a heap grows, so it is kept apart.
 *
 * ```text
 *   list    │ allocated │ free │ allocated │ freed │ freed │ free │ fence
 *   index                  ×
 *   freed blocks                               ×       ×
 *   last free                                                 ×
 * ```
 *
 * Freed blocks are merged by the next search, and only they and their
 * neighbours are looked at.
 */
export class BlockList {
  readonly #headers: Headers;
  readonly #map = new BlockMap();
  readonly #index = new FreeIndex();
  readonly #freed = new FreedBlocks(this.#map);
  readonly #break: ProgramBreak;
  readonly #tally: Tally;
  /** Cells to obtain at the first need; 0 once that is done. */
  #preallocate: number;
  /** The first block, once there is one. */
  #first = NO_BLOCK;
  /** The fence behind the last block; 0 as long as there is none. */
  #end = 0;
  /** The last block if it is free and merged. */
  #lastFree = NO_BLOCK;
  /** Where the block freed last ends. */
  #freedEnd = 0;
  readonly #gaps = new Gaps();
  /** Blocks and the cells they take up, headers included. */
  #blocks = 0;
  #cells = 0;
  #liveBlocks = 0;
  /** The cell behind the highest block ever allocated. */
  #untouched = 0;
  #steps = 0;

  /**
   * @param system Where memory comes from.
   * @param tally Counts live blocks.
   * @param preallocate Cells to obtain at the first need.
   */
  constructor(system: System, tally: Tally, preallocate: number) {
    this.#headers = new Headers(system);
    this.#break = new ProgramBreak(system, this.#headers);
    this.#tally = tally;
    this.#preallocate = preallocate;
  }

  /** The blocks' memory. */
  get headers(): Headers {
    return this.#headers;
  }

  /** Where free blocks are found. */
  get index(): FreeIndex {
    return this.#index;
  }

  /** The fence behind the last block. */
  get end(): number {
    return this.#end;
  }

  /** The blocks freed since the last search; some twice. */
  get freed(): Iterable<number> {
    return this.#freed;
  }

  /** The last block if it is free and merged, or none. */
  get lastFree(): number {
    return this.#lastFree;
  }

  /** Whether the memory under the blocks was given back. */
  get isGone(): boolean {
    return this.#end !== 0 && this.#headers.isClosed;
  }

  /** Cells of all blocks, headers included. */
  get cells(): number {
    return this.#cells;
  }

  /** Blocks of the list. */
  get blockCount(): number {
    return this.#blocks;
  }

  /** Blocks that are allocated. */
  get liveBlocks(): number {
    return this.#liveBlocks;
  }

  /** Bytes of the block map, the free index and the list of freed blocks. */
  get tableBytes(): number {
    return this.#map.byteLength + this.#index.byteLength +
      this.#freed.byteLength;
  }

  /** Steps so far, as {@linkcode HeapStats.steps} counts them. */
  get steps(): number {
    return this.#steps + this.#map.steps + this.#index.steps;
  }

  /** Cells of payload of the largest free block, merged or not. */
  get largestFree(): number {
    let largest = Math.max(this.#index.largest(), this.#lastSize());
    for (const cell of this.#freed) {
      largest = Math.max(largest, this.size(cell));
    }
    return largest;
  }

  /** The address from which on nothing was ever handed out. */
  get untouched(): Address {
    return this.#headers.addressOf(this.#untouched);
  }

  /** Cells of payload of the block at `cell`. */
  size(cell: number): number {
    return this.#endOf(cell) - cell - HEADER_CELLS;
  }

  /** The allocated block whose payload starts at `address`, or none. */
  find(address: Address): number {
    const cell = this.#cellOf(address);
    return cell !== NO_BLOCK && this.#map.state(cell) === STATE.allocated
      ? cell
      : NO_BLOCK;
  }

  /** The block that `address` lies in, header or payload. */
  around(address: Address): ListedBlock | undefined {
    const inside = Math.floor((address - this.#headers.base) / CELL_BYTES);
    if (!(inside >= 0 && inside < this.#end)) return undefined;
    const cell = this.#map.startOf(inside);
    const end = cell === NO_BLOCK ? cell : this.#endOf(cell);
    if (inside >= end) return undefined;
    return {
      cell,
      size: end - cell - HEADER_CELLS,
      state: this.#map.state(cell),
    };
  }

  /** Every block in address order. */
  *[Symbol.iterator](): Generator<ListedBlock> {
    for (let cell = this.#first; cell !== NO_BLOCK;) {
      const end = this.#endOf(cell);
      yield {
        cell,
        size: end - cell - HEADER_CELLS,
        state: this.#map.state(cell),
      };
      cell = this.#blockFrom(end);
    }
  }

  /**
   * Allocates a block by best fit, growing the heap if no free block suffices.
   *
   * @param size Cells of payload.
   * @returns The block; its payload is at least as large as asked.
   */
  allocate(size: number): number {
    if (this.#preallocate !== 0) this.#preallocateOnce();
    const freed = this.#freed.only;
    if (freed !== NO_BLOCK && this.#reuse(freed, size)) return freed;
    this.#mergeFreed();
    for (;;) {
      const cell = this.#takeBestFit(size);
      if (cell !== NO_BLOCK) return cell;
      this.#grow(size);
    }
  }

  /**
   * Marks a block as free.
   *
   * @param address A payload's address.
   * @returns Whether an allocated block starts there; if not, nothing is done.
   */
  release(address: Address): boolean {
    const cell = this.#cellOf(address);
    if (cell === NO_BLOCK) return false;
    const next = this.#map.release(cell);
    if (next === NO_BLOCK) return false;
    const end = this.#gaps.endBefore(next);
    this.#headers.writeStatus(cell, STATUS.free);
    this.#freed.add(cell);
    this.#freedEnd = end;
    this.#liveBlocks--;
    this.#tally.cells -= end - cell - HEADER_CELLS;
    return true;
  }

  /** Makes every later search for a block fail: the memory is gone. */
  close(): void {
    this.#end = 0;
    this.#first = NO_BLOCK;
  }

  /** Frees what an allocated block has beyond `size` cells, if a block can be made of it. */
  shrink(cell: number, size: number): void {
    const end = this.#endOf(cell);
    this.#tally.add(this.#trim(cell, size, end) - end);
  }

  /**
   * Lets an allocated block grow where it is: the last one by raising the break,
   * any other by absorbing the free blocks that follow, one at a time.
   *
   * @returns Whether it has `size` cells now. What it absorbed it keeps.
   */
  extend(cell: number, size: number): boolean {
    const before = this.#endOf(cell);
    if (before === this.#end) return this.#growLast(cell, size);
    const absorbed = this.#absorb(cell, size, before);
    const end = this.#trim(cell, size, absorbed);
    this.#touch(absorbed);
    this.#tally.add(end - before);
    return end - cell - HEADER_CELLS >= size;
  }

  /** The cell of a block with this payload address, if there can be one. */
  #cellOf(address: Address): number {
    const exact = (address - this.#headers.firstPayload) / CELL_BYTES;
    const cell = exact | 0;
    return cell === exact && cell >= 0 && cell < this.#end ? cell : NO_BLOCK;
  }

  /** Where a block ends: at the next one, a gap, or the fence. */
  #endOf(cell: number): number {
    if (cell === this.#lastFree) return this.#end;
    return this.#gaps.endBefore(this.#map.next(cell));
  }

  /** The block that starts at `end` or behind the gap there, or none. */
  #blockFrom(end: number): number {
    return end === this.#end ? NO_BLOCK : this.#gaps.startAfter(end);
  }

  // Searching and splitting.

  /** Allocates the best fit among the merged free blocks, if there is one. */
  #takeBestFit(size: number): number {
    const fit = this.#index.fit(size);
    const lastSize = this.#lastSize();
    if (lastSize >= size && (fit === 0 || lastSize < fit)) {
      return this.#useLast(size);
    }
    return fit === 0 ? NO_BLOCK : this.#use(this.#index.take(fit), fit, size);
  }

  /** Cells of payload of the last block if it is free and merged, or 0. */
  #lastSize(): number {
    const last = this.#lastFree;
    return last === NO_BLOCK ? 0 : this.#end - last - HEADER_CELLS;
  }

  #useLast(size: number): number {
    const cell = this.#lastFree;
    this.#lastFree = NO_BLOCK;
    return this.#use(cell, this.#end - cell - HEADER_CELLS, size);
  }

  /** Allocates a free block that is in no record any more, split if too large. */
  #use(cell: number, has: number, size: number): number {
    const end = cell + HEADER_CELLS + has;
    const rest = cell + HEADER_CELLS + size;
    const isSplit = end - rest >= SMALLEST_BLOCK_CELLS;
    if (isSplit) {
      this.#split(cell, rest, end, STATE.free);
      this.#addMerged(rest, end);
    }
    this.#allocated(cell, isSplit ? rest : end);
    return cell;
  }

  /**
   * Takes a short cut to what merging and searching would lead to, if just one
   * block was freed and it is the block to allocate: a program that frees and
   * allocates by turns then pays half.
   *
   * @returns Whether the freed block is allocated again.
   */
  #reuse(cell: number, size: number): boolean {
    const rest = cell + HEADER_CELLS + size;
    const isBeforeLast = this.#freedEnd === this.#lastFree;
    if (!isBeforeLast && this.#freedEnd !== rest) return false;
    if (this.#map.state(cell) !== STATE.freed || this.#isFreeBefore(cell)) {
      return false;
    }
    const isReused = isBeforeLast
      ? this.#tryMoveBoundary(cell, rest)
      : this.#fitsExactly(rest, size);
    if (!isReused) return false;
    this.#freed.clear();
    this.#allocated(cell, rest);
    return true;
  }

  /**
   * Whether a freed block of the size that is asked for, up to `end`, is the best
   * fit as it is: it merges with nothing, and no block of its size may be lower.
   */
  #fitsExactly(end: number, size: number): boolean {
    return !isFree(this.#map.state(end)) && this.#index.fit(size) !== size;
  }

  /**
   * Moves the boundary between a freed block and the last free one to `rest`, if
   * merging the two and splitting the result is what the search would do.
   *
   * @returns Whether it was moved.
   */
  #tryMoveBoundary(cell: number, rest: number): boolean {
    const size = rest - cell - HEADER_CELLS;
    if (this.#end - rest < SMALLEST_BLOCK_CELLS) return false;
    if (this.#index.fit(size) !== 0) return false;
    if (rest !== this.#lastFree) this.#moveLast(cell, this.#lastFree, rest);
    return true;
  }

  /** Whether the block that ends where this one starts is free. */
  #isFreeBefore(cell: number): boolean {
    if (cell === this.#first || this.#gaps.isBefore(cell)) return false;
    return isFree(this.#map.stateBefore(cell));
  }

  /** Moves the start of the last free block from `last` to `rest`. */
  #moveLast(cell: number, last: number, rest: number): void {
    this.#map.delete(last);
    this.#map.add(rest, STATE.free);
    this.#lastFree = rest;
    this.#writeSplit(cell, rest, this.#end, NO_BLOCK);
  }

  /** Records that a block is allocated and reaches up to `end`. */
  #allocated(cell: number, end: number): void {
    this.#map.change(cell, STATE.allocated);
    this.#headers.writeStatus(cell, STATUS.allocated);
    this.#touch(end);
    this.#liveBlocks++;
    this.#tally.add(end - cell - HEADER_CELLS);
  }

  /** Records that memory up to `end` was part of an allocated block. */
  #touch(end: number): void {
    if (end > this.#untouched) this.#untouched = end;
  }

  /** Frees what an allocated block has beyond `size` cells; returns its new end. */
  #trim(cell: number, size: number, end: number): number {
    const rest = cell + HEADER_CELLS + size;
    if (end - rest < SMALLEST_BLOCK_CELLS) return end;
    this.#split(cell, rest, end, STATE.freed);
    this.#freed.add(rest);
    this.#freedEnd = end;
    return rest;
  }

  /**
   * Splits a block in two; the second is free.
   *
   * ```text
   *   cell                            end         cell        rest       end
   *  │ header │ payload               │     →    │ h │ payload│ h │ free │
   * ```
   */
  #split(cell: number, rest: number, end: number, state: BlockState): void {
    this.#writeSplit(cell, rest, end, this.#blockFrom(end));
    this.#map.add(rest, state);
    this.#blocks++;
  }

  #writeSplit(cell: number, rest: number, end: number, after: number): void {
    const headers = this.#headers;
    headers.writeSize(cell, rest - cell - HEADER_CELLS);
    headers.writeNext(cell, rest);
    headers.write(rest, end - rest - HEADER_CELLS, STATUS.free, cell, after);
    if (after !== NO_BLOCK) headers.writePrev(after, rest);
  }

  /** Records a free block that has no free neighbour and reaches up to `end`. */
  #addMerged(cell: number, end: number): void {
    if (end === this.#end) this.#lastFree = cell;
    else this.#index.add(cell, end - cell - HEADER_CELLS);
  }

  #removeMerged(cell: number, end: number): void {
    if (cell === this.#lastFree) this.#lastFree = NO_BLOCK;
    else this.#index.delete(cell, end - cell - HEADER_CELLS);
  }

  // Merging.

  #mergeFreed(): void {
    let cell = this.#freed.take();
    while (cell !== NO_BLOCK) {
      this.#merge(cell);
      cell = this.#freed.take();
    }
  }

  /** Merges a freed block with all free neighbours on both sides. */
  #merge(cell: number): void {
    const first = this.#firstFreeOf(cell);
    let end = this.#endOf(first);
    if (first !== cell && this.#map.state(first) === STATE.free) {
      this.#removeMerged(first, end);
    }
    if (isFree(this.#map.state(end))) {
      while (isFree(this.#map.state(end))) end = this.#dissolve(end);
      this.#writeExtent(first, end);
    }
    this.#map.change(first, STATE.free);
    this.#addMerged(first, end);
  }

  /** The first of the free blocks that lie side by side with a free block. */
  #firstFreeOf(cell: number): number {
    while (this.#isFreeBefore(cell)) {
      this.#steps++;
      cell = this.#map.previous(cell);
    }
    return cell;
  }

  /** Removes a free block from all records; its cells fall to the one before. */
  #dissolve(cell: number): number {
    const end = this.#endOf(cell);
    if (this.#map.state(cell) === STATE.free) this.#removeMerged(cell, end);
    this.#map.delete(cell);
    this.#blocks--;
    this.#steps++;
    return end;
  }

  /** Writes the header of a block that reaches up to `end` now. */
  #writeExtent(cell: number, end: number): void {
    const after = this.#blockFrom(end);
    this.#headers.writeSize(cell, end - cell - HEADER_CELLS);
    this.#headers.writeNext(cell, after);
    if (after !== NO_BLOCK) this.#headers.writePrev(after, cell);
  }

  /** Absorbs free blocks from `before` on until `size` suffices; returns the end. */
  #absorb(cell: number, size: number, before: number): number {
    const enough = cell + HEADER_CELLS + size;
    let end = before;
    while (end < enough && isFree(this.#map.state(end))) {
      end = this.#dissolve(end);
    }
    if (end !== before) this.#writeExtent(cell, end);
    return end;
  }

  // Growing.

  #preallocateOnce(): void {
    const start = this.#break.find(this.#end);
    this.#append(this.#break.raise(start, this.#preallocate, this.#end));
    this.#preallocate = 0;
  }

  /** Obtains what the last block lacks if that is free, else a whole new block. */
  #grow(size: number): void {
    const start = this.#break.find(this.#end);
    const joins = start === this.#end && this.#lastFree !== NO_BLOCK;
    const cells = joins ? size - this.#lastSize() : HEADER_CELLS + size;
    this.#append(this.#break.raise(start, cells, this.#end));
  }

  /** Lets the last block, an allocated one, grow to `size` cells. */
  #growLast(cell: number, size: number): boolean {
    const end = this.#end;
    const start = this.#break.find(end);
    if (start !== end) return false;
    const lacking = cell + HEADER_CELLS + size - end;
    const stretch = this.#break.raise(start, lacking, end);
    if (stretch.start !== end || !this.#isLast(cell)) {
      this.#append(stretch);
      return false;
    }
    this.#makeRoom(end + lacking);
    this.#map.delete(end);
    this.#placeFence(end + lacking, lacking);
    this.#headers.writeSize(cell, size);
    this.#touch(this.#end);
    this.#tally.add(lacking);
    return true;
  }

  /** Whether a block is still allocated and the last: a `Memory` may free it while it moves the break. */
  #isLast(cell: number): boolean {
    return this.#map.state(cell) === STATE.allocated &&
      this.#endOf(cell) === this.#end;
  }

  /** Makes memory that was obtained a free last block, or part of it. */
  #append({ start, cells }: Stretch): void {
    if (cells === 0) return;
    const end = start + cells;
    this.#makeRoom(end);
    const before = this.#end === 0 ? NO_BLOCK : this.#map.previous(this.#end);
    if (this.#end !== 0) this.#map.delete(this.#end);
    if (start !== this.#end && this.#end !== 0) this.#closeSegment(start);
    this.#placeFence(end, cells);
    if (this.#lastFree === NO_BLOCK) this.#appendBlock(start, before);
    else this.#headers.writeSize(this.#lastFree, this.#lastSize());
  }

  #appendBlock(start: number, before: number): void {
    const size = this.#end - start - HEADER_CELLS;
    this.#map.add(start, STATE.free);
    this.#headers.write(start, size, STATUS.free, before, NO_BLOCK);
    if (before === NO_BLOCK) this.#first = start;
    else this.#headers.writeNext(before, start);
    this.#lastFree = start;
    this.#blocks++;
  }

  /** Makes the map and the window reach up to a new end, before either is used. */
  #makeRoom(end: number): void {
    this.#map.reserve(end + 1);
    this.#headers.cover(end);
  }

  #placeFence(end: number, gained: number): void {
    this.#map.add(end, STATE.allocated);
    this.#end = end;
    this.#cells += gained;
  }

  /** Records that the heap goes on behind a gap, at `start`. */
  #closeSegment(start: number): void {
    this.#gaps.add(this.#end, start);
    const last = this.#lastFree;
    if (last !== NO_BLOCK) {
      this.#index.add(last, this.#end - last - HEADER_CELLS);
    }
    this.#lastFree = NO_BLOCK;
  }
}

function isFree(state: BlockState): boolean {
  return state === STATE.free || state === STATE.freed;
}
