import { RecyclingMap } from "../collections/recycling_map.ts";
import { ArgumentError, requireWhole } from "../errors/argument_error.ts";
import {
  formatAddress,
  named,
  numberRemedy,
  showValue,
} from "../errors/messages.ts";
import { OutOfMemoryError, SystemCallError } from "../errors/system_errors.ts";
import { UsageError } from "../errors/usage_error.ts";
import type { Address } from "../ffi/memory.ts";
import { isOfAnotherIsolate } from "../ffi/system.ts";
import type { HeapPolicy } from "./heap_options.ts";
import type { FreeMemory, HeapStats } from "./heap_stats.ts";
import { checkBlocks, checkMappings } from "./inspection/check.ts";
import {
  type BlockOwner,
  invalidPointer,
  type InvalidPointerError,
} from "./inspection/invalid_pointer.ts";
import {
  type Block,
  CELL_BYTES,
  cellsFor,
  HEADER_BYTES,
  INTERRUPTED,
  isLive,
  NO_BLOCK,
  NOTHING,
  roundUp,
} from "./layout.ts";
import type { BlockList } from "./list/block_list.ts";
import { BlockWalk, type ListedBlock } from "./list/block_walk.ts";
import type { LiveBlock } from "./leaks/leak_report.ts";
import { openBlockList } from "./list/open_block_list.ts";
import { type MappedBlock, MappedBlocks } from "./source/mapped_blocks.ts";
import { SpanLimitError } from "./source/program_break.ts";
import { LiveCells, type SystemCalls } from "./source/system_calls.ts";

const NULL: Address = 0;

/** Payloads of mappings are multiples of this: the page's start, and a header. */
const MAPPED_ALIGNMENT = 32;

/**
 * The contract on real memory: what `malloc`, `calloc`, `realloc` and `free` do with heap
 * blocks and mapped blocks. {@linkcode [heap.ts].Heap | Heap} asks the list first, and
 * comes here with every call that the list does not answer at once.
 *
 * The rules are those of `model/model.ts`, which states them as plain code:
 *
 * | rule | what it is about | where it is kept |
 * |---|---|---|
 * | 1 | sizes are rounded up to 8 | `layout.ts`: `cellsFor`, `roundUp` |
 * | 2, 3, 8 | size 0; what becomes a mapping; zeros | `malloc` and `calloc` here |
 * | 4, 6 | the first need; no block suffices | the list: `grow` |
 * | 5, 7 | which free block is taken; splitting | the list: `place`; the fits: `take` |
 * | 9 | freeing | `free` here; the list: `release` |
 * | 10 | another size | `realloc` here; the list: `resize` |
 * | 11 | no other system call | `source/`: `SystemCalls` makes all of them |
 *
 * A block can be owned by an {@linkcode [allocations/allocation.ts].Allocation |
 * Allocation}. Only its owner frees or resizes it, and the calls of the contract refuse
 * its address. An owned heap block has a tag of its own, so that `malloc` and `free` need
 * not ask.
 */
export class Contract {
  /** The heap blocks. */
  readonly list: BlockList;
  /** The mapped blocks. */
  readonly mappings: MappedBlocks;
  /** How blocks are chosen, and from which size on they are mappings. */
  readonly policy: HeapPolicy;
  /** Reads the heap blocks. */
  readonly walk: BlockWalk;
  /** The owners of blocks that are owned, by the payload's address, the oldest first. */
  protected readonly owners: RecyclingMap<BlockOwner> = new RecyclingMap();
  readonly #calls: SystemCalls;
  /** Counts the live cells. If a call throws although the count changed, a block is lost. */
  readonly liveCells: LiveCells = new LiveCells();
  readonly #live = this.liveCells;
  readonly #unregister: () => void;

  /**
   * @param calls Makes the system calls.
   * @param policy How blocks are chosen, split and merged, and the break raised.
   * @param openList Makes the list of heap blocks.
   */
  constructor(
    calls: SystemCalls,
    policy: HeapPolicy,
    openList = openBlockList,
  ) {
    this.#calls = calls;
    this.policy = policy;
    this.list = openList(calls, this.#live, policy);
    this.walk = new BlockWalk(this.list);
    this.mappings = new MappedBlocks(calls, this.#live, this.list);
    this.#unregister = contracts.add(this);
  }

  /** malloc(): rules 1 and 2. */
  malloc(size: number): Address {
    requireWhole("malloc", "size", size);
    if (size === 0) return NULL;
    try {
      return this.obtain(size, this.#isMapped(size));
    } catch (error) {
      throw this.#explained(error, `malloc(${size})`);
    }
  }

  /** calloc(): rules 1, 3 and 8. */
  calloc(nmemb: number, size: number): Address {
    requireWhole("calloc", "nmemb", nmemb);
    requireWhole("calloc", "size", size);
    if (nmemb === 0 || size === 0) return NULL;
    const total = nmemb * size;
    if (total > Number.MAX_SAFE_INTEGER) {
      throw new OutOfMemoryError(
        `calloc(${nmemb}, ${size})`,
        `${total} bytes are more than any memory has`,
      );
    }
    try {
      const isMapped =
        roundUp(total) + HEADER_BYTES >= this.policy.callocThreshold;
      const address = this.obtain(total, isMapped);
      if (address === this.list.latest) this.list.zeroLatest();
      return address;
    } catch (error) {
      throw this.#explained(error, `calloc(${nmemb}, ${size})`);
    }
  }

  /** realloc() of what is not NULL: rule 10. */
  realloc(address: Address, size: number): Address {
    const cell = this.list.findUnowned(address);
    const mapping = cell === NO_BLOCK ? this.#findMapping(address) : undefined;
    if (cell === NO_BLOCK && !mapping) {
      if (this.#isFree(address)) return NULL;
      throw this.invalid("realloc", address);
    }
    if (size === 0) {
      this.free(address);
      return NULL;
    }
    try {
      return mapping
        ? this.resizeMapping(mapping, size)
        : this.resizeListed(cell, size);
    } catch (error) {
      throw this.#explained(
        error,
        `realloc(${formatAddress(address)}, ${size})`,
      );
    }
  }

  /**
   * realloc() of a heap block that nobody owns, to a size that is neither 0 nor mapped.
   *
   * @returns The payload's address.
   */
  reallocListed(cell: number, size: number): Address {
    const { list } = this;
    try {
      return list.resize(cell, cellsFor(size))
        ? list.payloadOf(cell)
        : this.#moveListed(cell, size, false);
    } catch (error) {
      const address = formatAddress(list.payloadOf(cell));
      throw this.#explained(error, `realloc(${address}, ${size})`);
    }
  }

  /** free(): rule 9. */
  free(address: Address): void {
    if (address === NULL || this.list.release(address)) return;
    const mapping = this.#findMapping(address);
    if (!mapping) throw this.invalid("free", address);
    this.mappings.unmap(mapping);
  }

  /**
   * Allocates a block whose payload starts at a multiple of `alignment`. A mapping is
   * aligned to 32 bytes, so a larger alignment makes a heap block of any size.
   *
   * @param size Bytes, more than 0.
   * @param alignment Bytes, a power of two.
   * @param label The user's name for the block, for the error if memory is refused.
   * @returns The payload's address.
   * @throws {OutOfMemoryError} If the system refuses memory.
   */
  allocate(size: number, alignment: number, label?: string): Address {
    this.list.completeFree();
    try {
      return this.obtain(size, this.#isMapped(size, alignment), alignment);
    } catch (error) {
      throw this.#explained(
        error,
        `allocate(${size}, { align: ${alignment} })${
          label === undefined ? "" : ` of${named(label)}`
        }`,
      );
    }
  }

  /** Whether the memory under a live block was given back. */
  isGone(address: Address): boolean {
    const mapping = this.mappings.find(address);
    if (mapping) return mapping.isGone;
    return this.list.isGone || this.list.findLive(address) === NO_BLOCK;
  }

  /** Whether any memory was given back while blocks lie in it. */
  get isMemoryGone(): boolean {
    if (this.list.isGone) return true;
    for (const mapping of this.mappings) if (mapping.isGone) return true;
    return false;
  }

  /** Whether a change was interrupted, so that the records cannot be trusted. */
  get isInterrupted(): boolean {
    return this.list.pending === INTERRUPTED;
  }

  /** Gives a live block to an owner: from now on only the owner frees or resizes it. */
  own(address: Address, owner: BlockOwner): void {
    this.owners.set(address, owner);
    this.list.own(address);
  }

  /**
   * Frees an owned block.
   *
   * @throws {SystemCallError} If munmap fails. The block is still live and owned.
   */
  freeOwned(address: Address): void {
    this.#calls.requireIdle();
    const owner = this.#disown(address);
    let isWhole = false;
    try {
      this.free(address);
      isWhole = true;
    } catch (error) {
      if (this.isLive(address)) this.own(address, owner);
      isWhole = true;
      throw error;
    } finally {
      if (!isWhole) {
        this.list.latest = NaN;
        this.list.pending = INTERRUPTED;
      }
    }
  }

  /** The owners of all owned blocks, in no order. */
  *allOwners(): Generator<BlockOwner> {
    for (const [, owner] of this.owners) yield owner;
  }

  /** Whether a block is owned by this owner. */
  isOwnedBy(address: Address, owner: BlockOwner): boolean {
    return this.owners.get(address) === owner;
  }

  /** Whether a block is owned by this owner, and its memory was not given back. */
  isStillOwned(address: Address, owner: BlockOwner): boolean {
    return this.isOwnedBy(address, owner) && !this.isGone(address);
  }

  /** Whether a block is owned. */
  isOwned(address: Address): boolean {
    return this.owners.has(address);
  }

  /**
   * Changes the size of an owned block. Content and alignment are kept.
   *
   * @param address The payload's address.
   * @param size Bytes, more than 0.
   * @param alignment Bytes, a power of two.
   * @returns The payload's address, which may have changed.
   * @throws {OutOfMemoryError} If the system refuses memory. The block is unchanged.
   * @throws {SystemCallError} If munmap fails. The block is unchanged.
   */
  resizeOwned(address: Address, size: number, alignment: number): Address {
    this.#calls.requireIdle();
    this.list.completeFree();
    const owner = this.owners.get(address)!;
    try {
      if (this.resizeInPlace(address, size, alignment)) return address;
      const target = this.move(address, size, alignment);
      this.list.latest = NaN;
      this.list.pending = INTERRUPTED;
      this.own(target, owner);
      this.list.pending = NOTHING;
      return target;
    } catch (error) {
      throw this.#explained(error, `resize(${size}) of ${owner.describe()}`);
    }
  }

  /**
   * Returns the bytes of payload of a live block.
   *
   * @param action What the caller does, such as `"take the usableSize of"`.
   * @throws {InvalidPointerError} If `address` is not a live block.
   */
  usableSize(address: Address, action: string): number {
    const cell = this.list.findLive(address);
    if (cell !== NO_BLOCK) return this.list.size(cell) * CELL_BYTES;
    const mapping = this.mappings.find(address);
    if (!mapping) throw this.invalid(action, address);
    return mapping.size;
  }

  /**
   * Returns a view of a block's payload, on the heap's own window.
   *
   * @param address The payload's address.
   * @param length Bytes from the payload's start; the whole payload by default.
   * @throws {InvalidPointerError} If `address` is not a live block, or owned.
   * @throws {ArgumentError} If `length` is not a whole number up to the payload's.
   */
  bytes(address: Address, length?: number): Uint8Array<ArrayBuffer> {
    const action = "take the bytes of";
    if (this.owners.has(address)) throw this.invalid(action, address);
    const size = this.usableSize(address, action);
    const shown = length ?? size;
    if (!Number.isSafeInteger(shown) || shown < 0 || shown > size) {
      throw new ArgumentError(
        `Cannot show ${
          showValue(shown)
        } bytes of a block: expected a whole number up ` +
          `to its ${size}${numberRemedy(shown)}`,
      );
    }
    return this.payload(address, shown);
  }

  /** Opens a window on a payload that can be closed without closing the heap's own. */
  window(address: Address, length: number): ArrayBuffer {
    return this.#calls.window(address, length);
  }

  /** Fills bytes `start` to `end` of a live block's payload with zeros. */
  zero(address: Address, start: number, end: number): void {
    this.payload(address, end).fill(0, start);
  }

  /** Every block: heap blocks in address order, then mapped blocks. */
  *[Symbol.iterator](): Generator<Block> {
    for (const block of this.walk) yield this.#describeListed(block);
    for (const mapping of this.mappings) yield describeMapped(mapping);
  }

  /** Returns counts and bytes as they are now. */
  stats(): HeapStats {
    const { list, mappings, walk } = this;
    const blocks = list.blockCount + mappings.count;
    return {
      liveBlocks: list.liveBlocks + mappings.count,
      liveBytes: this.#live.cells * CELL_BYTES,
      mappedBlocks: mappings.count,
      mappedBytes: mappings.bytes,
      freeBlocks: list.blockCount - list.liveBlocks,
      ...this.freeMemory(),
      headerBytes: blocks * HEADER_BYTES,
      footprintBytes: this.#calls.footprintBytes,
      peakLiveBytes: this.#live.peakCells * CELL_BYTES,
      peakFootprintBytes: this.#calls.peakFootprintBytes,
      systemCalls: this.#calls.counts,
      tableBytes: walk.tableBytes,
      steps: walk.steps,
    };
  }

  /** Returns the free memory as it is now. */
  freeMemory(): FreeMemory {
    const { list } = this;
    const headerBytes = list.blockCount * HEADER_BYTES;
    const liveBytes = this.#live.cells * CELL_BYTES - this.mappings.bytes;
    return {
      freeBytes: list.cells * CELL_BYTES - headerBytes - liveBytes,
      largestFreeBytes: this.largestFree * CELL_BYTES,
    };
  }

  /**
   * Checks every invariant.
   *
   * @throws {CorruptionError} If an invariant does not hold.
   */
  check(): void {
    this.requireMemory("check");
    const mapped = this.mappings.bytes / CELL_BYTES;
    checkBlocks(this.list, this.walk, this.#live.cells - mapped);
    checkMappings(this.mappings);
  }

  /**
   * Refuses a change from inside a call of the heap's memory.
   *
   * @throws {UsageError} If such a call is in progress.
   */
  requireIdle(): void {
    this.#calls.requireIdle();
  }

  /**
   * Refuses a reset that a recording could not show.
   *
   * @throws {UsageError} If a call of the memory is in progress, or the heap is recorded.
   */
  requireResettable(): void {
    this.#calls.requireIdle();
    if (!this.#calls.watcher) return;
    throw new UsageError(
      "in-use",
      "Cannot reset this heap while it is recorded: a recording knows single frees " +
        "only; dispose of the recording first",
    );
  }

  /**
   * Frees every block at once, owned blocks too: their owners must have ended before.
   *
   * @throws {SystemCallError} If munmap fails. All blocks are free then too, and the next
   * call that unmaps tries again.
   */
  reset(): void {
    let isClear = false;
    try {
      this.owners.clear();
      this.list.clear();
      isClear = true;
    } finally {
      if (!isClear) {
        this.list.latest = NaN;
        this.list.pending = INTERRUPTED;
      }
    }
    this.mappings.clear();
  }

  /**
   * Unmaps all mapped blocks, and makes every later search for a block fail.
   *
   * @throws {SystemCallError} If munmap fails. The heap is not closed.
   */
  close(): void {
    this.mappings.unmapAll();
    this.list.close();
    this.#unregister();
  }

  /**
   * Lets go of all tables after the heap was closed and its owners have ended: a program
   * may keep a heap for long after it was disposed of.
   */
  letGo(): void {
    this.owners.clear();
    this.mappings.letGo();
    this.list.letGo();
  }

  /**
   * Every live block. Where a block was allocated is known if an
   * {@linkcode [allocations/allocation.ts].Allocation | Allocation} owns it.
   */
  *live(): Generator<LiveBlock> {
    for (const { payload, size, status } of this) {
      if (status === "free") continue;
      const owner = this.owners.get(payload);
      yield {
        address: payload,
        size: owner?.size ?? size,
        label: owner?.label,
        trace: owner?.trace,
        identity: owner ?? payload,
      };
    }
  }

  /** Returns the block around an address, if that memory was ever handed out. */
  around(address: Address): Block | undefined {
    const listed = this.walk.around(address);
    if (listed && this.#isTouched(listed, address)) {
      return this.#describeListed(listed);
    }
    const mapping = this.mappings.around(address);
    return mapping && describeMapped(mapping);
  }

  /** Refuses a heap whose memory was given back. */
  protected requireMemory(action: string): void {
    if (!this.isMemoryGone) return;
    throw this.list.headers.goneError(action);
  }

  /** Cells of payload of the largest free heap block. */
  protected get largestFree(): number {
    return this.walk.largestFree;
  }

  /**
   * Obtains a block: a mapped block, or a heap block, for which the break is raised if no
   * free block suffices.
   *
   * @param size Bytes, more than 0.
   * @param isMapped Whether to make a mapping.
   * @param alignment Bytes, a power of two; of a mapped block up to 32.
   * @returns The payload's address.
   */
  protected obtain(
    size: number,
    isMapped: boolean,
    alignment = CELL_BYTES,
  ): Address {
    if (isMapped) return this.mappings.map(roundUp(size));
    const { list } = this;
    const cells = cellsFor(size);
    const aligned = alignment / CELL_BYTES;
    for (;;) {
      const cell = aligned === 1
        ? list.place(cells)
        : list.placeAligned(cells, aligned);
      if (cell !== NO_BLOCK) return list.payloadOf(cell);
      list.grow(aligned === 1 ? cells : list.mostFor(cells, aligned));
    }
  }

  /** Whether a request becomes a mapping. Mappings are aligned to 32 bytes only. */
  #isMapped(size: number, alignment = CELL_BYTES): boolean {
    return alignment <= MAPPED_ALIGNMENT &&
      roundUp(size) + HEADER_BYTES >= this.policy.mmapThreshold;
  }

  /** Whether a live block starts here. */
  protected isLive(address: Address): boolean {
    return this.list.findLive(address) !== NO_BLOCK ||
      this.mappings.find(address) !== undefined;
  }

  /** Resizes a heap block as rule 10 says, and returns the payload's address. */
  protected resizeListed(cell: number, size: number): Address {
    return this.#isMapped(size)
      ? this.#moveListed(cell, size, true)
      : this.reallocListed(cell, size);
  }

  /** Moves a mapped block, and returns the new payload's address. */
  protected resizeMapping(mapping: MappedBlock, size: number): Address {
    return this.move(mapping.payload, size);
  }

  /** Takes a block from its owner, and returns the owner. */
  #disown(address: Address): BlockOwner {
    this.list.completeFree();
    const owner = this.owners.get(address)!;
    this.list.latest = NaN;
    this.list.pending = INTERRUPTED;
    this.owners.delete(address);
    this.list.disown(address);
    this.list.pending = NOTHING;
    return owner;
  }

  /** Resizes an owned block where it is; returns whether that was possible. */
  protected resizeInPlace(
    address: Address,
    size: number,
    alignment: number,
  ): boolean {
    const rounded = roundUp(size);
    const cell = this.list.findLive(address);
    if (cell === NO_BLOCK) return this.mappings.find(address)?.size === rounded;
    if (this.#isMapped(size, alignment)) return false;
    return this.list.resize(cell, cellsFor(rounded));
  }

  /**
   * Moves a block of any kind. The new block is obtained first. If munmap fails for the
   * old block, or a window is refused, the new block is freed again.
   *
   * @returns The new payload's address.
   */
  protected move(
    address: Address,
    size: number,
    alignment = CELL_BYTES,
  ): Address {
    const kept = Math.min(size, this.usableSize(address, "resize"));
    const target = this.obtain(
      size,
      this.#isMapped(size, alignment),
      alignment,
    );
    let owner: BlockOwner | undefined;
    let isWhole = false;
    try {
      this.#copy(address, target, kept);
      if (this.isOwned(address)) owner = this.#disown(address);
      this.release(address);
      isWhole = true;
    } catch (error) {
      if (owner) this.own(address, owner);
      this.giveUp(target);
      isWhole = true;
      throw error;
    } finally {
      if (!isWhole) {
        this.list.latest = NaN;
        this.list.pending = INTERRUPTED;
      }
    }
    return target;
  }

  /** Moves a heap block that nobody owns. The new block is obtained first. */
  #moveListed(cell: number, size: number, isMapped: boolean): Address {
    const { list } = this;
    const address = list.payloadOf(cell);
    const to = isMapped ? NO_BLOCK : list.place(cellsFor(size));
    const target = to === NO_BLOCK
      ? this.#obtainBeside(address, size)
      : list.latest;
    let isWhole = false;
    try {
      const kept = Math.min(roundUp(size), list.size(cell) * CELL_BYTES);
      if (to !== NO_BLOCK) list.headers.copy(cell, to, kept);
      else this.#copy(address, target, kept);
      list.release(address);
      isWhole = true;
    } catch (error) {
      this.giveUp(target);
      isWhole = true;
      throw error;
    } finally {
      if (!isWhole) {
        this.list.latest = NaN;
        this.list.pending = INTERRUPTED;
      }
    }
    return target;
  }

  /**
   * Obtains a block from the system for the content of a heap block. Meanwhile that block
   * is marked as owned: the memory may call the heap, and must not free the block.
   */
  #obtainBeside(address: Address, size: number): Address {
    const { list } = this;
    list.own(address);
    try {
      return this.obtain(size, this.#isMapped(size));
    } finally {
      const { pending } = list;
      list.latest = NaN;
      list.pending = INTERRUPTED; // until the block can be freed again
      list.disown(address);
      list.pending = pending;
    }
  }

  /** Copies the first `length` bytes of payload from one live block to another. */
  #copy(from: Address, to: Address, length: number): void {
    const source = this.list.findLive(from);
    const target = this.list.findLive(to);
    if (source !== NO_BLOCK && target !== NO_BLOCK) {
      this.list.headers.copy(source, target, length);
    } else {
      this.payload(to, length).set(this.payload(from, length));
    }
  }

  /** Frees a live block that nobody owns. */
  protected release(address: Address): void {
    if (this.list.release(address)) return;
    this.mappings.unmap(this.mappings.find(address)!);
  }

  /** Frees a block that no caller has seen. A failure of munmap is not reported. */
  giveUp(address: Address): void {
    const mapping = this.mappings.find(address);
    if (mapping) this.mappings.discard(mapping);
    else this.list.release(address);
  }

  /** Returns the mapped block with this payload, if nobody owns it. */
  #findMapping(address: Address): MappedBlock | undefined {
    return this.owners.has(address) ? undefined : this.mappings.find(address);
  }

  /** Returns a view of a live block's first bytes, on the heap's own window. */
  protected payload(address: Address, length: number): Uint8Array<ArrayBuffer> {
    const mapping = this.mappings.find(address);
    return mapping
      ? new Uint8Array(mapping.window, HEADER_BYTES, length)
      : this.list.headers.payload(this.list.findLive(address), length);
  }

  #isFree(address: Address): boolean {
    if (!Number.isSafeInteger(address)) return false;
    const block = this.walk.around(address);
    return block !== undefined && !isLive(block.state);
  }

  /** Makes the error that says why an address is not a live block that nobody owns. */
  protected invalid(action: string, address: Address): InvalidPointerError {
    const block = this.around(address);
    const unmapped = this.mappings.unmapped(address);
    const foreign = contracts.ask((contract) =>
      contract === this ? undefined : contract.around(address)
    );
    const isKnown = block !== undefined || unmapped !== undefined || foreign;
    return invalidPointer(action, address, {
      owner: this.owners.get(address),
      block,
      unmapped,
      foreign,
      isOfAnotherIsolate: !isKnown && isOfAnotherIsolate(address),
    });
  }

  /** Whether an address lies in a block that is handed out, or was before. */
  #isTouched({ state }: ListedBlock, address: Address): boolean {
    return isLive(state) || address < this.walk.untouchedFrom;
  }

  #describeListed({ cell, size, state }: ListedBlock): Block {
    const address = this.list.headers.addressOf(cell);
    return {
      address,
      payload: address + HEADER_BYTES,
      size: size * CELL_BYTES,
      status: isLive(state) ? "allocated" : "free",
    };
  }

  /** Turns a refusal of memory into an error that names the request. */
  #explained(error: unknown, request: string): unknown {
    if (error instanceof SpanLimitError) {
      return new OutOfMemoryError(request, error.message);
    }
    if (!(error instanceof SystemCallError) || error.syscall === "munmap") {
      return error;
    }
    const why = error.syscall === "mmap" ? this.mappings.likelyRefusal : "";
    return new OutOfMemoryError(request, error.message + why, error);
  }
}

function describeMapped({ address, payload, size }: MappedBlock): Block {
  return { address, payload, size, status: "mapped" };
}

/**
 * Objects that are referred to weakly. The contracts of this isolate are in a registry, so
 * that a pointer to a block of another heap is recognised.
 */
class Registry<Member extends object> {
  readonly #members = new Map<number, WeakRef<Entry<Member>>>();
  readonly #collected = new FinalizationRegistry<number>((key) =>
    this.#members.delete(key)
  );
  #nextKey = 0;

  /**
   * Adds a member until it is collected or removed. The member must keep the function
   * that is returned: the function alone refers to the entry.
   *
   * @returns A function that removes it.
   */
  add(member: Member): () => void {
    const key = this.#nextKey++;
    const entry: Entry<Member> = { member };
    this.#members.set(key, new WeakRef(entry));
    this.#collected.register(entry, key, entry);
    return () => {
      this.#members.delete(key);
      this.#collected.unregister(entry);
      entry.member = undefined;
    };
  }

  /** Asks the members in turn, and returns the first answer. */
  ask<Answer>(
    question: (member: Member) => Answer | undefined,
  ): Answer | undefined {
    for (const reference of this.#members.values()) {
      const member = reference.deref()?.member;
      const answer = member && question(member);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}

/**
 * What a registry refers to weakly. The engine keeps the target of a new `WeakRef` until
 * the program returns to its event loop. So the target is a small object, which lets go
 * of the member when the member is removed.
 */
interface Entry<Member> {
  member: Member | undefined;
}

const contracts = new Registry<Contract>();
