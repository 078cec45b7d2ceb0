import { UsageError } from "../../errors/usage_error.ts";
import type { Address } from "../../ffi/memory.ts";
import type { HeapPolicy } from "../heap_options.ts";
import type { FreeMemory } from "../heap_stats.ts";
import {
  CELL_BYTES,
  HEADER_BYTES,
  HEADER_CELLS,
  NO_BLOCK,
  STATUS,
} from "../layout.ts";
import type { BlockList } from "../list/block_list.ts";
import type { BlockWalk } from "../list/block_walk.ts";
import { Headers } from "../list/headers.ts";
import type { MappedBlocks, MappingWatcher } from "../source/mapped_blocks.ts";
import type { SystemCalls, SystemCallWatcher } from "../source/system_calls.ts";

/** Notified of the actions of a heap. */
export interface HeapWatcher extends SystemCallWatcher, MappingWatcher {
  /**
   * A search found a heap block, and split it if it was too large.
   *
   * @param address The block's header.
   */
  afterSearch(address: Address): void;
}

/** The parts of a heap that are watched. */
interface WatchedParts {
  /** The heap blocks. */
  readonly list: BlockList;
  /** Reads the heap blocks. */
  readonly walk: BlockWalk;
  /** The mapped blocks. */
  readonly mappings: MappedBlocks;
  /** Makes the system calls. */
  readonly calls: SystemCalls;
  /** The heap's policy. */
  readonly policy: HeapPolicy;
  /** Returns the free memory as it is now. */
  readonly freeMemory: () => FreeMemory;
}

/**
 * Watches a heap for a recorder. A watcher is notified of system calls, mapped blocks and
 * searches, and {@linkcode HeapWatch.takeChanges} lists the heap blocks that a call
 * changed. Its cost does not depend on the number of blocks.
 */
export class HeapWatch implements Disposable {
  readonly #parts: WatchedParts;
  readonly #headers: WatchedHeaders;

  /**
   * @param parts The parts of the heap.
   * @param watcher Notified of the heap's actions.
   * @throws {UsageError} If the heap is watched already.
   */
  constructor(parts: WatchedParts, watcher: HeapWatcher) {
    const { list, mappings, calls } = parts;
    if (calls.watcher) {
      throw new UsageError(
        "in-use",
        "Cannot record this heap: it is being recorded already; dispose of that " +
          "recording first",
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
   * Free memory as the next search would find it, with free neighbours merged. Reading
   * takes a step for each block freed since the last search, and for the free blocks
   * around it.
   */
  get freeMemory(): FreeMemory {
    const { walk, policy, freeMemory } = this.#parts;
    const unmerged = freeMemory();
    if (policy.coalesce === "never") return unmerged;
    const { gained, largest } = walk.mergedFree;
    return {
      freeBytes: unmerged.freeBytes + gained * CELL_BYTES,
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

  /** Bytes obtained from the system. */
  get footprintBytes(): number {
    return this.#parts.calls.footprintBytes;
  }

  /** The address of the heap's first header, or 0 before the first block. */
  get start(): Address {
    return this.#headers.base;
  }

  /** Completes a postponed free after a call, if the policy merges immediately. */
  afterCall(): void {
    const { list, policy } = this.#parts;
    if (policy.coalesce === "immediate") list.completeFree();
  }

  /**
   * Visits the heap blocks that are new or changed their size or status since the last
   * `takeChanges`, as they are now, in address order. A block that was merged into another
   * block is left out; the other block is visited.
   *
   * @param visit Receives the header's address, the bytes of payload, and the header's
   * status.
   */
  takeChanges(
    visit: (address: Address, size: number, status: number) => void,
  ): void {
    for (const cell of this.#headers.takeChanged()) this.#visit(cell, visit);
  }

  /**
   * Visits the blocks that {@linkcode HeapWatch.takeChanges} would visit, and leaves them
   * to be visited again. They come in no order, some twice.
   *
   * @param visit Receives the header's address, the bytes of payload, and the header's
   * status.
   */
  peekChanges(
    visit: (address: Address, size: number, status: number) => void,
  ): void {
    for (const cell of this.#headers.changed) this.#visit(cell, visit);
  }

  /**
   * Whether the block that a search has just found was split. Where free neighbours are
   * merged before a search, a free block after the found block was split off. That is
   * also true if the free of the found block was postponed and then cancelled.
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

  /** The address of the header where next fit starts its next search. */
  get searchFrom(): Address {
    return this.#headers.addressOf(this.#parts.list.searchFrom);
  }

  /** Whether the allocated block with this payload is the last heap block. */
  isLast(payload: Address): boolean {
    const { list } = this.#parts;
    const cell = list.findUnowned(payload);
    return cell !== NO_BLOCK && list.endOf(cell) === list.end;
  }

  /** The address at which the block with this header ends. */
  endOf(address: Address): Address {
    const size = this.#parts.list.size(this.#cellAt(address));
    return address + HEADER_BYTES + size * CELL_BYTES;
  }

  /** Stops watching. Watching costs the heap nothing after this. */
  [Symbol.dispose](): void {
    const { list, mappings, calls } = this.#parts;
    if (list.headers !== this.#headers) return;
    list.headers = new Headers(this.#headers);
    calls.watcher = undefined;
    mappings.watcher = undefined;
  }

  #cellAt(address: Address): number {
    return (address - this.#headers.base) / CELL_BYTES;
  }

  #visit(
    cell: number,
    visit: (address: Address, size: number, status: number) => void,
  ): void {
    const { list, walk } = this.#parts;
    if (!walk.isStart(cell)) return;
    const size = list.size(cell) * CELL_BYTES;
    visit(this.#headers.addressOf(cell), size, this.#headers.statusAt(cell));
  }
}

const FIRST_CAPACITY = 64;

/**
 * Headers that record which headers changed, so that a recorder learns what a call changed
 * without a walk over the blocks. The header of a block is written when the block is made
 * or its size or status changes; when blocks are merged, the header of the first.
 *
 * They replace a heap's headers only while the heap is watched. A heap that is not watched
 * pays nothing.
 */
class WatchedHeaders extends Headers {
  /** The first cells of changed headers, in no order and some twice. */
  #changed = new Int32Array(FIRST_CAPACITY);
  #count = 0;
  readonly #onAllocation: (cell: number) => void;
  /** The block that was split last; none once a block was allocated or freed. */
  #split = NO_BLOCK;

  /**
   * @param watched The headers to replace.
   * @param onAllocation Called when a search has found a block, and split it.
   */
  constructor(watched: Headers, onAllocation: (cell: number) => void) {
    super(watched);
    this.#onAllocation = onAllocation;
  }

  /** First cells of headers changed since `takeChanged`, in no order and some twice. */
  get changed(): Int32Array {
    return this.#changed.subarray(0, this.#count);
  }

  /**
   * Completing a postponed free writes the status a second time: that is no change. The
   * change is noted first, so that a free that cannot be noted has written nothing.
   */
  override writeStatus(cell: number, status: number): void {
    const isChanged = !this.isClosed && this.statusAt(cell) !== status;
    if (isChanged) this.#note(cell);
    super.writeStatus(cell, status);
    if (status === STATUS.allocated) this.#onAllocation(cell);
    this.#split = NO_BLOCK;
  }

  override writeSize(cell: number, size: number): void {
    super.writeSize(cell, size);
    this.#note(cell);
  }

  /** The list also calls this when only a link changes, which does not count as a change. */
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
   * Returns the first cells of the headers that changed since the last call, in address
   * order, each once. Some blocks may have been absorbed since. The array is valid until
   * the next header is written.
   */
  takeChanged(): Int32Array {
    const changed = this.#distinct();
    this.#count = 0;
    return changed;
  }

  /** Whether this block was split, and no block was allocated or freed since. */
  wasSplit(cell: number): boolean {
    return this.#split === cell;
  }

  #note(cell: number): void {
    if (this.#count === this.#changed.length) this.#makeRoom();
    this.#changed[this.#count++] = cell;
  }

  /** Returns the changed cells in address order, each once. */
  #distinct(): Int32Array {
    const changed = this.#changed.subarray(0, this.#count).sort();
    let kept = 0;
    for (const cell of changed) {
      if (kept === 0 || cell !== changed[kept - 1]) changed[kept++] = cell;
    }
    return changed.subarray(0, kept);
  }

  /**
   * Makes room for more cells. Duplicates are removed first, so that the table stays in
   * proportion to the number of blocks however rarely it is read.
   */
  #makeRoom(): void {
    const distinct = this.#distinct();
    const isCrowded = 2 * distinct.length > this.#changed.length;
    const roomier = isCrowded
      ? new Int32Array(2 * this.#changed.length)
      : this.#changed;
    roomier.set(distinct);
    this.#changed = roomier;
    this.#count = distinct.length;
  }
}
