import type { Address } from "../../ffi/memory.ts";
import { BoundaryTags } from "./boundary_tags.ts";
import type { Fit } from "../fits/fit.ts";
import type { Rover } from "../fits/first_fit.ts";
import { openFit } from "../fits/open_fit.ts";
import { FreedBlocks } from "./freed_blocks.ts";
import { Headers } from "./headers.ts";
import type { FitPolicy } from "../heap_options.ts";
import * as layout from "../layout.ts";
import type { System } from "../source/system_calls.ts";
import type { BlockState } from "../layout.ts";

const { CELL_BYTES, HEADER_CELLS, NO_BLOCK } = layout;
const { isLive, LONG, STATE } = layout;
const { firstCellOf, unitOf } = layout;

/** A heap block where it lies, in cells. */
export interface ListedBlock {
  /** The header's first cell. */
  readonly cell: number;
  /** Cells of payload. */
  readonly size: number;
  /** What the boundary tags know of it. */
  readonly state: BlockState;
}

/**
 * What is recorded of the heap blocks, one list in address order. Three records
 * are kept in step by everything that changes where a block starts or ends:
 *
 * - the headers in memory, for C to read ({@linkcode Headers});
 * - the boundary tags, which the allocator trusts ({@linkcode BoundaryTags}); a
 *   fence stands in them behind the last block;
 * - the free index, with every free block that is merged with its neighbours, or
 *   need not be ({@linkcode Fit}), except the last block of the list. That one
 *   changes with almost every call while a heap grows, so it is kept apart.
 *
 * ```text
 *   list    │ allocated │ free │ allocated │ freed │ freed │ free │ fence
 *   index                  ×
 *   freed blocks                               ×       ×
 *   last free                                                 ×
 * ```
 */
export class BlockRecords implements Rover {
  /** The blocks' memory. */
  headers: Headers;
  /** Where free blocks are found. */
  readonly index: Fit;
  /** The blocks freed since the last search; some twice. */
  readonly freed: FreedBlocks;
  protected readonly tags: BoundaryTags = new BoundaryTags();
  /** The fence behind the last block; 0 as long as there is none. */
  protected end = 0;
  /** The last block if it is free and merged, or none. */
  protected lastFree: number = NO_BLOCK;
  /** How many blocks there are. */
  protected blocks = 0;
  /** The cell behind the highest block ever allocated. */
  protected untouched = 0;
  /** Blocks merged so far. */
  protected merges = 0;
  /** The block allocated last, and the cells that it had then. */
  protected recent: number = NO_BLOCK;
  protected recentSize = 0;
  /** The first block, once there is one. */
  #first = NO_BLOCK;
  /** Cells of all blocks, headers included. */
  #cells = 0;

  /**
   * @param system Where memory comes from.
   * @param fit How the free index chooses.
   */
  constructor(system: System, fit: FitPolicy) {
    this.headers = new Headers(system);
    this.index = openFit(fit, this.tags, this);
    this.freed = new FreedBlocks(this.tags);
  }

  /** Whether the memory under the blocks was given back. */
  get isGone(): boolean {
    return this.end !== 0 && this.headers.isClosed;
  }

  /** Cells of all blocks, headers included. */
  get cells(): number {
    return this.#cells;
  }

  /** Blocks of the list. */
  get blockCount(): number {
    return this.blocks;
  }

  /** The last block if it is free and merged, or none. */
  get freeLast(): number {
    return this.lastFree;
  }

  /** Bytes of the boundary tags, the free index and the list of freed blocks. */
  get tableBytes(): number {
    return this.tags.byteLength + this.index.byteLength +
      this.freed.byteLength;
  }

  /** Steps so far, as {@linkcode HeapStats.steps} counts them. */
  get steps(): number {
    return this.merges + this.tags.steps + this.index.steps;
  }

  /** Cells of payload of the largest free block, merged or not. */
  get largestFree(): number {
    let largest = this.index.largest;
    if (this.lastFree !== NO_BLOCK) {
      largest = Math.max(largest, this.size(this.lastFree));
    }
    for (const cell of this.freed) {
      largest = Math.max(largest, this.size(cell));
    }
    return largest;
  }

  get searchFrom(): number {
    const behind = this.recent === NO_BLOCK
      ? 0
      : this.recent + HEADER_CELLS + this.recentSize;
    if (behind >= this.end) return 0;
    const cell = this.tags.startOf(behind);
    return cell !== NO_BLOCK && behind < this.endOf(cell) ? cell : behind;
  }

  /**
   * What is free as the next search would find it, in cells of payload: blocks that
   * were freed since the last one count with the free neighbours that they would be
   * merged with. A step for each of those.
   */
  get mergedFree(): { gained: number; largest: number } {
    let gained = 0; // headers that merging would spare
    let largest = Math.max(
      this.index.largest,
      this.lastFree === NO_BLOCK ? 0 : this.size(this.lastFree),
    );
    let reached = -1;
    for (const cell of [...this.freed].sort((a, b) => a - b)) {
      if (cell < reached) continue;
      const start = this.#firstFreeBefore(cell);
      let merged = -1;
      for (reached = start; this.#isFreeFrom(start, reached); merged++) {
        reached = this.endOf(reached);
      }
      gained += merged * HEADER_CELLS;
      largest = Math.max(largest, reached - start - HEADER_CELLS);
    }
    return { gained, largest };
  }

  /** The address from which on nothing was ever handed out. */
  get untouchedFrom(): Address {
    return this.headers.addressOf(this.untouched);
  }

  /** Cells of payload of the block at `cell`. */
  size(cell: number): number {
    return this.endOf(cell) - cell - HEADER_CELLS | 0;
  }

  /** Whether a block starts at `cell`. */
  isStart(cell: number): boolean {
    const state = cell < this.end ? this.tags.state(cell) : STATE.none;
    return state !== STATE.none;
  }

  /** Whether the block at `cell` is the last. */
  isLast(cell: number): boolean {
    return this.endOf(cell) === this.end;
  }

  /** The allocated block whose payload starts at `address`, or none. */
  find(address: Address): number {
    const cell = this.#cellBefore(address);
    const isBlock = cell !== NO_BLOCK &&
      this.tags.state(cell) === STATE.allocated;
    return isBlock ? cell : NO_BLOCK;
  }

  /** The same, also if the block is held. */
  findLive(address: Address): number {
    const cell = this.#cellBefore(address);
    return cell !== NO_BLOCK && isLive(this.tags.state(cell)) ? cell : NO_BLOCK;
  }

  /** The block that `address` lies in, header or payload. */
  around(address: Address): ListedBlock | undefined {
    const inside = Math.floor((address - this.headers.base) / CELL_BYTES);
    if (!(inside >= 0 && inside < this.end)) return undefined;
    const isInLast = this.lastFree !== NO_BLOCK && inside >= this.lastFree;
    const cell = isInLast ? this.lastFree : this.tags.startOf(inside);
    if (cell === NO_BLOCK || inside >= this.endOf(cell)) return undefined;
    return this.#describe(cell);
  }

  /** The block before one that is not the first. */
  before(cell: number): number {
    return this.tags.cellIn(this.tags.previous(unitOf(cell)));
  }

  /** Every block in address order. */
  *[Symbol.iterator](): Generator<ListedBlock> {
    for (let cell = this.#first; cell !== NO_BLOCK; cell = this.#after(cell)) {
      yield this.#describe(cell);
    }
  }

  /**
   * Visits the first block of each segment, where that is not the last block, free.
   *
   * @param merge Makes one block of the whole segment.
   */
  protected mergeSegments(merge: (cell: number) => void): void {
    let cell = this.#first;
    while (cell !== NO_BLOCK) {
      if (cell !== this.lastFree) merge(cell);
      cell = this.#after(cell);
    }
  }

  /** Makes every later search for a block fail: the memory is gone. */
  close(): void {
    this.end = 0;
    this.#first = NO_BLOCK;
  }

  /** Where a block ends: at the next one, a gap, or the fence. */
  protected endOf(cell: number): number {
    return cell === this.lastFree ? this.end : this.tags.endOf(unitOf(cell));
  }

  /** The block that starts in a unit, or none if that is the fence. */
  protected blockIn(unit: number): number {
    const cell = this.tags.cellIn(unit);
    return cell === this.end ? NO_BLOCK : cell;
  }

  /** Records that memory up to `end` was part of an allocated block. */
  protected touch(end: number): void {
    if (end > this.untouched) this.untouched = end;
  }

  /**
   * Splits a block in two; the second is free, and has no tag yet.
   *
   * ```text
   *   cell                            end         cell        rest       end
   *  │ header │ payload               │     →    │ h │ payload│ h │ free │
   * ```
   *
   * @returns The second block's unit.
   */
  protected split(cell: number, rest: number, end: number): number {
    return this.splitBefore(this.tags.next(unitOf(cell)), cell, rest, end);
  }

  /** The same if it is known in which unit the block after both starts. */
  protected splitBefore(
    next: number,
    cell: number,
    rest: number,
    end: number,
  ): number {
    const restUnit = unitOf(rest);
    this.tags.join(unitOf(cell), restUnit);
    this.tags.join(restUnit, next);
    this.headers.writeSplit(cell, rest, end, this.blockIn(next));
    this.blocks = this.blocks + 1 | 0;
    return restUnit;
  }

  /** The same for the last block, or one that takes its place: what is behind becomes it. */
  protected splitLast(cell: number, rest: number): void {
    const bytes = this.tags.bytes;
    const unit = unitOf(rest);
    bytes[unit] = STATE.freed + (rest - firstCellOf(unit) | 0);
    this.lastFree = rest;
    if (rest > this.untouched) this.untouched = rest;
    const start = unitOf(cell);
    const between = unit - start - 1 | 0;
    if (between >= LONG) this.tags.join(start, unit);
    else if (between > 0) {
      bytes[start + 1 | 0] = between;
      bytes[unit - 1 | 0] = between;
    }
    this.headers.writeSplit(cell, rest, this.end, NO_BLOCK);
  }

  /** Lets the last block, a free one, be as any other. */
  protected useUpLast(): void {
    this.tags.join(unitOf(this.lastFree), unitOf(this.end));
    this.touch(this.end);
    this.lastFree = NO_BLOCK;
  }

  /** Removes a free block from all records; returns the unit of what follows. */
  protected dissolve(unit: number): number {
    const tags = this.tags;
    this.blocks = this.blocks - 1 | 0;
    this.merges = this.merges + 1;
    const cell = tags.cellIn(unit);
    const state = tags.stateIn(unit);
    if (cell === this.lastFree) {
      this.lastFree = NO_BLOCK;
      tags.delete(unit);
      return unitOf(this.end);
    }
    const next = tags.next(unit);
    const end = tags.endOf(unit);
    tags.delete(unit);
    if (state === STATE.free) {
      this.index.delete(cell, end - cell - HEADER_CELLS | 0);
    }
    return next;
  }

  /** Writes how far a block reaches now, to its header and to the tags. */
  protected extendTo(unit: number, next: number): void {
    const tags = this.tags;
    tags.join(unit, next);
    const cell = tags.cellIn(unit);
    const size = tags.endOf(unit) - cell - HEADER_CELLS | 0;
    this.headers.writeExtent(cell, size, this.blockIn(next));
  }

  /**
   * Makes cells obtained from the system a free last block, or part of it.
   *
   * @param start The first cell: the heap's end, or behind a gap.
   * @param cells How many; 0 for none that are of use.
   */
  protected append(start: number, cells: number): void {
    if (cells === 0) return;
    this.makeRoom(start + cells);
    const before = this.#last();
    if (this.end !== 0) this.tags.delete(unitOf(this.end));
    if (start !== this.end && this.end !== 0) this.#closeSegment(before, start);
    this.placeFence(start + cells, cells);
    if (this.lastFree === NO_BLOCK) this.#appendBlock(start, before);
    else this.headers.writeSize(this.lastFree, this.size(this.lastFree));
  }

  /** Makes the tags and the window reach up to a new end, before either is used. */
  protected makeRoom(end: number): void {
    this.tags.reserve(end + 1);
    this.headers.cover(end);
  }

  /** Marks where the heap ends now that it has so many cells more. */
  protected placeFence(end: number, gained: number): void {
    this.tags.set(unitOf(end), end, STATE.fence);
    this.end = end;
    this.#cells += gained;
  }

  /** Where the block would start that has its payload at `address`; none if that is no cell of the list. */
  #cellBefore(address: Address): number {
    const exact = (address - this.headers.firstPayload) / CELL_BYTES;
    const cell = exact | 0;
    return cell === exact && cell >= 0 && cell < this.end ? cell : NO_BLOCK;
  }

  /** The first of the free blocks that lie one behind the other up to this one. */
  #firstFreeBefore(cell: number): number {
    const { tags } = this;
    let unit = unitOf(cell);
    while (tags.isMergeable(unit) && tags.isFree(tags.previous(unit))) {
      unit = tags.previous(unit);
    }
    return tags.cellIn(unit);
  }

  /** Whether a free block starts at `cell` that would be merged with the one at `start`. */
  #isFreeFrom(start: number, cell: number): boolean {
    if (cell >= this.end || !this.isStart(cell)) return false;
    const unit = unitOf(cell);
    return cell === start
      ? this.tags.isFree(unit)
      : this.tags.isMergeable(unit);
  }

  #describe(cell: number): ListedBlock {
    return { cell, size: this.size(cell), state: this.tags.state(cell) };
  }

  /** The block after one, or none. */
  #after(cell: number): number {
    if (cell === this.lastFree) return NO_BLOCK;
    return this.blockIn(this.tags.next(unitOf(cell)));
  }

  /** The last block, or none. */
  #last(): number {
    if (this.end === 0 || this.lastFree !== NO_BLOCK) return this.lastFree;
    return this.before(this.end);
  }

  #appendBlock(start: number, before: number): void {
    this.tags.set(unitOf(start), start, STATE.freed);
    this.lastFree = start;
    this.blocks++;
    this.headers.writeLone(start);
    this.headers.writeExtent(start, this.size(start), NO_BLOCK);
    if (before === NO_BLOCK) this.#first = start;
    else this.headers.writeExtent(before, this.size(before), start);
  }

  /** Records that the heap goes on behind a gap, at `start`. */
  #closeSegment(last: number, start: number): void {
    this.tags.gaps.add(this.end, start);
    this.tags.join(unitOf(last), unitOf(start));
    if (last !== this.lastFree) return;
    this.tags.set(unitOf(last), last, STATE.free);
    this.index.add(last, this.end - last - HEADER_CELLS | 0);
    this.lastFree = NO_BLOCK;
  }
}
