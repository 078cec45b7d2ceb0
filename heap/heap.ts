import { type ArenaMemory, arenaMemory } from "../ffi/arena_memory.ts";
import { formatAddress } from "../ffi/format.ts";
import type { Address } from "../ffi/memory.ts";
import { requireWhole } from "../ffi/require_whole.ts";
import { addressOf, type Pointer, pointerAt } from "../ffi/pointer.ts";
import { SystemCallError } from "../ffi/system_call_error.ts";
import type { Block } from "./block.ts";
import {
  bindCalls,
  type CBindings,
  type CBindingsOptions,
} from "./c/c_bindings.ts";
import type { BlockList } from "./block_list.ts";
import type { ListedBlock } from "./block_records.ts";
import { checkBlocks, checkMappings } from "./check.ts";
import {
  checkOptions,
  type HeapOptions,
  type HeapPolicy,
  policyOf,
} from "./heap_options.ts";
import type { FreeMemory, HeapStats } from "./heap_stats.ts";
import { HeapWatch, type HeapWatcher } from "./heap_watch.ts";
import { type Inspect, summarize, type SummaryOptions } from "./inspect.ts";
import { invalidPointer } from "./invalid_pointer.ts";
import * as layout from "./layout.ts";
import { type MappedBlock, MappedBlocks } from "./mapped_blocks.ts";
import { openBlockList } from "./open_block_list.ts";
import { OutOfMemoryError } from "./out_of_memory_error.ts";
import * as rounding from "./rounding.ts";
import { SpanLimitError } from "./program_break.ts";
import { Registry } from "./registry.ts";
import { System } from "./system.ts";
import * as tagBytes from "./tag_bytes.ts";
import { Tally } from "./tally.ts";

const { CELL_BYTES, HEADER_BYTES, NO_BLOCK } = layout;
const { cellsFor, fewCellsFor, roundUp } = rounding;
const { STATE } = tagBytes;

const NULL: Address = 0;

/** Larger requests are not looked for before all checks are made. */
const MOST_AT_ONCE = 2 ** 30;

const heaps = new Registry<Heap>();

/**
 * Watches what a heap does from now on, for a recorder. It is no method, since a
 * program that uses a heap has no need of it.
 *
 * @throws {TypeError} If the heap is watched already.
 */
export let watchHeap: (heap: Heap, watcher: HeapWatcher) => HeapWatch;

/**
 * A memory allocator: best fit on a program break, and mappings for what is large.
 *
 * It follows the contract of a well-known operating-systems course assignment to
 * each returned address and each system call; {@linkcode HeapOptions} tell which
 * of its policies can be exchanged for others. Sizes are rounded up to 8 bytes. A
 * block is a header of 32 bytes, which C can read, followed by its payload.
 * Addresses are numbers; 0 is NULL. The heap blocks of one heap span at most
 * 16 GiB.
 *
 * | method | what it costs |
 * |---|---|
 * | `malloc`, `free` | amortised O(log n) in the number of blocks, rarely more than a few steps |
 * | `calloc` | the same, and filling the payload |
 * | `realloc` | the same, and copying the payload if it moves |
 * | `usableSize`, `bytes`, `pointer`, `address` | constant |
 * | `blocks`, `check` | one step a block |
 * | `stats` | constant, and one step for each block freed since the last `malloc` |
 *
 * A wrong pointer is refused whatever the memory holds, and however many blocks
 * there are: what the allocator needs to know of a block is kept outside the
 * memory it hands out. Telling a pointer of another heap takes a step for each
 * heap of the isolate. A refused system
 * call leaves every live block intact.
 *
 * @example Allocate, write, free
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * const address = heap.malloc(10);
 * heap.bytes(address).fill(0xff);
 * assertEquals(heap.usableSize(address), 16);
 * heap.free(address);
 * heap.check();
 * ```
 */
export class Heap implements Disposable {
  readonly #system: System;
  readonly #policy: HeapPolicy;
  readonly #tally = new Tally();
  readonly #list: BlockList;
  readonly #mappings: MappedBlocks;
  /** The arena that this heap made for itself. */
  readonly #arena: ArenaMemory | undefined;
  readonly #unregister: () => void;
  /** malloc() of up to so many bytes gives heap blocks; 0 for a heap that ended. */
  #largestListed: number;
  /** The same for calloc(). */
  #largestZeroed: number;
  #isDisposed = false;

  static {
    watchHeap = (heap, watcher) => {
      heap.#requireOpen("record");
      return new HeapWatch({
        list: heap.#list,
        mappings: heap.#mappings,
        system: heap.#system,
        policy: heap.#policy,
        freeMemory: () => heap.#freeMemory(),
      }, watcher);
    };
  }

  /**
   * Makes an empty heap. It obtains no heap memory before the first need.
   *
   * @param options Where its memory comes from, its policies, and its thresholds.
   * @throws {RangeError} If a value is not one that the option allows.
   * @throws {LibraryError} If the native library cannot be loaded.
   */
  constructor(options: HeapOptions = {}) {
    checkOptions(options);
    const memory = options.memory ?? (this.#arena = arenaMemory());
    this.#system = new System(memory);
    this.#policy = policyOf(options, memory.pageSize);
    this.#list = openBlockList(this.#system, this.#tally, this.#policy);
    this.#mappings = new MappedBlocks(this.#system, this.#tally);
    this.#largestListed = largestListed(this.#policy.mmapThreshold);
    this.#largestZeroed = largestListed(this.#policy.callocThreshold);
    this.#unregister = heaps.add(this);
  }

  /**
   * Allocates `size` bytes. Their content is whatever was there before.
   *
   * @param size Bytes.
   * @returns The payload's address, or 0 if `size` is 0.
   * @throws {RangeError} If `size` is not a non-negative safe integer.
   * @throws {OutOfMemoryError} If the system refuses memory.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   *
   * using heap = new Heap();
   * const address = heap.malloc(100);
   * heap.free(address);
   * ```
   */
  malloc(size: number): Address {
    if (this.#isListed(size)) {
      const address = this.#list.obtain(fewCellsFor(size));
      if (address !== NULL) return address;
    }
    return this.#mallocOther(size);
  }

  /**
   * Allocates `nmemb * size` bytes, all zero.
   *
   * @param nmemb How many members.
   * @param size Bytes of each.
   * @returns The payload's address, or 0 if either factor is 0.
   * @throws {RangeError} If a factor is not a non-negative safe integer.
   * @throws {OutOfMemoryError} If the system refuses memory, or the product is
   * larger than any memory.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const address = heap.calloc(3, 4);
   * assertEquals([...heap.bytes(address, 4)], [0, 0, 0, 0]);
   * ```
   */
  calloc(nmemb: number, size: number): Address {
    const areWhole = Number.isSafeInteger(nmemb) && Number.isSafeInteger(size);
    if (areWhole && size > 0) { // of two that are below 0 the product is not
      const total = nmemb * size;
      const address = total > 0 && total <= this.#largestZeroed
        ? this.#list.obtain(fewCellsFor(total))
        : NULL;
      if (address !== NULL) {
        this.#list.zeroLatest();
        return address;
      }
    }
    return this.#callocOther(nmemb, size);
  }

  /**
   * Resizes a block, in place where it can, keeping its content up to the
   * smaller of both sizes.
   *
   * @param address What an allocating method returned, or 0 to allocate.
   * @param size Bytes; 0 frees the block.
   * @returns The payload's address, which may be a new one; 0 if `size` is 0 or
   * `address` lies in memory that is free.
   * @throws {RangeError} If `size` is not a non-negative safe integer.
   * @throws {InvalidPointerError} If `address` is neither live nor in free memory.
   * @throws {OutOfMemoryError} If the system refuses memory. The block is intact.
   * @throws {SystemCallError} If the system refuses to take a mapping back. The
   * block is intact.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const address = heap.realloc(0, 10);
   * heap.bytes(address)[0] = 7;
   * const larger = heap.realloc(address, 1000);
   * assertEquals(heap.bytes(larger)[0], 7);
   * ```
   */
  realloc(address: Address, size: number): Address {
    if (address === NULL && this.#isListed(size)) return this.malloc(size);
    this.#requireOpen("realloc on");
    requireWhole("realloc", "size", size);
    if (address === NULL) return this.malloc(size);
    const cell = this.#list.find(address);
    const mapping = cell === NO_BLOCK
      ? this.#mappings.find(address)
      : undefined;
    if (cell === NO_BLOCK && !mapping) {
      if (this.#isFree(address)) return NULL;
      throw this.#invalid("realloc", address);
    }
    if (size === 0) {
      this.free(address);
      return NULL;
    }
    try {
      return mapping
        ? this.#moveMapping(mapping, roundUp(size))
        : this.#resize(cell, roundUp(size));
    } catch (error) {
      throw explained(error, `realloc(${formatAddress(address)}, ${size})`);
    }
  }

  /**
   * Frees a block: a heap block is marked free, a mapping is given back.
   *
   * @param address What an allocating method returned; 0 does nothing.
   * @throws {InvalidPointerError} If `address` is not a live block.
   * @throws {SystemCallError} If the system refuses to take a mapping back. The
   * block is live as before.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   *
   * using heap = new Heap();
   * heap.free(heap.malloc(100));
   * heap.free(0);
   * ```
   */
  free(address: Address): void {
    const list = this.#list;
    if (address === list.latest) list.setAside();
    else if (!list.release(address)) this.#freeOther(address);
  }

  /**
   * How many bytes a live block holds: what was asked for, rounded up, and what
   * was left over when its memory was too small to split.
   *
   * @param address What an allocating method returned.
   * @returns Bytes of payload.
   * @throws {InvalidPointerError} If `address` is not a live block.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * assertEquals(heap.usableSize(heap.malloc(10)), 16);
   * ```
   */
  usableSize(address: Address): number {
    return this.#sizeOf("take the usableSize of", address);
  }

  /**
   * A live view of a block's payload: the block's own memory, not a copy.
   *
   * A view of a freed heap block shows whatever comes to lie there; a view of a
   * freed mapping, or of an arena that was disposed, has length 0. Its `buffer` is
   * the heap's own window: never transfer or post that.
   *
   * @param address What an allocating method returned.
   * @param length Bytes from the payload's start; all of it by default.
   * @returns The view, never longer than the payload.
   * @throws {InvalidPointerError} If `address` is not a live block.
   * @throws {RangeError} If `length` is not a whole number up to the payload's.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const address = heap.malloc(3);
   * heap.bytes(address, 3).set([1, 2, 3]);
   * assertEquals([...heap.bytes(address, 2)], [1, 2]);
   * ```
   */
  bytes(address: Address, length?: number): Uint8Array<ArrayBuffer> {
    const size = this.#sizeOf("take the bytes of", address);
    const shown = length ?? size;
    if (!Number.isSafeInteger(shown) || shown < 0 || shown > size) {
      throw new RangeError(
        `Cannot show ${shown} bytes of a block: expected a whole number up to its ${size}`,
      );
    }
    const mapping = this.#mappings.find(address);
    return mapping
      ? new Uint8Array(mapping.window, HEADER_BYTES, shown)
      : this.#list.headers.payload(this.#list.find(address), shown);
  }

  /**
   * The address as a pointer that FFI functions take. It is not checked: C may be
   * given pointers into the middle of a block.
   *
   * @param address Any address; 0 gives `null`.
   * @returns The pointer.
   * @throws {RangeError} If `address` is not a non-negative safe integer.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const address = heap.malloc(8);
   * assertEquals(heap.address(heap.pointer(address)), address);
   * ```
   */
  pointer(address: Address): Pointer {
    this.#requireOpen("make pointers of");
    requireWhole("make a pointer", "address", address);
    return pointerAt(address);
  }

  /**
   * The address of a pointer that an FFI function gave.
   *
   * @param pointer Any pointer; `null` gives 0.
   * @returns The address.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * assertEquals(heap.address(null), 0);
   * ```
   */
  address(pointer: Pointer): Address {
    this.#requireOpen("read pointers of");
    return addressOf(pointer);
  }

  /**
   * Makes C functions of this heap, for libraries that let their allocator be chosen
   * and for programs that are linked with `libosmem.so`. See {@linkcode CBindings}.
   *
   * @param options Whether the `os_*` functions of C go to this heap.
   * @returns The functions, until they are disposed of.
   * @throws {RangeError} If 16 heaps of this process are bound already.
   * @throws {LibraryError} If the native library cannot be loaded.
   *
   * @example Let C programs have their memory from this heap
   * ```ts
   * import { Heap } from "@osmem/osmem";
   *
   * using heap = new Heap();
   * using bindings = heap.bindToC({ os: true });
   * ```
   */
  bindToC(options: CBindingsOptions = {}): CBindings {
    this.#requireOpen("bind");
    return bindCalls(this, options);
  }

  /**
   * Every block as it is now: heap blocks in address order, then mappings.
   *
   * @returns The blocks. They are read while iterating; change the heap only
   * afterwards.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * heap.malloc(64);
   * const [first, rest] = [...heap.blocks()];
   * assertEquals([first?.size, first?.status], [64, "allocated"]);
   * assertEquals([rest?.size, rest?.status], [131072 - 32 - 64 - 32, "free"]);
   * ```
   */
  blocks(): Generator<Block> {
    this.#requireOpen("list the blocks of");
    return this.#eachBlock();
  }

  *#eachBlock(): Generator<Block> {
    for (const block of this.#list) yield this.#describeListed(block);
    for (const mapping of this.#mappings) yield describeMapped(mapping);
  }

  /**
   * Counts and bytes as they are now.
   *
   * @returns The numbers; each is explained in {@linkcode HeapStats}.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * heap.malloc(100);
   * assertEquals(heap.stats().liveBytes, 104);
   * assertEquals(heap.stats().heldBytes, 131072);
   * ```
   */
  stats(): HeapStats {
    this.#requireOpen("count the blocks of");
    const list = this.#list;
    const blocks = list.blockCount + this.#mappings.count;
    return {
      liveBlocks: list.liveBlocks + this.#mappings.count,
      liveBytes: this.#tally.cells * CELL_BYTES,
      mappedBlocks: this.#mappings.count,
      mappedBytes: this.#mappings.bytes,
      freeBlocks: list.blockCount - list.liveBlocks,
      ...this.#freeMemory(),
      headerBytes: blocks * HEADER_BYTES,
      heldBytes: this.#system.heldBytes,
      peakLiveBytes: this.#tally.peakCells * CELL_BYTES,
      peakHeldBytes: this.#system.peakHeldBytes,
      systemCalls: this.#system.calls,
      tableBytes: list.tableBytes,
      steps: list.steps,
    };
  }

  /**
   * Checks every invariant of the heap, reading all headers back.
   *
   * @throws {CorruptionError} If one does not hold: something wrote over memory
   * that is the heap's own.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   *
   * using heap = new Heap();
   * heap.malloc(100);
   * heap.check();
   * ```
   */
  check(): void {
    this.#requireOpen("check");
    checkBlocks(
      this.#list,
      this.#tally.cells - this.#mappings.bytes / CELL_BYTES,
    );
    checkMappings(this.#mappings);
  }

  /**
   * Ends the heap: its mappings are given back, and its arena if it made one. A
   * program break that it was given stays where it is. Doing so twice is harmless.
   *
   * @throws {SystemCallError} If the system refuses to take a mapping back. The
   * heap goes on; dispose of it again.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   *
   * const heap = new Heap();
   * heap.malloc(100);
   * heap[Symbol.dispose]();
   * ```
   */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#mappings.unmapAll();
    this.#list.close();
    this.#arena?.[Symbol.dispose]();
    this.#unregister();
    this.#largestListed = this.#largestZeroed = 0;
    this.#isDisposed = true;
  }

  /**
   * What the console shows: the numbers of {@linkcode Heap.stats} that matter
   * most, and the heap to scale in one line.
   *
   * @param inspect Shows a value the way that was asked for.
   * @param options The way that was asked for.
   * @returns The summary.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertStringIncludes } from "@std/assert";
   *
   * using heap = new Heap();
   * heap.malloc(100);
   * assertStringIncludes(Deno.inspect(heap), "live: { blocks: 1, bytes: 104 }");
   * ```
   */
  [Symbol.for("Deno.customInspect")](
    inspect: Inspect,
    options: SummaryOptions,
  ): string {
    return this.#isDisposed
      ? "Heap (disposed)"
      : summarize(this, inspect, options);
  }

  #freeMemory(): FreeMemory {
    const list = this.#list;
    const headerBytes = list.blockCount * HEADER_BYTES;
    const liveBytes = this.#tally.cells * CELL_BYTES - this.#mappings.bytes;
    return {
      freeBytes: list.cells * CELL_BYTES - headerBytes - liveBytes,
      largestFreeBytes: list.largestFree * CELL_BYTES,
    };
  }

  /** Whether malloc() of this gives a heap block. */
  #isListed(size: number): boolean {
    return Number.isSafeInteger(size) && size > 0 &&
      size <= this.#largestListed;
  }

  /** malloc() of what no free block suffices for, of a mapping, or of no size. */
  #mallocOther(size: number): Address {
    this.#requireOpen("malloc on");
    requireWhole("malloc", "size", size);
    if (size === 0) return NULL;
    try {
      return this.#allocate(roundUp(size), this.#policy.mmapThreshold);
    } catch (error) {
      throw explained(error, `malloc(${size})`);
    }
  }

  /** calloc() of what no free block suffices for, of a mapping, or of no size. */
  #callocOther(nmemb: number, size: number): Address {
    this.#requireOpen("calloc on");
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
      const address = this.#allocate(
        roundUp(total),
        this.#policy.callocThreshold,
      );
      if (address === this.#list.latest) this.#list.zeroLatest();
      return address;
    } catch (error) {
      throw explained(error, `calloc(${nmemb}, ${size})`);
    }
  }

  /** free() of NULL, of a mapping, or of a wrong pointer. */
  #freeOther(address: Address): void {
    this.#requireOpen("free on");
    if (address === NULL) return;
    const mapping = this.#mappings.find(address);
    if (!mapping) throw this.#invalid("free", address);
    this.#mappings.unmap(mapping);
  }

  /** A block on the heap or, from the threshold on, a mapping of its own. */
  #allocate(size: number, threshold: number): Address {
    if (size + HEADER_BYTES >= threshold) return this.#mappings.map(size);
    const cells = cellsFor(size);
    let cell = this.#list.allocate(cells);
    while (cell === NO_BLOCK) {
      this.#list.grow(cells);
      cell = this.#list.allocate(cells);
    }
    return this.#list.payloadOf(cell);
  }

  /** Resizes a heap block, in the order that the contract gives. */
  #resize(cell: number, size: number): Address {
    const list = this.#list;
    const cells = cellsFor(size);
    const payload = list.headers.addressOf(cell) + HEADER_BYTES;
    if (size + HEADER_BYTES >= this.#policy.mmapThreshold) {
      return this.#move(cell, size);
    }
    return list.resize(cell, cells) ? payload : this.#move(cell, size);
  }

  /** Moves a heap block: the new one is obtained first. */
  #move(cell: number, size: number): Address {
    const target = this.#allocate(size, this.#policy.mmapThreshold);
    const address = this.#list.payloadOf(cell);
    const kept = Math.min(size, this.#list.size(cell) * CELL_BYTES);
    this.#copy(address, target, kept);
    this.#list.release(address);
    return target;
  }

  /** Copies `length` bytes of payload from one live block to another. */
  #copy(from: Address, to: Address, length: number): void {
    const source = this.#list.find(from);
    const target = this.#list.find(to);
    if (source !== NO_BLOCK && target !== NO_BLOCK) {
      this.#list.headers.copy(source, target, length);
    } else {
      this.bytes(to, length).set(this.bytes(from, length));
    }
  }

  /** Moves a mapping: the new block is obtained first, given up on failure. */
  #moveMapping(mapping: MappedBlock, size: number): Address {
    const target = this.#allocate(size, this.#policy.mmapThreshold);
    this.#copy(mapping.payload, target, Math.min(size, mapping.size));
    try {
      this.#mappings.unmap(mapping);
    } catch (error) {
      this.#giveUp(target);
      throw error;
    }
    return target;
  }

  /** Releases a block that the caller never saw. */
  #giveUp(address: Address): void {
    const mapping = this.#mappings.find(address);
    if (mapping) this.#mappings.discard(mapping);
    else this.#list.release(address);
  }

  /** Bytes of payload of a live block. */
  #sizeOf(action: string, address: Address): number {
    this.#requireOpen(action);
    const cell = this.#list.find(address);
    if (cell !== NO_BLOCK) return this.#list.size(cell) * CELL_BYTES;
    const mapping = this.#mappings.find(address);
    if (!mapping) throw this.#invalid(action, address);
    return mapping.size;
  }

  #isFree(address: Address): boolean {
    if (!Number.isSafeInteger(address)) return false;
    const block = this.#list.around(address);
    return block !== undefined && block.state !== STATE.allocated;
  }

  #invalid(action: string, address: Address): Error {
    return invalidPointer(action, address, {
      block: this.#around(address),
      gone: this.#mappings.gone(address),
      foreign: heaps.ask((heap) =>
        heap === this ? undefined : heap.#around(address)
      ),
    });
  }

  /** The block that was handed out here, or is free since. */
  #around(address: Address): Block | undefined {
    const listed = this.#list.around(address);
    if (listed && this.#isTouched(listed, address)) {
      return this.#describeListed(listed);
    }
    const mapping = this.#mappings.around(address);
    return mapping && describeMapped(mapping);
  }

  /** Whether an address was part of a block that was handed out, now or before. */
  #isTouched({ state }: ListedBlock, address: Address): boolean {
    return state === STATE.allocated || address < this.#list.untouchedFrom;
  }

  #describeListed({ cell, size, state }: ListedBlock): Block {
    const address = this.#list.headers.addressOf(cell);
    return {
      address,
      payload: address + HEADER_BYTES,
      size: size * CELL_BYTES,
      status: state === STATE.allocated ? "allocated" : "free",
    };
  }

  #requireOpen(action: string): void {
    if (!this.#isDisposed && !this.#list.isGone) return this.#list.settle();
    const what = this.#isDisposed
      ? "it was disposed"
      : "its memory was given back";
    throw new TypeError(`Cannot ${action} this heap: ${what}; make a new one`);
  }
}

/** The largest request that makes a block smaller than the threshold, or 1 GiB. */
function largestListed(mmapThreshold: number): number {
  const below = Math.ceil(mmapThreshold / CELL_BYTES) * CELL_BYTES - CELL_BYTES;
  return Math.max(0, Math.min(below - HEADER_BYTES, MOST_AT_ONCE));
}

function describeMapped({ address, payload, size }: MappedBlock): Block {
  return { address, payload, size, status: "mapped" };
}

/** A refused growth becomes an error that names the request; all else stays. */
function explained(error: unknown, request: string): unknown {
  if (error instanceof SpanLimitError) {
    return new OutOfMemoryError(request, error.message);
  }
  const isRefusal = error instanceof SystemCallError &&
    error.syscall !== "munmap";
  return isRefusal
    ? new OutOfMemoryError(request, error.message, error)
    : error;
}
