import { UsageError } from "../../errors/usage_error.ts";
import type { Address } from "../../ffi/memory.ts";
import type { BlockList } from "../list/block_list.ts";
import type { BlockWalk } from "../list/block_walk.ts";
import { Headers } from "../list/headers.ts";
import type { HeapPolicy } from "../heap_options.ts";
import {
  CELL_BYTES,
  HEADER_BYTES,
  HEADER_CELLS,
  NO_BLOCK,
  STATUS,
} from "../layout.ts";
import type { FreeMemory } from "../heap_stats.ts";
import type { MappedBlocks, MappingWatcher } from "../source/mapped_blocks.ts";
import type { SystemCalls, SystemCallWatcher } from "../source/system_calls.ts";

/** Told what a heap does, while it does it. */
export interface HeapWatcher extends SystemCallWatcher, MappingWatcher {
  /**
   * A search found a heap block, and split it if it was too large.
   *
   * @param address The block's header.
   */
  afterSearch(address: Address): void;
}

/** The parts of a heap that are watched. */
export interface WatchedParts {
  /** The heap blocks. */
  readonly list: BlockList;
  /** Reads them. */
  readonly walk: BlockWalk;
  /** The mapped blocks. */
  readonly mappings: MappedBlocks;
  /** The system calls of both. */
  readonly calls: SystemCalls;
  /** The heap's policy. */
  readonly policy: HeapPolicy;
  /** What is free now. */
  readonly freeMemory: () => FreeMemory;
}

/**
 * A heap being watched: its system calls and mappings are told to a watcher, and
 * {@linkcode HeapWatch.takeChanges} tells which heap blocks a call changed, at a
 * cost that does not depend on how many blocks there are.
 */
export class HeapWatch implements Disposable {
  readonly #parts: WatchedParts;
  readonly #headers: WatchedHeaders;

  /**
   * @param parts The parts of the heap.
   * @param watcher Whom to tell.
   * @throws {UsageError} If the heap is watched already.
   */
  constructor(parts: WatchedParts, watcher: HeapWatcher) {
    const { list, mappings, calls } = parts;
    if (calls.watcher) {
      throw new UsageError(
        "in-use",
        "Cannot record this heap: it is being recorded already; stop that first",
      );
    }
    this.#parts = parts;
    this.#headers = new WatchedHeaders(
      list.headers,
      (cell) => watcher.afterSearch(list.headers.addressOf(cell)),
    );
    list.headers = this.#headers;
    calls.watcher = watcher;
    mappings.watcher = watcher;
  }

  /** The heap's policy. */
  get policy(): HeapPolicy {
    return this.#parts.policy;
  }

  /**
   * What is free as the next search would find it. It takes a step for each block
   * freed since the last one, and for the free blocks around those.
   */
  get freeMemory(): FreeMemory {
    const { walk, policy, freeMemory } = this.#parts;
    const asItLies = freeMemory();
    if (policy.coalesce === "never") return asItLies;
    const { gained, largest } = walk.mergedFree;
    return {
      freeBytes: asItLies.freeBytes + gained * CELL_BYTES,
      largestFreeBytes: largest * CELL_BYTES,
    };
  }

  /** How many heap blocks there are. */
  get heapBlocks(): number {
    return this.#parts.list.blockCount;
  }

  /** How many mapped blocks there are. */
  get mappedBlocks(): number {
    return this.#parts.mappings.count;
  }

  /** Bytes held from the system. */
  get footprintBytes(): number {
    return this.#parts.calls.footprintBytes;
  }

  /** The address of the heap's first header; 0 as long as there is none. */
  get start(): Address {
    return this.#headers.base;
  }

  /**
   * A call has ended: if neighbours are to be merged at once, they are, also beside
   * a block that was only set aside.
   */
  settle(): void {
    const { list, policy } = this.#parts;
    if (policy.coalesce === "immediate") list.completeFree();
  }

  /**
   * Tells the heap blocks that came to be, or changed their size or status, since
   * this was last asked, as they are now, in address order. A block that was
   * merged into another is not told: it lies inside one that is.
   *
   * @param visit Given a header's address, bytes of payload, and the status that
   * stands in the header.
   */
  takeChanges(
    visit: (address: Address, size: number, status: number) => void,
  ): void {
    for (const cell of this.#headers.takeWritten()) this.#tell(cell, visit);
  }

  /**
   * Tells them without taking them: in no order, and some twice.
   *
   * @param visit As above.
   */
  peekChanges(
    visit: (address: Address, size: number, status: number) => void,
  ): void {
    for (const cell of this.#headers.written) this.#tell(cell, visit);
  }

  /**
   * Whether the block that a search has just found was split. Where free
   * neighbours are merged before a search, what lies free behind the block was
   * split off: the block may have been freed and given out again as it was.
   *
   * @param address The block's header.
   */
  isSplit(address: Address): boolean {
    const { list, walk, policy } = this.#parts;
    const cell = this.#cellAt(address);
    if (policy.coalesce === "never") return this.#headers.wasSplit(cell);
    const end = cell + HEADER_CELLS + list.size(cell);
    return walk.isStart(end) && this.#headers.statusAt(end) === STATUS.free;
  }

  /** The header of the block where next fit starts its next search. */
  get searchFrom(): Address {
    return this.#headers.addressOf(this.#parts.list.searchFrom);
  }

  /** Whether the allocated block with this payload is the last heap block. */
  isLast(payload: Address): boolean {
    const { list } = this.#parts;
    const cell = list.findUnowned(payload);
    return cell !== NO_BLOCK && list.endOf(cell) === list.end;
  }

  /** Where the block with this header ends. */
  endOf(address: Address): Address {
    const size = this.#parts.list.size(this.#cellAt(address));
    return address + HEADER_BYTES + size * CELL_BYTES;
  }

  #cellAt(address: Address): number {
    return (address - this.#headers.base) / CELL_BYTES;
  }

  #tell(
    cell: number,
    visit: (address: Address, size: number, status: number) => void,
  ): void {
    const { list, walk } = this.#parts;
    if (!walk.isStart(cell)) return;
    const size = list.size(cell) * CELL_BYTES;
    visit(this.#headers.addressOf(cell), size, this.#headers.statusAt(cell));
  }

  /** Stops watching: the heap costs again what it did before. */
  [Symbol.dispose](): void {
    const { list, mappings, calls } = this.#parts;
    if (list.headers !== this.#headers) return;
    list.headers = new Headers(this.#headers);
    calls.watcher = undefined;
    mappings.watcher = undefined;
  }
}

const FIRST_CAPACITY = 64;

/**
 * Headers that note which of them were written, so that a recorder learns what a
 * call changed without a walk over the blocks. Wherever a block comes to be, or
 * changes its size or its status, its header is written; where blocks are
 * merged, that of the first one is.
 *
 * They take the place of a heap's headers only while it is watched: a heap that
 * is not pays nothing for it.
 */
export class WatchedHeaders extends Headers {
  #written = new Int32Array(FIRST_CAPACITY);
  #count = 0;
  readonly #onAllocation: (cell: number) => void;
  /** The block that was split last; none once one was allocated or freed. */
  #split = NO_BLOCK;

  /**
   * @param watched The headers whose place they take.
   * @param onAllocation Told when a search has found a block, and split it.
   */
  constructor(watched: Headers, onAllocation: (cell: number) => void) {
    super(watched);
    this.#onAllocation = onAllocation;
  }

  /** Written again where a block that was set aside is freed after all: that is no change. */
  override writeStatus(cell: number, status: number): void {
    const isChanged = !this.isClosed && this.statusAt(cell) !== status;
    super.writeStatus(cell, status);
    if (isChanged) this.#note(cell);
    if (status === STATUS.allocated) this.#onAllocation(cell);
    this.#split = NO_BLOCK;
  }

  override writeSize(cell: number, size: number): void {
    super.writeSize(cell, size);
    this.#note(cell);
  }

  /** Written too where only the link to the next block changes: that is no change. */
  override writeExtent(cell: number, size: number, next: number): void {
    const isChanged = this.sizeAt(cell) !== size;
    super.writeExtent(cell, size, next);
    if (isChanged) this.#note(cell);
  }

  override writeLone(cell: number): void {
    super.writeLone(cell);
    this.#note(cell);
  }

  override writeSplit(
    cell: number,
    rest: number,
    end: number,
    next: number,
  ): void {
    super.writeSplit(cell, rest, end, next);
    this.#note(cell);
    this.#note(rest);
    this.#split = cell;
  }

  /**
   * The first cells of all headers written since this was last asked, in address
   * order and each once. Some may have been absorbed since. The array is good
   * until the next header is written.
   */
  takeWritten(): Int32Array {
    const written = this.#distinct();
    this.#count = 0;
    return written;
  }

  /** Whether a block was split, and none was allocated or freed since. */
  wasSplit(cell: number): boolean {
    return this.#split === cell;
  }

  /** Those written since then, in no order and some twice, without taking them. */
  get written(): Int32Array {
    return this.#written.subarray(0, this.#count);
  }

  #note(cell: number): void {
    if (this.#count === this.#written.length) this.#makeRoom();
    this.#written[this.#count++] = cell;
  }

  /** Those that were written, in address order and each once. */
  #distinct(): Int32Array {
    const written = this.#written.subarray(0, this.#count).sort();
    let kept = 0;
    for (const cell of written) {
      if (kept === 0 || cell !== written[kept - 1]) written[kept++] = cell;
    }
    return written.subarray(0, kept);
  }

  /** However long nobody asks, there are no more than twice as many as were written. */
  #makeRoom(): void {
    const distinct = this.#distinct();
    const isCrowded = 2 * distinct.length > this.#written.length;
    const roomier = isCrowded
      ? new Int32Array(2 * this.#written.length)
      : this.#written;
    roomier.set(distinct);
    this.#written = roomier;
    this.#count = distinct.length;
  }
}
