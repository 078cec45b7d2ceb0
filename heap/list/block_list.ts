import { interruptedError } from "../../errors/corruption_error.ts";
import type { Address } from "../../ffi/memory.ts";
import * as fits from "../fits/fit.ts";
import { openFit } from "../fits/open_fit.ts";
import type { HeapPolicy } from "../heap_options.ts";
import * as layout from "../layout.ts";
import { ProgramBreak } from "../source/program_break.ts";
import type { LiveCells, SystemCalls } from "../source/system_calls.ts";
import { BoundaryTags } from "./boundary_tags.ts";
import { FreedBlocks } from "./freed_blocks.ts";
import { Headers } from "./headers.ts";

const { ANY_SIZE } = fits;
const { CELL_BYTES, HEADER_CELLS, NO_BLOCK, SMALLEST_BLOCK_CELLS, STATUS } =
  layout;
const { INTERRUPTED, NOTHING } = layout;
const { firstCellOf, isLive, lengthIn, LONG, POSITION, STATE, unitOf } = layout;

/**
 * The heap blocks of a heap, one list in address order. A block is named by the number
 * of its first cell.
 *
 * Three records are kept in step by everything that changes where a block starts or
 * ends:
 *
 * - the headers in memory, for C to read ({@linkcode Headers});
 * - the boundary tags, which the allocator trusts ({@linkcode BoundaryTags}). A fence
 *   stands in them after the last block;
 * - the free index ({@linkcode [fits/fit.ts].Fit | Fit}), with every free block that does
 *   not wait to be merged. The last block of the list is left out: that block changes with
 *   almost every call while a heap grows.
 *
 * ```text
 *   list    │ allocated │ free │ allocated │ freed │ freed │ free │ fence
 *   index                  ×
 *   freed blocks                               ×       ×
 *   last free                                                 ×
 * ```
 *
 * Freed blocks are merged by the next search, which looks only at them and their
 * neighbours. A block freed between two allocated blocks has nothing to merge with, so
 * the first such block goes to the index at once. A policy that merges immediately, or
 * never, lets no block wait.
 *
 * The free of the block allocated last is postponed. If the next request is for the same
 * size, the free is cancelled: merging would only undo the search that found the block.
 * For another size, if the block borders the last block, only the end of the block is
 * moved. Before anything else changes, the free is completed.
 *
 * An exception can end a call anywhere: the engine throws one where the stack ends, which
 * may be at any call of a function. So a change sets `pending` to `INTERRUPTED` when it
 * begins, and to `NOTHING` when all records are in step again. A call that finds
 * `INTERRUPTED` refuses. `place` and `release` read `pending` anyway, for a postponed
 * free. `postponeFree` does not, since to read it took a twentieth of a malloc with its
 * free. So each change first sets `latest` to NaN: then no free is postponed.
 *
 * | method | what it does |
 * |---|---|
 * | `place`, `placeAligned` | allocates a free block that the policy chooses, and splits it |
 * | `release`, `postponeFree` | frees a block |
 * | `resize` | shrinks or grows an allocated block where it is |
 * | `grow` | raises the program break |
 *
 * `#placeAnew` and `#release` are in one piece each, so that what a program did first does
 * not decide how they are compiled. V8 builds a function of up to 460 bytes of bytecode
 * into its callers, depending on how often the function ran before. These two are longer,
 * and so only the short methods that call them are built into a program's loops. Split
 * into short functions, `malloc` and `free` took one and a half times as long. A sum ends
 * in `| 0` where the result is known to be an integer of 32 bits: V8 checks every other
 * sum for overflow.
 */
export class BlockList {
  /** The blocks' memory. A watched heap puts headers here that note what is written. */
  headers: Headers;
  /** Where each block starts and ends, and its state. */
  readonly tags: BoundaryTags = new BoundaryTags();
  /** Where free blocks are found. */
  readonly index: fits.Fit;
  /** The blocks freed since the last search; some twice. */
  readonly freed: FreedBlocks = new FreedBlocks(this.tags);
  /** Whether free neighbours are merged at all. */
  readonly mergesNeighbours: boolean;

  /**
   * The request in cells of the block whose free is postponed; `NOTHING` if none is; or
   * `INTERRUPTED`, which is no request. Whoever changes the heap in several steps sets
   * `latest` to NaN and then `pending`, without a call, which could fail for want of stack.
   */
  pending: number = NOTHING;

  // Others read these fields. They change none but `latest`, as `pending` says.

  /** The first block, once there is a block. */
  first: number = NO_BLOCK;
  /** The fence after the last block; 0 as long as there is no block. */
  end = 0;
  /** The last block if it is free and merged, or none. */
  lastFree: number = NO_BLOCK;
  /** How many blocks there are. */
  blockCount = 0;
  /** How many blocks are live. */
  liveBlocks = 0;
  /** Cells of all blocks, headers included. */
  cells = 0;
  /** The cell after the highest block ever allocated. */
  untouched = 0;
  /** Blocks merged so far. */
  merges = 0;
  /** The payload of the block allocated last; NaN once anything else has changed. */
  latest: Address = NaN;

  readonly #break: ProgramBreak;
  readonly #live: LiveCells;
  /** Cells that a block must have left over to be split. */
  readonly #splitFrom: number;
  /** Whether freed blocks do not wait for the next search. */
  readonly #recordsAtOnce: boolean;
  /** The break is raised by multiples of so many cells. */
  readonly #growth: number;
  /** Cells to obtain at the first need; 0 once that is done. */
  #preallocate: number;

  /** The block allocated last, the cells that it had then, and the cells asked for. */
  #recent = NO_BLOCK;
  #recentSize = 0;
  #recentRequest = 0;

  /**
   * @param calls Makes the system calls.
   * @param live Counts live cells.
   * @param policy How blocks are chosen, split and merged, and the break raised.
   */
  constructor(calls: SystemCalls, live: LiveCells, policy: HeapPolicy) {
    this.headers = new Headers(calls);
    this.index = openFit(policy.fit, this.tags, () => this.searchFrom);
    this.mergesNeighbours = policy.coalesce !== "never";
    this.#break = new ProgramBreak(calls);
    this.#live = live;
    this.#splitFrom = policy.split ? SMALLEST_BLOCK_CELLS : ANY_SIZE;
    this.#recordsAtOnce = policy.coalesce !== "deferred";
    this.#growth = policy.growth / CELL_BYTES;
    this.#preallocate = policy.preallocate / CELL_BYTES;
  }

  /** Whether the memory under the blocks was given back. */
  get isGone(): boolean {
    return this.end !== 0 && this.headers.isClosed;
  }

  /**
   * Where next fit starts its next search: at the block after the block allocated last,
   * or the block that it was merged into; at 0, the first block, if nothing was
   * allocated yet or the block allocated last ends the list.
   */
  get searchFrom(): number {
    const after = this.#recent === NO_BLOCK
      ? 0
      : this.#recent + HEADER_CELLS + this.#recentSize;
    if (after >= this.end) return 0;
    const cell = this.tags.startOf(after);
    return cell !== NO_BLOCK && after < this.endOf(cell) ? cell : after;
  }

  /** Where a block ends: at the next block, a gap, or the fence. */
  endOf(cell: number): number {
    return cell === this.lastFree ? this.end : this.tags.endOf(unitOf(cell));
  }

  /** Cells of payload of the block at `cell`. */
  size(cell: number): number {
    return this.endOf(cell) - cell - HEADER_CELLS | 0;
  }

  /** The address of the payload of the block at `cell`. */
  payloadOf(cell: number): Address {
    return this.headers.firstPayload + cell * CELL_BYTES;
  }

  /** The allocated block with this payload, or `NO_BLOCK` if there is none or it is owned. */
  findUnowned(address: Address): number {
    const cell = this.#cellBefore(address);
    const isFound = cell !== NO_BLOCK &&
      this.tags.state(cell) === STATE.allocated;
    return isFound ? cell : NO_BLOCK;
  }

  /** The live block with this payload, or none. */
  findLive(address: Address): number {
    const cell = this.#cellBefore(address);
    return cell !== NO_BLOCK && isLive(this.tags.state(cell)) ? cell : NO_BLOCK;
  }

  /**
   * Allocates a block. Its payload's address is then `latest`.
   *
   * @param size Cells of payload.
   * @returns The block, or none if no free block suffices. A number that is an address or
   * a cell by turns would be allocated as an object: that took a tenth of a malloc.
   * @throws {UsageError} If the memory was given back.
   * @throws {CorruptionError} If an earlier change was interrupted.
   */
  place(size: number): number {
    return size === this.pending ? this.#cancelFree() : this.#placeAnew(size);
  }

  /**
   * Allocates a block whose payload starts at a multiple of `alignment`. What lies
   * before and after it in the free block that was found is free again.
   *
   * ```text
   *   found    │ h │ payload of mostFor(size, alignment) cells            │
   *   result   │ h │ free │ h │ allocated, size cells  │ h │ free         │
   *                           └ a multiple of alignment
   * ```
   *
   * @param size Cells of payload.
   * @param alignment In cells, a power of two.
   * @returns The block, or none if no free block suffices.
   */
  placeAligned(size: number, alignment: number): number {
    const live = this.#live;
    const peak = live.peakCells;
    const found = this.#placeAnew(this.mostFor(size, alignment));
    if (found === NO_BLOCK) return NO_BLOCK;
    let cell = NO_BLOCK;
    try {
      const shift = this.#shiftFor(found, alignment);
      if (shift !== 0) this.#freeHead(found, found + shift);
      this.resize(found + shift, size); // frees what is left over at the end
      this.latest = NaN;
      live.peakCells = Math.max(peak, live.cells);
      cell = found + shift;
    } finally {
      if (cell === NO_BLOCK) {
        this.latest = NaN;
        this.pending = INTERRUPTED;
      }
    }
    return cell;
  }

  /** Cells of payload in which an aligned block surely has room. */
  mostFor(size: number, alignment: number): number {
    return size + alignment + SMALLEST_BLOCK_CELLS - 1;
  }

  /** Fills the payload of the block allocated last with zeros. */
  zeroLatest(): void {
    this.headers.zero(this.#recent, this.#recentSize);
  }

  /** Allocates a block like {@linkcode BlockList.place}, and fills it with zeros. */
  placeZeroed(size: number): number {
    const cell = this.place(size);
    if (cell === NO_BLOCK) return NO_BLOCK;
    const address = this.latest;
    this.latest = NaN;
    this.pending = INTERRUPTED; // nobody else has the address yet
    this.zeroLatest();
    this.pending = NOTHING;
    this.latest = address;
    return cell;
  }

  /**
   * Frees a block.
   *
   * @param address A payload's address.
   * @returns Whether an allocated block that nobody owns starts there. If not, nothing
   * is changed.
   * @throws {UsageError} If the memory was given back.
   * @throws {CorruptionError} If an earlier change was interrupted.
   */
  release(address: Address): boolean {
    const exact = (address - this.headers.firstPayload) / CELL_BYTES;
    const cell = exact | 0;
    return cell === exact && this.#release(cell) !== 0;
  }

  /** Postpones the free of the block allocated last: only its header says that it is free. */
  postponeFree(): void {
    this.headers.writeStatus(this.#recent, STATUS.free);
    this.pending = this.#recentRequest;
    this.latest = NaN;
  }

  /**
   * Frees the block whose free is postponed like any other, if there is such a block.
   *
   * @throws {CorruptionError} If an earlier change was interrupted.
   */
  completeFree(): void {
    const request = this.pending;
    if (request === NOTHING) return;
    if (request === INTERRUPTED) throw this.#refusal();
    const { isGone } = this; // a call, which must not fail once the request is forgotten
    this.pending = NOTHING;
    if (isGone) return;
    let released = 0;
    try {
      released = this.#release(this.#recent);
    } finally {
      const isUnchanged = released === 0 && this.pending === NOTHING;
      if (isUnchanged) this.pending = request;
    }
  }

  /** Marks the heap block with this payload as owned; does nothing for a mapped block. */
  own(address: Address): void {
    const cell = this.#cellBefore(address);
    if (cell === NO_BLOCK) return;
    const bytes = this.tags.bytes;
    const unit = unitOf(cell);
    const position = cell - firstCellOf(unit) | 0;
    if (bytes[unit] !== (STATE.allocated + position | 0)) return;
    this.latest = NaN;
    bytes[unit] = STATE.owned + position | 0;
  }

  /** Lets everyone free the block again, if it is a heap block. */
  disown(address: Address): void {
    const cell = this.findLive(address);
    if (cell !== NO_BLOCK) this.tags.set(unitOf(cell), cell, STATE.allocated);
  }

  /**
   * Gives an allocated block another size where it is. What is left over is freed if it
   * is enough for a block. To grow, the last block raises the break. Any other block
   * absorbs the free blocks that follow, in turn, unless neighbours are never merged.
   *
   * @returns Whether the block has `size` cells now. A block that absorbed too little
   * keeps what it absorbed.
   */
  resize(cell: number, size: number): boolean {
    if (this.pending >= 0) this.completeFree();
    const tags = this.tags;
    const next = tags.next(unitOf(cell));
    const end = tags.gaps.endBefore(tags.cellIn(next));
    const over = end - cell - HEADER_CELLS - size; // any number of cells
    if (over >= 0) {
      if (over >= this.#splitFrom) {
        this.latest = NaN;
        this.pending = INTERRUPTED;
        this.#live.add(this.#freeTail(cell, size, end, next) - end);
        this.pending = NOTHING;
      }
      return true;
    }
    this.latest = NaN;
    return end === this.end
      ? this.#growLast(cell, size)
      : this.#absorb(cell, size, end, next);
  }

  /** Obtains memory from the system, enough for a block of `size` cells. */
  grow(size: number): void {
    if (this.pending >= 0) this.completeFree();
    const start = this.#break.find(this.end);
    const joins = start === this.end && this.lastFree !== NO_BLOCK;
    const lacking = joins
      ? size - this.size(this.lastFree)
      : HEADER_CELLS + size;
    const cells = this.#preallocate || this.#rounded(lacking);
    const gained = this.#break.raise(start, cells, this.end);
    this.#preallocate = 0;
    this.#append(gained.start, gained.cells);
  }

  /**
   * Frees every block, owned blocks too, and merges all of them under any policy: each
   * segment is one free block, as if it had just been obtained.
   */
  clear(): void {
    this.completeFree();
    this.latest = NaN;
    this.pending = INTERRUPTED;
    for (let cell = this.first, next; cell !== NO_BLOCK; cell = next) {
      next = this.after(cell);
      this.#clearBlock(cell);
    }
    this.liveBlocks = 0;
    this.#recent = NO_BLOCK;
    this.#recentSize = 0;
    this.freed.clear();
    for (let cell = this.first; cell !== NO_BLOCK; cell = this.after(cell)) {
      if (cell !== this.lastFree) this.#merge(cell);
    }
    this.pending = NOTHING;
  }

  /** Makes every later search for a block fail: the memory is gone. */
  close(): void {
    this.end = 0;
    this.first = NO_BLOCK;
    this.latest = NaN;
    this.pending = NOTHING;
  }

  /** Lets go of the tables after the list was closed. */
  letGo(): void {
    this.lastFree = NO_BLOCK;
    this.tags.letGo();
    this.index.letGo();
    this.freed.letGo();
    this.headers.letGo();
  }

  /** The block after a block, or none. */
  after(cell: number): number {
    if (cell === this.lastFree) return NO_BLOCK;
    return this.#blockIn(this.tags.next(unitOf(cell)));
  }

  /** The block before a block that is not the first. */
  before(cell: number): number {
    return this.tags.cellIn(this.tags.previous(unitOf(cell)));
  }

  /**
   * Allocates the free block that the policy chooses, if one suffices.
   *
   * @param size Cells of payload.
   * @returns The block, or none.
   */
  #placeAnew(size: number): number {
    if (this.pending >= 0) return this.#moveEnd(size);
    this.latest = NaN;
    this.pending = INTERRUPTED;
    if (this.freed.count !== 0) this.#mergeFreed();
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
        const next = this.tags.next(unitOf(cell));
        this.#split(cell, rest, cell + HEADER_CELLS + has | 0, next);
        this.tags.set(unitOf(rest), rest, STATE.free);
        index.add(rest, left);
        has = size;
      }
    } else {
      if (last < size) {
        this.pending = NOTHING;
        return NO_BLOCK;
      }
      cell = this.lastFree;
      if (last - size >= this.#splitFrom) {
        has = size;
        this.blockCount = this.blockCount + 1 | 0;
        this.#splitLast(cell, cell + HEADER_CELLS + size | 0);
      } else { // it is given out whole
        this.tags.join(unitOf(cell), unitOf(this.end));
        this.#touch(this.end);
        this.lastFree = NO_BLOCK;
      }
    }
    const unit = unitOf(cell);
    this.tags.bytes[unit] = STATE.allocated + (cell - firstCellOf(unit) | 0);
    this.headers.writeStatus(cell, STATUS.allocated);
    this.#recent = cell;
    this.#recentRequest = size;
    this.#recentSize = has;
    this.liveBlocks = this.liveBlocks + 1 | 0;
    const live = this.#live;
    const cells = live.cells + has;
    live.cells = cells;
    if (cells > live.peakCells) live.peakCells = cells;
    this.latest = this.headers.firstPayload + cell * CELL_BYTES;
    this.pending = NOTHING;
    return cell;
  }

  /**
   * Allocates while a free is postponed. If that block borders the last block, and no
   * other free block is preferred, merging the two and splitting the result comes to
   * moving the end of the block.
   */
  #moveEnd(size: number): number {
    if (this.pending === INTERRUPTED) throw this.#refusal();
    const cell = this.#recent;
    const last = this.lastFree;
    const merged = this.end - cell - HEADER_CELLS | 0;
    const isMovable = (cell + HEADER_CELLS + this.#recentSize | 0) === last &&
      merged - size >= this.#splitFrom && this.freed.count === 0 &&
      !this.index.hasFit(size, merged);
    if (!isMovable) {
      this.completeFree();
      return this.#placeAnew(size);
    }
    this.pending = INTERRUPTED; // `latest` is NaN, since a free is postponed
    this.tags.bytes[unitOf(last)] = STATE.none;
    this.#splitLast(cell, cell + HEADER_CELLS + size | 0);
    this.#live.add(size - this.#recentSize | 0);
    this.#recentRequest = size;
    this.#recentSize = size;
    return this.#cancelFree();
  }

  /** Allocates the block whose free is postponed, as it is. */
  #cancelFree(): number {
    const cell = this.#recent;
    this.headers.writeStatus(cell, STATUS.allocated);
    this.pending = NOTHING;
    this.latest = this.headers.firstPayload + cell * CELL_BYTES;
    return cell;
  }

  /** Makes the error that refuses a list with an unfinished change. */
  #refusal(): Error {
    return this.isGone
      ? this.headers.goneError("use")
      : interruptedError(this.headers.base);
  }

  /** Frees a block. Returns 1 if an allocated block starts at `cell`, else 0. */
  #release(cell: number): number {
    if (this.pending >= 0) this.completeFree();
    const bytes = this.tags.bytes;
    const unit = unitOf(cell);
    const position = cell - firstCellOf(unit) | 0;
    const isBlock = cell >= 0 && cell < this.end &&
      bytes[unit] === (STATE.allocated + position | 0);
    if (!isBlock) return 0;
    this.latest = NaN;
    this.pending = INTERRUPTED;
    this.headers.writeStatus(cell, STATUS.free);
    const lengthAfter = bytes[unit + 1 | 0]!;
    const next = lengthAfter === LONG
      ? this.tags.farNext(unit)
      : unit + 1 + lengthIn(lengthAfter) | 0;
    const after = bytes[next]!;
    let end = firstCellOf(next) + (after & POSITION) | 0;
    const gaps = this.tags.gaps;
    if (gaps.count !== 0) end = gaps.endBefore(end);
    const size = end - cell - HEADER_CELLS | 0;
    this.liveBlocks = this.liveBlocks - 1 | 0;
    this.#live.cells -= size;
    const lengthBefore = bytes[unit - 1 | 0]!;
    if (this.freed.count === 0 && lengthBefore !== LONG) {
      const before = bytes[unit - 1 - lengthIn(lengthBefore) | 0]!;
      if ((before | after) < STATE.free) {
        bytes[unit] = STATE.free + position | 0;
        this.index.add(cell, size);
        this.pending = NOTHING;
        return 1;
      }
    }
    bytes[unit] = STATE.freed + position | 0;
    this.freed.add(cell);
    if (this.#recordsAtOnce) this.#mergeFreed();
    this.pending = NOTHING;
    return 1;
  }

  /**
   * Splits a block in two. The second block is free, and has no tag yet.
   *
   * ```text
   *   cell                            end         cell        rest       end
   *  │ header │ payload               │     →    │ h │ payload│ h │ free │
   * ```
   *
   * @param next The unit of what follows both.
   */
  #split(cell: number, rest: number, end: number, next: number): void {
    const restUnit = unitOf(rest);
    this.tags.join(unitOf(cell), restUnit);
    this.tags.join(restUnit, next);
    this.headers.writeSplit(cell, rest, end, this.#blockIn(next));
    this.blockCount = this.blockCount + 1 | 0;
  }

  /** Splits the last block, or a block that becomes the last: the rest is the new last free block. */
  #splitLast(cell: number, rest: number): void {
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

  /**
   * Frees what a block has after its first `size` cells, which is enough for a block.
   *
   * @param next The unit of what follows.
   * @returns The block's new end.
   */
  #freeTail(cell: number, size: number, end: number, next: number): number {
    const rest = cell + HEADER_CELLS + size | 0;
    if (end === this.end) {
      this.blockCount = this.blockCount + 1 | 0;
      this.#splitLast(cell, rest);
    } else {
      this.#split(cell, rest, end, next);
      this.tags.set(unitOf(rest), rest, STATE.freed);
      this.freed.add(rest);
      if (this.#recordsAtOnce) this.#mergeFreed();
    }
    return rest;
  }

  /** Splits an allocated block at `start`, and frees the first part, enough for a block. */
  #freeHead(cell: number, start: number): void {
    const next = this.tags.next(unitOf(cell));
    const end = this.tags.gaps.endBefore(this.tags.cellIn(next));
    this.latest = NaN;
    this.pending = INTERRUPTED;
    this.#split(cell, start, end, next);
    this.tags.set(unitOf(start), start, STATE.allocated);
    this.headers.writeStatus(start, STATUS.allocated);
    this.liveBlocks = this.liveBlocks + 1 | 0;
    this.#live.add(-HEADER_CELLS);
    this.pending = NOTHING;
    this.#release(cell);
  }

  /** Cells to the first aligned place in a block that leaves room for a free block before. */
  #shiftFor(cell: number, alignment: number): number {
    const payload = this.payloadOf(cell) / CELL_BYTES;
    let shift = (alignment - payload % alignment) % alignment;
    while (shift !== 0 && shift < SMALLEST_BLOCK_CELLS) shift += alignment;
    return shift;
  }

  /** Records the freed blocks where searches find them, merged if the policy merges. */
  #mergeFreed(): void {
    let cell = this.freed.take();
    while (cell !== NO_BLOCK) {
      if (!this.mergesNeighbours) this.#record(cell);
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
    while (tags.isMergeable(next)) next = this.#dissolve(next);
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
      this.blockCount = this.blockCount - 1 | 0;
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

  /** Records a freed block as it is, without merging. */
  #record(cell: number): void {
    const end = this.endOf(cell);
    if (end === this.end) this.lastFree = cell;
    else {
      this.tags.set(unitOf(cell), cell, STATE.free);
      this.index.add(cell, end - cell - HEADER_CELLS | 0);
    }
  }

  /** Removes a free block from all records; returns the unit of what follows. */
  #dissolve(unit: number): number {
    const tags = this.tags;
    this.blockCount = this.blockCount - 1 | 0;
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

  /** Absorbs the free blocks that follow until `size` suffices; frees what is left over. */
  #absorb(cell: number, size: number, end: number, following: number): boolean {
    if (!this.mergesNeighbours) return false;
    const tags = this.tags;
    const enough = cell + HEADER_CELLS + size;
    let next = following;
    let reached = end;
    this.latest = NaN;
    this.pending = INTERRUPTED;
    while (reached < enough && tags.isMergeable(next)) {
      next = this.#dissolve(next);
      reached = tags.gaps.endBefore(tags.cellIn(next));
    }
    if (reached - enough >= this.#splitFrom) {
      reached = this.#freeTail(cell, size, reached, next);
    } else if (next !== following) this.#extendTo(unitOf(cell), next);
    this.#touch(reached);
    this.#live.add(reached - end);
    this.pending = NOTHING;
    return reached >= enough;
  }

  /** Lets the last block, an allocated one, grow to `size` cells by raising the break. */
  #growLast(cell: number, size: number): boolean {
    const end = this.end;
    const start = this.#break.find(end);
    if (start !== end) return false;
    const enough = cell + HEADER_CELLS + size;
    const cells = this.#rounded(enough - end);
    const gained = this.#break.raise(start, cells, end);
    // The memory may have freed the block while it moved the break.
    const isLiveLast = isLive(this.tags.state(cell)) &&
      this.endOf(cell) === this.end;
    if (gained.start !== end || !isLiveLast) {
      this.#append(gained.start, gained.cells);
      return false;
    }
    this.#makeRoom(end + cells);
    this.latest = NaN;
    this.pending = INTERRUPTED;
    this.tags.delete(unitOf(end));
    this.#placeFence(end + cells, cells);
    let reached = this.end;
    if (reached - enough >= this.#splitFrom) {
      reached = this.#freeTail(cell, size, reached, unitOf(reached));
    } else this.#extendTo(unitOf(cell), unitOf(reached));
    this.#touch(reached);
    this.#live.add(reached - end);
    this.pending = NOTHING;
    return true;
  }

  /** What the break is raised by for so many cells. */
  #rounded(cells: number): number {
    return Math.ceil(cells / this.#growth) * this.#growth;
  }

  /**
   * Makes cells obtained from the system a free last block, or part of it.
   *
   * @param start The first cell: the heap's end, or the first after a gap.
   * @param cells How many; 0 if none are of use.
   */
  #append(start: number, cells: number): void {
    if (cells === 0) return;
    const end = this.end;
    if (end === 0) this.headers.start(this.#break.base);
    this.#makeRoom(start + cells);
    const before = this.#last();
    this.latest = NaN;
    this.pending = INTERRUPTED;
    if (end !== 0) this.tags.delete(unitOf(end));
    if (end !== 0 && start !== end) this.#closeSegment(before, start);
    this.#placeFence(start + cells, cells);
    if (this.lastFree === NO_BLOCK) this.#appendBlock(start, before);
    else this.headers.writeSize(this.lastFree, this.size(this.lastFree));
    this.pending = NOTHING;
  }

  #appendBlock(start: number, before: number): void {
    this.tags.set(unitOf(start), start, STATE.freed);
    this.lastFree = start;
    this.blockCount++;
    this.headers.writeLone(start);
    this.headers.writeExtent(start, this.size(start), NO_BLOCK);
    if (before === NO_BLOCK) this.first = start;
    else this.headers.writeExtent(before, this.size(before), start);
  }

  /** Records that the heap goes on after a gap, at `start`. */
  #closeSegment(last: number, start: number): void {
    this.tags.gaps.add(this.end, start);
    this.tags.join(unitOf(last), unitOf(start));
    if (last !== this.lastFree) return;
    this.tags.set(unitOf(last), last, STATE.free);
    this.index.add(last, this.end - last - HEADER_CELLS | 0);
    this.lastFree = NO_BLOCK;
  }

  /** Makes the tags and the window reach up to a new end, before either is used. */
  #makeRoom(end: number): void {
    this.tags.reserve(end + 1);
    this.headers.cover(end);
  }

  /** Marks where the heap ends now that it has so many cells more. */
  #placeFence(end: number, gained: number): void {
    this.tags.set(unitOf(end), end, STATE.fence);
    this.end = end;
    this.cells += gained;
  }

  /** Writes how far a block reaches now, to its header and to the tags. */
  #extendTo(unit: number, next: number): void {
    const tags = this.tags;
    tags.join(unit, next);
    const cell = tags.cellIn(unit);
    const size = tags.endOf(unit) - cell - HEADER_CELLS | 0;
    this.headers.writeExtent(cell, size, this.#blockIn(next));
  }

  /** Records that memory up to `end` was part of an allocated block. */
  #touch(end: number): void {
    if (end > this.untouched) this.untouched = end;
  }

  /** Marks a block as freed. Once all are marked, `clear` merges them. */
  #clearBlock(cell: number): void {
    const state = this.tags.state(cell);
    const size = this.size(cell);
    this.tags.set(unitOf(cell), cell, STATE.freed);
    if (state === STATE.free) this.index.delete(cell, size);
    if (!isLive(state)) return;
    this.headers.writeStatus(cell, STATUS.free);
    this.#live.cells -= size;
  }

  /** The block that starts in a unit, or none if that is the fence. */
  #blockIn(unit: number): number {
    const cell = this.tags.cellIn(unit);
    return cell === this.end ? NO_BLOCK : cell;
  }

  /** The last block, or none. */
  #last(): number {
    if (this.end === 0 || this.lastFree !== NO_BLOCK) return this.lastFree;
    return this.before(this.end);
  }

  /** The first cell of a block with its payload at `address`; `NO_BLOCK` outside the list. */
  #cellBefore(address: Address): number {
    const exact = (address - this.headers.firstPayload) / CELL_BYTES;
    const cell = exact | 0;
    return cell === exact && cell >= 0 && cell < this.end ? cell : NO_BLOCK;
  }
}
