import { type ArenaMemory, arenaMemory, guardArena } from "../ffi/memories.ts";
import type { Address, Memory } from "../ffi/memory.ts";
import { addressOfGiven, type Pointer, pointerAt } from "../ffi/pointer.ts";
import { requireWhole } from "../errors/argument_error.ts";
import { UsageError } from "../errors/usage_error.ts";
import type { Block } from "./layout.ts";
import type { BlockList } from "./list/block_list.ts";
import { Blocks } from "./contract.ts";
import {
  bindCalls,
  type CBindings,
  type CBindingsOptions,
  isCalling,
} from "./c/c_bindings.ts";
import { DebugBlocks } from "./debug/debug_contract.ts";
import { checkOptions, type HeapOptions, policyOf } from "./heap_options.ts";
import type { HeapStats } from "./heap_stats.ts";
import type { Allocation } from "./allocations/allocation.ts";
import type { AllocationOptions, ScopeOptions } from "./allocations/options.ts";
import { Allocator, Scope } from "./allocations/scope.ts";
import { Holder } from "./allocations/allocations.ts";
import { LeakReport } from "./leaks/leak_report.ts";
import { FinalCheck } from "./leaks/leak_detection.ts";
import type { AllocationMessage } from "./transfer/allocation_message.ts";
import type { TakeBackOptions } from "./transfer/transfers.ts";
import { HeapWatch, type HeapWatcher } from "./inspection/watch.ts";
import {
  type Inspect,
  summarize,
  type SummaryOptions,
} from "./inspection/summary.ts";
import * as layout from "./layout.ts";
import { requireAddress } from "./inspection/require_address.ts";
import { System } from "./source/system_calls.ts";

const { CELL_BYTES, HEADER_BYTES } = layout;
const { fewCellsFor } = layout;

const NULL: Address = 0;

/** Larger requests are not looked for before all checks are made. */
const MOST_AT_ONCE = 2 ** 30;

/** Refused by `postMessage` and `structuredClone`, whose error shows what it says. */
const UNCLONEABLE = Symbol(
  "a Heap belongs to the isolate that made it; make one there, and post what " +
    "heap.transfer() gives",
);

/**
 * Watches what a heap does from now on, for a recorder. It is no method, since a
 * program that uses a heap has no need of it.
 *
 * @throws {UsageError} If the heap is watched already.
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
 * | `allocate` and the like | the same as `malloc`, half a microsecond, and some more for `stacks` |
 * | `blocks`, `check`, `leaks`, `reset` | one step a block |
 * | `stats` | constant, and one step for each block freed since the last `malloc` |
 *
 * A heap belongs to the isolate that made it: Workers make heaps of their own, and hand
 * allocations over with {@linkcode Heap.transfer}.
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
export class Heap extends Allocator implements Disposable {
  readonly #system: System;
  readonly #blocks: Blocks;
  readonly #holder: Holder;
  /** The heap blocks of these, for the calls that the list answers at once. */
  readonly #list: BlockList;
  /** Reports what is wrong when this heap ends, if it is a debug heap. */
  readonly #finalCheck: FinalCheck | undefined;
  /** The arena that this heap made for itself. */
  readonly #arena: ArenaMemory | undefined;
  readonly #memory: Memory;
  /** Keeps an arena for as long as other isolates hold blocks in it. */
  #guard: Disposable | undefined;
  /** malloc() of up to so many bytes gives heap blocks; 0 for a heap that ended. */
  #largestListed: number;
  /** The same for calloc(). */
  #largestZeroed: number;
  #isDisposed = false;
  /**
   * Makes `postMessage` and `structuredClone` refuse a heap with a DataCloneError,
   * instead of copying an object that is none. {@linkcode Heap.transfer} hands
   * allocations to other isolates.
   */
  readonly uncloneable: symbol = UNCLONEABLE;

  static {
    watchHeap = (heap, watcher) => {
      heap.#requireOpen("record");
      return new HeapWatch({
        list: heap.#list,
        mappings: heap.#blocks.mappings,
        system: heap.#system,
        policy: heap.#blocks.policy,
        freeMemory: () => heap.#blocks.freeMemory(),
      }, watcher);
    };
  }

  /**
   * Makes an empty heap. It obtains no heap memory before the first need.
   *
   * @param options Where its memory comes from, its policies, and its thresholds.
   * @throws {ArgumentError} If a value is not one that the option allows.
   * @throws {LibraryError} If the native library cannot be loaded.
   */
  constructor(options: HeapOptions = {}) {
    super();
    checkOptions(options);
    const memory = options.memory ?? (this.#arena = arenaMemory());
    this.#memory = memory;
    this.#system = new System(memory);
    const policy = policyOf(options, memory.pageSize);
    const { debug = false, stacks = true, onLeak } = options;
    this.#blocks = debug
      ? new DebugBlocks(this.#system, policy)
      : new Blocks(this.#system, policy);
    this.#list = this.#blocks.list;
    this.#holder = new Holder(this.#blocks, {
      notesStacks: stacks,
      notesFrees: stacks && debug,
      onLeak,
    });
    this.#finalCheck = debug ? new FinalCheck(this.#blocks, onLeak) : undefined;
    this.#largestListed = debug ? 0 : largestListed(policy.mmapThreshold);
    this.#largestZeroed = debug ? 0 : largestListed(policy.callocThreshold);
  }

  /**
   * Allocates `size` bytes. Their content is whatever was there before.
   *
   * @param size Bytes.
   * @returns The payload's address, or 0 if `size` is 0.
   * @throws {ArgumentError} If `size` is not a non-negative safe integer.
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
    this.#requireOpen("malloc on");
    return this.#blocks.malloc(size);
  }

  /**
   * Allocates `nmemb * size` bytes, all zero.
   *
   * @param nmemb How many members.
   * @param size Bytes of each.
   * @returns The payload's address, or 0 if either factor is 0.
   * @throws {ArgumentError} If a factor is not a non-negative safe integer.
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
    this.#requireOpen("calloc on");
    return this.#blocks.calloc(nmemb, size);
  }

  /**
   * Resizes a block, in place where it can, keeping its content up to the
   * smaller of both sizes.
   *
   * @param address What an allocating method returned, or 0 to allocate.
   * @param size Bytes; 0 frees the block.
   * @returns The payload's address, which may be a new one; 0 if `size` is 0 or
   * `address` lies in memory that is free.
   * @throws {ArgumentError} If `size` is not a non-negative safe integer, or `address` no
   * number.
   * @throws {InvalidPointerError} If `address` is neither live nor in free memory.
   * @throws {OutOfMemoryError} If the system refuses memory. The block is intact.
   * @throws {SystemCallError} If the system refuses to take a mapping back. The
   * block is intact.
   * @throws {CorruptionError} If a debug heap finds damage. The block is as it was.
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
    requireAddress("realloc", address);
    requireWhole("realloc", "size", size);
    return address === NULL
      ? this.#blocks.malloc(size)
      : this.#blocks.realloc(address, size);
  }

  /**
   * Frees a block: a heap block is marked free, a mapping is given back.
   *
   * @param address What an allocating method returned; 0 does nothing.
   * @throws {ArgumentError} If `address` is no number.
   * @throws {InvalidPointerError} If `address` is not a live block.
   * @throws {SystemCallError} If the system refuses to take a mapping back. The
   * block is live as before.
   * @throws {CorruptionError} If a debug heap finds damage. The block was freed.
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
    else if (typeof address !== "number" || !list.release(address)) {
      this.#requireOpen("free on");
      requireAddress("free", address);
      this.#blocks.free(address);
    }
  }

  /**
   * How many bytes a live block holds: what was asked for, rounded up, and what
   * was left over when its memory was too small to split. In a debug heap exactly what
   * was asked for.
   *
   * @param address What an allocating method returned.
   * @returns Bytes of payload.
   * @throws {ArgumentError} If `address` is no number.
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
    const action = "take the usableSize of";
    this.#requireOpen(action);
    requireAddress(action, address);
    return this.#blocks.usableSize(address, action);
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
   * @throws {ArgumentError} If `length` is not a whole number up to the payload's, or
   * `address` no number.
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
    const action = "take the bytes of";
    this.#requireOpen(action);
    requireAddress(action, address);
    return this.#blocks.bytes(address, length);
  }

  /**
   * Allocates memory that is held by an object: freed when that is disposed of, and not
   * to be read afterwards. `free` and `realloc` refuse its address.
   *
   * It is a block of this heap like those of `malloc`. If it is aligned to more than 32
   * bytes it is never a mapping.
   *
   * @param size Bytes; 0 gives an allocation without bytes.
   * @param options Its alignment, whether it is zeroed, and its label.
   * @returns The allocation.
   * @throws {ArgumentError} If `size` is not a non-negative safe integer, or the
   * alignment not a power of two up to a page, or the label no string.
   * @throws {OutOfMemoryError} If the system refuses memory.
   *
   * @example Hand memory to C for as long as a block of code runs
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * using buffer = heap.allocate(64, { align: 64, zero: true, label: "frame" });
   * assertEquals(buffer.address % 64, 0);
   * assertEquals(buffer.bytes.length, 64);
   * ```
   */
  override allocate(size: number, options: AllocationOptions = {}): Allocation {
    this.#requireOpen("allocate from");
    return this.#holder.allocate(size, options);
  }

  /**
   * Opens a scope: what is allocated through it is freed together, the newest first.
   *
   * @param options Its label.
   * @returns The scope.
   *
   * @example Free what a block of code allocated, whichever way it ends
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * {
   *   using scope = heap.scope();
   *   scope.allocateString("a path");
   *   scope.allocate(4096, { align: 4096 });
   * }
   * assertEquals(heap.stats().liveBlocks, 0);
   * ```
   */
  override scope(options: ScopeOptions = {}): Scope {
    this.#requireOpen("open a scope of");
    return new Scope(this.#holder, options);
  }

  /**
   * Frees every block at once, as if the heap were new: allocations and scopes end,
   * with their views detached; what was allocated by `malloc` is refused from now on as
   * freed already. Mappings are given back, and all else that the heap holds from the
   * system stays for its next blocks. The first of them lies where the first in a new
   * heap does, if nobody else moved the break in between; without `split` it takes all.
   *
   * Nothing asks whether C still has pointers to the blocks: let it forget them before.
   *
   * @throws {UsageError} If C is calling the heap through bindings at this moment, other
   * isolates hold allocations of it, or it is being recorded. Nothing was changed.
   * @throws {SystemCallError} If the system refuses to take a mapping back. The heap is
   * reset all the same, and holds what was refused; reset it again.
   * @throws {CorruptionError} If a debug heap finds damage. It is reset all the same.
   *
   * @example Use the same memory for each request
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const first = heap.malloc(100);
   * heap.malloc(1000);
   * heap.reset();
   * assertEquals(heap.stats().liveBlocks, 0);
   * assertEquals(heap.malloc(100), first);
   * ```
   */
  reset(): void {
    this.#requireOpen("reset");
    if (isCalling(this)) {
      throw new UsageError(
        "in-call",
        "Cannot reset this heap while C is calling it through bindings: C uses its " +
          "blocks; do it after the call",
      );
    }
    this.#holder.transfers.requireNone("reset this heap");
    this.#holder.requireNoneTaken("reset this heap");
    this.#blocks.requireResettable();
    this.#holder.endAll("its heap was reset");
    this.#blocks.reset();
  }

  /**
   * Hands an allocation to another isolate, such as a Worker. This side's object ends at
   * once: its views are detached, and uses of it are refused. The block stays live until
   * the other side, which makes an allocation of the message by
   * {@linkcode receiveAllocation}, disposes of that; then it is freed here.
   *
   * Until then this heap cannot be disposed of, nor can an arena that it was given; one
   * that is wrapped by another {@linkcode Memory} is yours to keep. A Worker that is terminated, or ends,
   * gives nothing back: see {@linkcode Heap.takeBack}.
   *
   * @param allocation An allocation of this heap.
   * @returns What to post: `worker.postMessage(message)`. It can be received once.
   * @throws {UsageError} If the allocation was disposed of, transferred already, or is
   * not this heap's, if its memory was given back, or from inside a call of the heap's
   * memory.
   * @throws {ArgumentError} If it is no allocation.
   *
   * @example Hand memory to a Worker
   * ```ts
   * import { Heap, receiveAllocation } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const frame = heap.allocate(64, { label: "frame" });
   * frame.bytes[0] = 7;
   * const message = heap.transfer(frame); // worker.postMessage(message)
   * {
   *   using received = receiveAllocation(message); // in the Worker
   *   assertEquals(received.bytes[0], 7);
   * }
   * await heap.transfersReturned();
   * assertEquals(heap.stats().liveBlocks, 0);
   * ```
   */
  transfer(allocation: Allocation): AllocationMessage {
    this.#requireOpen("transfer from");
    this.#guard ??= guardArena(
      this.#memory,
      () =>
        this.#holder.transfers.requireNone("dispose of the arena of a heap"),
    );
    return this.#holder.transfer(allocation);
  }

  /**
   * Resolves when every allocation that was transferred came back and is free. It does
   * not keep the process alive by itself.
   *
   * @returns Nothing.
   * @throws {SystemCallError} If the system refuses to take a mapping back. It is live
   * as before; call this again. All else that came back is free.
   * @throws {CorruptionError} If a debug heap finds damage in what came back. It is free
   * all the same. What is found while nobody waits is printed.
   * @throws {UsageError} From inside a call of the heap's memory.
   *
   * @example Nothing is out
   * ```ts
   * import { Heap } from "@osmem/osmem";
   *
   * using heap = new Heap();
   * await heap.transfersReturned();
   * ```
   */
  transfersReturned(): Promise<void> {
    this.#requireOpen("wait for transfers of");
    return this.#holder.transfers.returned();
  }

  /**
   * Frees an allocation that was transferred and will not come back. One that nobody
   * received yet cannot be received any more. One that was received is freed only if you
   * say that its Worker has ended: while that still runs, or C threads that it started
   * do, they may write to the memory. If it came back already this does nothing.
   *
   * @param message What {@linkcode Heap.transfer} gave.
   * @param options Whether the Worker that received it has ended.
   * @throws {ArgumentError} If it is no such message, or not as it was when it was made.
   * @throws {UsageError} If it was received, and it is not said that the Worker ended, if
   * another heap transferred it, or from inside a call of the heap's memory.
   * @throws {SystemCallError} If the system refuses to take the mapping that it is back.
   * It is live as before; call this again.
   * @throws {CorruptionError} If a debug heap finds damage in it. It is free all the same.
   *
   * @example A message that was never posted
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const message = heap.transfer(heap.allocate(64));
   * heap.takeBack(message);
   * assertEquals(heap.stats().liveBlocks, 0);
   * ```
   */
  takeBack(message: AllocationMessage, options: TakeBackOptions = {}): void {
    this.#requireOpen("take back to");
    this.#holder.transfers.takeBack(message, options);
  }

  /**
   * The address as a pointer that FFI functions take. It is not checked: C may be
   * given pointers into the middle of a block.
   *
   * @param address Any address; 0 gives `null`.
   * @returns The pointer.
   * @throws {ArgumentError} If `address` is not a non-negative safe integer.
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
   * @throws {ArgumentError} If it is no pointer.
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
    return addressOfGiven(pointer, "take the address of", "a pointer");
  }

  /**
   * Makes C functions of this heap, for libraries that let their allocator be chosen
   * and for programs that are linked with `libosmem.so`. See {@linkcode CBindings}.
   *
   * @param options Whether the `os_*` functions of C go to this heap.
   * @returns The functions, until they are disposed of.
   * @throws {ArgumentError} If 16 heaps of this process are bound already.
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
    return this.#blocks[Symbol.iterator]();
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
   * assertEquals(heap.stats().footprintBytes, 131072);
   * ```
   */
  stats(): HeapStats {
    this.#requireOpen("count the blocks of");
    return this.#blocks.stats();
  }

  /**
   * What is live now, grouped by where it was allocated: a leak if nobody needs it any
   * more.
   *
   * | known of | label | calls | size |
   * |---|---|---|---|
   * | an {@linkcode Allocation} | yes | yes, unless `stacks` is false | as asked for |
   * | what `malloc`, `calloc` and `realloc` gave | no | no | rounded up |
   * | the same in a debug heap | no | yes | as asked for |
   *
   * @returns The report. It takes a step for each block, and putting the calls into
   * words takes about 60 µs for each allocation whose calls were not asked for before.
   *
   * @example See who holds memory
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * using frame = heap.allocate(64, { label: "frame" });
   * const [leak] = heap.leaks().leaks;
   * assertEquals([leak?.address, leak?.label], [frame.address, "frame"]);
   * ```
   */
  leaks(): LeakReport {
    this.#requireOpen("look for leaks in");
    return new LeakReport(this.#blocks.live());
  }

  /**
   * Checks every invariant of the heap, reading all headers back.
   *
   * @throws {CorruptionError} If one does not hold: something wrote over memory
   * that is the heap's own, or, in a debug heap, behind a block's end or into a block
   * that was freed.
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
    this.#blocks.check();
  }

  /**
   * Ends the heap: its mappings are given back, and its arena if it made one. A
   * program break that it was given stays where it is. Doing so twice is harmless.
   *
   * @throws {UsageError} If other isolates hold allocations of it.
   * @throws {SystemCallError} If the system refuses to take a mapping back. The
   * heap goes on; dispose of it again.
   * @throws {CorruptionError} If a debug heap finds that something was written where it
   * should not be. The heap ended.
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
    this.#holder.transfers.requireNone("dispose of this heap");
    this.#holder.requireNoneTaken("dispose of this heap");
    const findings = this.#finalCheck?.examine();
    // Nobody else has its own arena: if the window is closed, its buffer was transferred.
    const isArenaTaken = this.#list.isGone;
    try {
      this.#blocks.close();
    } catch (refusal) {
      this.#holder.endGone();
      throw refusal;
    }
    this.#holder.endAll("its heap was disposed of");
    this.#guard?.[Symbol.dispose]();
    if (!isArenaTaken) this.#arena?.[Symbol.dispose]();
    this.#largestListed = this.#largestZeroed = 0;
    this.#isDisposed = true;
    if (findings) this.#finalCheck?.close(findings);
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

  /** Whether malloc() of this gives a heap block. */
  #isListed(size: number): boolean {
    return Number.isSafeInteger(size) && size > 0 &&
      size <= this.#largestListed;
  }

  #requireOpen(action: string): void {
    if (!this.#isDisposed && !this.#list.isGone) return this.#list.settle();
    const what = this.#isDisposed
      ? "it was disposed"
      : "its memory was given back";
    throw new UsageError(
      this.#isDisposed ? "disposed" : "memory-gone",
      `Cannot ${action} this heap: ${what}; make a new one`,
    );
  }
}

/** The largest request that makes a block smaller than the threshold, or 1 GiB. */
function largestListed(mmapThreshold: number): number {
  const below = Math.ceil(mmapThreshold / CELL_BYTES) * CELL_BYTES - CELL_BYTES;
  return Math.max(0, Math.min(below - HEADER_BYTES, MOST_AT_ONCE));
}
