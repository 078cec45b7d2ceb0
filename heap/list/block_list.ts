import type { Address } from "../../ffi/memory.ts";
import { BlockRecords, type ListedBlock } from "./block_records.ts";
import * as fits from "../fits/fit.ts";
import type { HeapPolicy } from "../heap_options.ts";
import * as layout from "../layout.ts";
import { ProgramBreak } from "../source/program_break.ts";
import type { System } from "../source/system_calls.ts";
import type { Tally } from "../source/live_cells.ts";

const { ANY_SIZE } = fits;
const { CELL_BYTES, HEADER_CELLS, NO_BLOCK, SMALLEST_BLOCK_CELLS, STATUS } =
  layout;
const { isLive, lengthIn, LONG, POSITION, STATE } = layout;
const { firstCellOf, unitOf } = layout;

/**
 * The heap blocks, allocated by a {@linkcode HeapPolicy} on memory below the program
 * break.
 *
 * Freed blocks are merged by the next search, and only they and their
 * neighbours are looked at. A block freed between two allocated ones has nothing
 * to merge with, so the first such block goes to the index at once. If they are
 * to be merged immediately, or never, none waits for the next search.
 *
 * The block allocated last is set aside when it is freed. If the next request is
 * for as much, it is given out again: merging would only undo the search that
 * found it. For another size its end is moved, where it borders the last block.
 * Whatever else happens, it is first freed as any other block is. Where a
 * search would not find it again none is set aside ({@linkcode
 * [forgetful_block_list.ts].ForgetfulBlockList | ForgetfulBlockList}).
 *
 * Compiled code must not depend on what a program did first, so `allocate` and
 * `#release` are in one piece each. The engine builds a function into its
 * callers up to 460 bytes of bytecode and according to how often it ran when it
 * was compiled; beyond that it stays one well compiled function, and the short
 * methods of a heap that call it are what is built into a program's loops. In
 * short functions throughout, `malloc` and `free` took one and a half times as
 * long. Sums end in `| 0` where the result is known to be an integer of 32 bits,
 * since the engine checks each of them for overflow otherwise.
 */
export class BlockList extends BlockRecords {
  /** The payload of the block allocated last; NaN once anything else has changed. */
  latest: Address = NaN;
  /** Cells asked for when the block set aside was allocated; -1 if there is none. */
  #setAsideFor = -1;
  readonly #break: ProgramBreak;
  readonly #tally: Tally;
  /** What a block must have over for being split. */
  readonly #splitFrom: number;
  /** Whether free neighbours are merged at all. */
  readonly #mergesNeighbours: boolean;
  /** Whether freed blocks do not wait for the next search. */
  readonly #recordsAtOnce: boolean;
  /** The break is raised by multiples of so many cells. */
  readonly #growth: number;
  /** Cells to obtain at the first need; 0 once that is done. */
  #preallocate: number;
  /** The cells asked for the block allocated last. */
  #recentRequest = 0;
  #liveBlocks = 0;

  /**
   * @param system Where memory comes from.
   * @param tally Counts live cells.
   * @param policy How blocks are chosen, split and merged, and the break raised.
   */
  constructor(system: System, tally: Tally, policy: HeapPolicy) {
    super(system, policy.fit);
    this.#break = new ProgramBreak(system, this);
    this.#tally = tally;
    this.#splitFrom = policy.split ? SMALLEST_BLOCK_CELLS : ANY_SIZE;
    this.#mergesNeighbours = policy.coalesce !== "never";
    this.#recordsAtOnce = policy.coalesce !== "deferred";
    this.#growth = policy.growth / CELL_BYTES;
    this.#preallocate = policy.preallocate / CELL_BYTES;
  }

  /** Whether free neighbours are merged at all. */
  get mergesNeighbours(): boolean {
    return this.#mergesNeighbours;
  }

  /** Blocks that are allocated. */
  get liveBlocks(): number {
    return this.#liveBlocks;
  }

  /** The payload's address of the block at `cell`. */
  payloadOf(cell: number): Address {
    return this.headers.firstPayload + cell * CELL_BYTES;
  }

  override around(address: Address): ListedBlock | undefined {
    this.settle();
    return super.around(address);
  }

  override *[Symbol.iterator](): Generator<ListedBlock> {
    this.settle();
    yield* super[Symbol.iterator]();
  }

  override close(): void {
    super.close();
    this.#forgetLatest();
  }

  /**
   * Allocates the free block that the policy chooses, if one suffices.
   *
   * @param size Cells of payload.
   * @returns The block, its payload at least as large as asked; or none.
   * @throws {UsageError} If the memory was given back.
   */
  allocate(size: number): number {
    if (this.#setAsideFor >= 0) return this.#allocateAgain(size);
    if (!this.freed.isEmpty) this.#mergeFreed();
    const index = this.index;
    const last = this.lastFree === NO_BLOCK
      ? 0
      : this.end - this.lastFree - HEADER_CELLS | 0;
    let cell = index.take(size, last < size ? ANY_SIZE : last);
    let has = last;
    if (cell !== NO_BLOCK) {
      has = index.taken;
      if (has - size >= this.#splitFrom) {
        const rest = cell + HEADER_CELLS + size | 0;
        const left = has - size - HEADER_CELLS | 0;
        const unit = this.split(cell, rest, cell + HEADER_CELLS + has | 0);
        this.tags.set(unit, rest, STATE.free);
        index.add(rest, left);
        has = size;
      }
    } else {
      if (last < size) return NO_BLOCK;
      cell = this.lastFree;
      if (last - size >= this.#splitFrom) {
        has = size;
        this.blocks = this.blocks + 1 | 0;
        this.splitLast(cell, cell + HEADER_CELLS + size | 0);
      } else this.useUpLast();
    }
    const unit = unitOf(cell);
    this.tags.bytes[unit] = STATE.allocated + (cell - firstCellOf(unit) | 0);
    this.headers.writeStatus(cell, STATUS.allocated);
    this.recent = cell;
    this.#recentRequest = size;
    this.recentSize = has;
    this.#liveBlocks = this.#liveBlocks + 1 | 0;
    const tally = this.#tally;
    const cells = tally.cells + has;
    tally.cells = cells;
    if (cells > tally.peakCells) tally.peakCells = cells;
    this.latest = this.headers.firstPayload + cell * CELL_BYTES;
    return cell;
  }

  /**
   * Marks a block as free.
   *
   * @param address A payload's address.
   * @returns Whether an allocated block starts there; if not, nothing is done.
   * @throws {UsageError} If the memory was given back.
   */
  release(address: Address): boolean {
    const exact = (address - this.headers.firstPayload) / CELL_BYTES;
    const cell = exact | 0;
    return cell === exact && this.#release(cell) !== 0;
  }

  /**
   * Allocates a block whose payload starts at a multiple of `alignment`. What lies
   * before and behind it in the free block that was found is free again.
   *
   * ```text
   *   found    │ h │ payload of mostFor(size, alignment) cells            │
   *   result   │ h │ free │ h │ allocated, size cells  │ h │ free         │
   *                           └ a multiple of alignment
   * ```
   *
   * @param size Cells of payload.
   * @param alignment In cells, a power of two.
   * @returns The block, or none if no free one suffices.
   */
  allocateAligned(size: number, alignment: number): number {
    const tally = this.#tally;
    const peak = tally.peakCells;
    const found = this.allocate(this.mostFor(size, alignment));
    if (found === NO_BLOCK) return NO_BLOCK;
    const cell = found + this.#shiftFor(found, alignment);
    if (cell !== found) this.#moveStart(found, cell);
    this.resize(cell, size); // cuts off what is over
    this.#forgetLatest();
    tally.peakCells = Math.max(peak, tally.cells);
    return cell;
  }

  /** Cells of payload in which an aligned block surely has room. */
  mostFor(size: number, alignment: number): number {
    return size + alignment + SMALLEST_BLOCK_CELLS - 1;
  }

  /** Lets only a holder free the block with this payload, if it is one of the list. */
  hold(address: Address): void {
    const cell = this.find(address);
    if (cell === NO_BLOCK) return;
    this.#forgetLatest();
    this.tags.set(unitOf(cell), cell, STATE.held);
  }

  /** Lets everyone free the block again, if it is one of the list. */
  unhold(address: Address): void {
    const cell = this.findLive(address);
    if (cell !== NO_BLOCK) this.tags.set(unitOf(cell), cell, STATE.allocated);
  }

  /** The payload of a block of `size` cells, or 0 if no free block suffices. */
  obtain(size: number): Address {
    if (size === this.#setAsideFor) return this.#takeBack();
    return this.allocate(size) === NO_BLOCK ? 0 : this.latest;
  }

  /** Fills the payload of the block allocated last with zeros. */
  zeroLatest(): void {
    this.headers.zero(this.recent, this.recentSize);
  }

  /** Frees the block allocated last, without telling anyone as yet. */
  setAside(): void {
    this.headers.writeStatus(this.recent, STATUS.free);
    this.#setAsideFor = this.#recentRequest;
    this.latest = NaN;
  }

  /** Allocates the block that was set aside, as it is; returns its payload. */
  #takeBack(): Address {
    this.headers.writeStatus(this.recent, STATUS.allocated);
    this.#setAsideFor = -1;
    return this.latest = this.headers.firstPayload + this.recent * CELL_BYTES;
  }

  /** Frees the block that was set aside as any other is, before something else changes. */
  settle(): void {
    if (this.#setAsideFor < 0) return;
    this.#setAsideFor = -1;
    if (!this.isGone) this.#release(this.recent);
  }

  /**
   * Frees every block, held ones too, and merges all of them under any policy: each
   * segment is one free block, as if it had just been obtained.
   */
  clear(): void {
    this.settle();
    this.#forgetLatest();
    for (const { cell, size, state } of this) {
      this.tags.set(unitOf(cell), cell, STATE.freed);
      if (state === STATE.free) this.index.delete(cell, size);
      if (!isLive(state)) continue;
      this.headers.writeStatus(cell, STATUS.free);
      this.#tally.cells -= size;
    }
    this.#liveBlocks = 0;
    this.recent = NO_BLOCK;
    this.recentSize = 0;
    this.freed.clear();
    this.mergeSegments((cell) => this.#merge(cell));
  }

  /** Obtains memory from the system, enough for a block of `size` cells. */
  grow(size: number): void {
    const start = this.#break.find(this.end);
    if (this.#preallocate !== 0) return this.#preallocateFrom(start);
    const joins = start === this.end && this.lastFree !== NO_BLOCK;
    const lacking = joins
      ? size - this.size(this.lastFree)
      : HEADER_CELLS + size;
    const stretch = this.#break.raise(start, this.#rounded(lacking), this.end);
    this.append(stretch.start, stretch.cells);
  }

  /**
   * Gives an allocated block another size where it is. What it has over is freed
   * if a block can be made of it. To grow, the last block raises the break, and
   * any other absorbs the free blocks that follow, one at a time, unless
   * neighbours are never merged.
   *
   * @returns Whether it has `size` cells now. What it absorbed it keeps.
   */
  resize(cell: number, size: number): boolean {
    const tags = this.tags;
    const next = tags.next(unitOf(cell));
    const end = tags.gaps.endBefore(tags.cellIn(next));
    const over = end - cell - HEADER_CELLS - size; // any number of cells
    if (over >= 0) {
      if (over >= this.#splitFrom) this.#shrink(cell, size, end, next);
      return true;
    }
    this.#forgetLatest();
    return end === this.end
      ? this.#growLast(cell, size)
      : this.#absorb(cell, size, end, next);
  }

  #forgetLatest(): void {
    this.latest = NaN;
    this.#setAsideFor = -1;
  }

  /** Returns 1 if an allocated block starts at `cell`, else 0. */
  #release(cell: number): number {
    if (this.#setAsideFor >= 0) {
      this.#setAsideFor = -1;
      this.#release(this.recent);
    }
    const bytes = this.tags.bytes;
    const unit = unitOf(cell);
    const position = cell - firstCellOf(unit) | 0;
    const isBlock = cell >= 0 && cell < this.end &&
      bytes[unit] === (STATE.allocated + position | 0);
    if (!isBlock) return 0;
    this.headers.writeStatus(cell, STATUS.free);
    this.latest = NaN;
    const above = bytes[unit + 1 | 0]!;
    const next = above === LONG
      ? this.tags.farNext(unit)
      : unit + 1 + lengthIn(above) | 0;
    const after = bytes[next]!;
    const end = firstCellOf(next) + (after & POSITION) | 0;
    const size = this.tags.gaps.endBefore(end) - cell - HEADER_CELLS | 0;
    this.#liveBlocks = this.#liveBlocks - 1 | 0;
    this.#tally.cells -= size;
    const below = bytes[unit - 1 | 0]!;
    if (this.freed.isEmpty && below !== LONG) {
      const before = bytes[unit - 1 - lengthIn(below) | 0]!;
      if ((before | after) < STATE.free) {
        bytes[unit] = STATE.free + position | 0;
        this.index.add(cell, size);
        return 1;
      }
    }
    bytes[unit] = STATE.freed + position | 0;
    this.freed.add(cell);
    if (this.#recordsAtOnce) this.#mergeFreed();
    return 1;
  }

  /**
   * Allocates when a block is set aside. If it borders the last block and no
   * other free block goes before, merging the two and splitting the result
   * comes to moving its end.
   */
  #allocateAgain(size: number): number {
    const cell = this.recent;
    const last = this.lastFree;
    const merged = this.end - cell - HEADER_CELLS | 0;
    const isMovable = (cell + HEADER_CELLS + this.recentSize | 0) === last &&
      merged - size >= this.#splitFrom && this.freed.isEmpty &&
      !this.index.hasFit(size, merged);
    if (!isMovable) {
      this.settle();
      return this.allocate(size);
    }
    this.tags.bytes[unitOf(last)] = STATE.none;
    this.splitLast(cell, cell + HEADER_CELLS + size | 0);
    this.#tally.add(size - this.recentSize | 0);
    this.#recentRequest = size;
    this.recentSize = size;
    this.#takeBack();
    return cell;
  }

  /**
   * Frees what a block has beyond `size` cells, which is enough for a block.
   *
   * @param next The unit of what follows.
   * @returns The block's new end.
   */
  #cut(cell: number, size: number, end: number, next: number): number {
    const rest = cell + HEADER_CELLS + size | 0;
    if (end === this.end) {
      this.blocks = this.blocks + 1 | 0;
      this.splitLast(cell, rest);
    } else {
      this.splitBefore(next, cell, rest, end);
      this.tags.set(unitOf(rest), rest, STATE.freed);
      this.freed.add(rest);
      if (this.#recordsAtOnce) this.#mergeFreed();
    }
    return rest;
  }

  /** How far behind a block the first one starts that is aligned and leaves room for a free one. */
  #shiftFor(cell: number, alignment: number): number {
    const payload = this.payloadOf(cell) / CELL_BYTES;
    let shift = (alignment - payload % alignment) % alignment;
    while (shift !== 0 && shift < SMALLEST_BLOCK_CELLS) shift += alignment;
    return shift;
  }

  /** Frees what an allocated block has before `start`, which is enough for a block. */
  #moveStart(cell: number, start: number): void {
    const next = this.tags.next(unitOf(cell));
    const end = this.tags.gaps.endBefore(this.tags.cellIn(next));
    this.splitBefore(next, cell, start, end);
    this.tags.set(unitOf(start), start, STATE.allocated);
    this.headers.writeStatus(start, STATUS.allocated);
    this.#liveBlocks = this.#liveBlocks + 1 | 0;
    this.#tally.add(-HEADER_CELLS);
    this.#release(cell);
  }

  /** Records the freed blocks where searches find them, merged if they are to be. */
  #mergeFreed(): void {
    let cell = this.freed.take();
    while (cell !== NO_BLOCK) {
      if (!this.#mergesNeighbours) this.#record(cell);
      else if (cell !== this.lastFree) this.#merge(cell);
      cell = this.freed.take();
    }
  }

  /** Merges a freed block with all free neighbours on both sides. */
  #merge(cell: number): void {
    const tags = this.tags;
    const bytes = tags.bytes;
    const unit = unitOf(cell);
    const following = tags.next(unit);
    let next = following;
    while (tags.isMergeable(next)) next = this.dissolve(next);
    let first = unit;
    let start = cell;
    for (;;) {
      const before = tags.previous(first);
      const tag = bytes[before]!;
      if (tag < STATE.free || tag >= STATE.fence) break;
      if (tags.gaps.isBefore(start)) break;
      const position = tag & POSITION;
      const startBefore = firstCellOf(before) + position | 0;
      bytes[first] = STATE.none;
      bytes[before] = STATE.freed + position | 0;
      if (tag < STATE.freed) {
        this.index.delete(startBefore, start - startBefore - HEADER_CELLS | 0);
      }
      this.blocks = this.blocks - 1 | 0;
      this.merges = this.merges + 1;
      first = before;
      start = startBefore;
    }
    const end = tags.cellIn(next);
    const size = tags.gaps.endBefore(end) - start - HEADER_CELLS | 0;
    const isLast = end === this.end;
    if (first !== unit || next !== following) {
      tags.join(first, next);
      this.headers.writeExtent(start, size, isLast ? NO_BLOCK : end);
    }
    if (isLast) {
      bytes[first] = STATE.freed + (start - firstCellOf(first) | 0);
      this.lastFree = start;
    } else {
      bytes[first] = STATE.free + (start - firstCellOf(first) | 0);
      this.index.add(start, size);
    }
  }

  /** Records a freed block as it is. */
  #record(cell: number): void {
    const end = this.endOf(cell);
    if (end === this.end) this.lastFree = cell;
    else {
      this.tags.set(unitOf(cell), cell, STATE.free);
      this.index.add(cell, end - cell - HEADER_CELLS | 0);
    }
  }

  /** Frees what a block has beyond `size` cells, which is enough for a block. */
  #shrink(cell: number, size: number, end: number, next: number): void {
    this.#forgetLatest();
    this.#tally.add(this.#cut(cell, size, end, next) - end);
  }

  /** Absorbs the free blocks that follow until `size` suffices; frees what is over. */
  #absorb(cell: number, size: number, end: number, following: number): boolean {
    if (!this.#mergesNeighbours) return false;
    const tags = this.tags;
    const enough = cell + HEADER_CELLS + size;
    let next = following;
    let reached = end;
    while (reached < enough && tags.isMergeable(next)) {
      next = this.dissolve(next);
      reached = tags.gaps.endBefore(tags.cellIn(next));
    }
    if (reached - enough >= this.#splitFrom) {
      reached = this.#cut(cell, size, reached, next);
    } else if (next !== following) this.extendTo(unitOf(cell), next);
    this.touch(reached);
    this.#tally.add(reached - end);
    return reached >= enough;
  }

  /** What the break is raised by for so many cells. */
  #rounded(cells: number): number {
    return Math.ceil(cells / this.#growth) * this.#growth;
  }

  #preallocateFrom(start: number): void {
    const stretch = this.#break.raise(start, this.#preallocate, this.end);
    this.append(stretch.start, stretch.cells);
    this.#preallocate = 0;
  }

  /** Lets the last block, an allocated one, grow to `size` cells. */
  #growLast(cell: number, size: number): boolean {
    const end = this.end;
    const start = this.#break.find(end);
    if (start !== end) return false;
    const enough = cell + HEADER_CELLS + size;
    const gained = this.#rounded(enough - end);
    const stretch = this.#break.raise(start, gained, end);
    if (stretch.start !== end || !this.#isAllocatedLast(cell)) {
      this.append(stretch.start, stretch.cells);
      return false;
    }
    this.makeRoom(end + gained);
    this.tags.delete(unitOf(end));
    this.placeFence(end + gained, gained);
    let reached = this.end;
    if (reached - enough >= this.#splitFrom) {
      reached = this.#cut(cell, size, reached, unitOf(reached));
    } else this.extendTo(unitOf(cell), unitOf(reached));
    this.touch(reached);
    this.#tally.add(reached - end);
    return true;
  }

  /** Whether a block is still allocated and the last: a `Memory` may free it while it moves the break. */
  #isAllocatedLast(cell: number): boolean {
    return isLive(this.tags.state(cell)) && this.isLast(cell);
  }
}
