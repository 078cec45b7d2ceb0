import { requireWhole } from "../errors/argument_error.ts";
import { CorruptionError } from "../errors/corruption_error.ts";
import { printLine } from "../errors/messages.ts";
import { UsageError } from "../errors/usage_error.ts";
import { type ArenaMemory, arenaMemory, guardArena } from "../ffi/memories.ts";
import type { Address, Memory } from "../ffi/memory.ts";
import { addressOfGiven, type Pointer, pointerAt } from "../ffi/pointer.ts";
import type {
  Allocation,
  AllocationOptions,
  ScopeOptions,
} from "./allocations/allocation.ts";
import { Allocations } from "./allocations/allocations.ts";
import { requireAddress } from "./allocations/contents.ts";
import { Allocator, Scope } from "./allocations/scope.ts";
import {
  bindCalls,
  type CBindings,
  type CBindingsOptions,
  isCalling,
} from "./c/c_bindings.ts";
import { Contract } from "./contract.ts";
import { DebugContract } from "./debug/debug_contract.ts";
import { checkOptions, type HeapOptions, policyOf } from "./heap_options.ts";
import type { HeapStats } from "./heap_stats.ts";
import {
  type Inspect,
  summarize,
  type SummaryOptions,
} from "./inspection/summary.ts";
import { HeapWatch, type HeapWatcher } from "./inspection/watch.ts";
import type { Block } from "./layout.ts";
import * as layout from "./layout.ts";
import { LeakReport } from "./leaks/leak_report.ts";
import { FinalCheck } from "./leaks/leak_detection.ts";
import type { BlockList } from "./list/block_list.ts";
import { type LiveCells, SystemCalls } from "./source/system_calls.ts";
import type { AllocationMessage } from "./transfer/allocation_message.ts";
import { type TakeBackOptions, Transfers } from "./transfer/transfers.ts";

const { CELL_BYTES, fewCellsFor, HEADER_BYTES, INTERRUPTED } = layout;

const NULL: Address = 0;

/** Larger requests go to the contract, which makes all checks before the search. */
const MOST_AT_ONCE = 2 ** 30;

/** Refused by `postMessage` and `structuredClone`, whose error shows the description. */
const UNCLONEABLE = Symbol(
  "a Heap belongs to the isolate that made it; make one there, and post what " +
    "heap.transfer() gives",
);

/**
 * Watches what a heap does from now on. This is a function and not a method: only
 * recorders need it.
 *
 * @throws {UsageError} If the heap is watched already.
 */
export let watchHeap: (heap: Heap, watcher: HeapWatcher) => HeapWatch;

/**
 * A memory allocator: best fit on a program break, and mappings for large requests.
 *
 * It follows the contract of a well-known operating-systems course assignment, to each
 * returned address and each system call. {@linkcode HeapOptions} lists the policies that
 * can be exchanged for others. Sizes are rounded up to 8 bytes. A block is a header of 32
 * bytes, which C can read, followed by its payload. Addresses are numbers; 0 is NULL. The
 * heap blocks of one heap span at most 16 GiB.
 *
 * | method | cost |
 * |---|---|
 * | `malloc`, `free` | amortised O(log n) in the number of blocks, rarely more than a few steps |
 * | `calloc` | as `malloc`, and filling the payload |
 * | `realloc` | as `malloc`, and copying the payload if the block moves |
 * | `usableSize`, `bytes`, `pointer`, `address` | constant |
 * | `allocate` and the like | as `malloc`, a third of a microsecond, and some more for `recordStacks` |
 * | `blocks`, `check`, `leaks`, `reset` | a step for each block |
 * | `stats` | constant, and a step for each block freed since the last `malloc` |
 *
 * A heap belongs to the isolate that made it. Workers make heaps of their own, and hand
 * allocations over with {@linkcode Heap.transfer}.
 *
 * A wrong pointer is refused whatever the memory holds, and however many blocks there
 * are: what the allocator needs to know of a block stands outside the memory that it
 * hands out. Recognising a pointer of another heap takes a step for each heap of the
 * isolate. A system call that fails leaves every live block intact.
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
export class Heap extends Allocator implements Disposable, AsyncDisposable {
  readonly #calls: SystemCalls;
  readonly #contract: Contract;
  readonly #allocations: Allocations;
  /** The allocations that other isolates have. */
  readonly #transfers: Transfers;
  /** The heap blocks, for the calls that the list answers at once. */
  readonly #list: BlockList;
  readonly #liveCells: LiveCells;
  /** Reports what is wrong when this heap ends, if it is a debug heap. */
  readonly #finalCheck: FinalCheck | undefined;
  /** The arena that this heap made for itself. */
  readonly #arena: ArenaMemory | undefined;
  readonly #memory: Memory;
  /** Keeps an arena for as long as others use blocks in it. */
  #guard: Disposable | undefined;
  /** The largest request that malloc() serves from the list; 0 once the heap has ended. */
  #largestListed: number;
  /** The largest request that calloc() serves from the list; 0 once the heap has ended. */
  #largestZeroed: number;
  #isDisposed = false;
  /**
   * Makes `postMessage` and `structuredClone` refuse a heap with a DataCloneError. A copy
   * would have no memory. {@linkcode Heap.transfer} hands allocations to other isolates.
   */
  readonly uncloneable: symbol = UNCLONEABLE;

  static {
    watchHeap = (heap, watcher) => {
      heap.#requireOpen("record");
      return new HeapWatch({
        list: heap.#list,
        walk: heap.#contract.walk,
        mappings: heap.#contract.mappings,
        calls: heap.#calls,
        policy: heap.#contract.policy,
        freeMemory: () => heap.#contract.freeMemory(),
      }, watcher);
    };
  }

  /**
   * Makes an empty heap. It obtains no memory for blocks before the first need.
   *
   * @param options Where its memory comes from, its policies, and its thresholds.
   * @throws {ArgumentError} If an option does not allow the value.
   * @throws {LibraryError} If the native library cannot be loaded.
   */
  constructor(options: HeapOptions = {}) {
    super();
    const checked = checkOptions(options);
    const { debug, recordStacks, onLeak } = checked;
    const memory = checked.memory ?? (this.#arena = arenaMemory());
    this.#memory = memory;
    this.#calls = new SystemCalls(memory);
    const policy = policyOf(checked, memory.pageSize);
    this.#contract = debug
      ? new DebugContract(this.#calls, policy)
      : new Contract(this.#calls, policy);
    this.#list = this.#contract.list;
    this.#liveCells = this.#contract.liveCells;
    this.#allocations = new Allocations(this.#contract, {
      recordStacks,
      notesFrees: debug && recordStacks === "all",
      onLeak,
      keepMemory: () => this.#guardArena(),
    });
    this.#transfers = new Transfers(this.#contract);
    this.#finalCheck = debug
      ? new FinalCheck(this.#contract, onLeak)
      : undefined;
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
   * @example Allocate 100 bytes
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const address = heap.malloc(100);
   * assertEquals(heap.bytes(address).length, 104);
   * heap.free(address);
   * ```
   */
  malloc(size: number): Address {
    const isListed = Number.isSafeInteger(size) && size > 0 &&
      size <= this.#largestListed;
    if (isListed && this.#list.place(fewCellsFor(size)) >= 0) {
      return this.#list.latest;
    }
    this.#requireOpen("malloc on");
    return this.#allocateAnew(() => this.#contract.malloc(size));
  }

  /**
   * Lets the contract allocate. If the call throws after a block was allocated, the caller
   * never gets that block, and the heap counts as interrupted.
   */
  #allocateAnew(allocate: () => Address): Address {
    const before = this.#liveCells.cells;
    try {
      return allocate();
    } catch (error) {
      if (this.#liveCells.cells !== before) {
        this.#list.latest = NaN;
        this.#list.pending = INTERRUPTED;
      }
      throw error;
    }
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
   * @example Allocate three zeros
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
    if (areWhole && size > 0) { // two negative factors have a positive product
      const total = nmemb * size;
      const isListed = total > 0 && total <= this.#largestZeroed;
      if (isListed && this.#list.placeZeroed(fewCellsFor(total)) >= 0) {
        return this.#list.latest;
      }
    }
    this.#requireOpen("calloc on");
    return this.#allocateAnew(() => this.#contract.calloc(nmemb, size));
  }

  /**
   * Gives a block another size, in place if possible. Its content is kept up to the
   * smaller of both sizes.
   *
   * @param address What an allocating method returned, or 0 to allocate.
   * @param size Bytes; 0 frees the block.
   * @returns The payload's address, which may have changed; 0 if `size` is 0 or `address`
   * lies in memory that is free.
   * @throws {ArgumentError} If `size` is not a non-negative safe integer, or `address` is
   * not a number.
   * @throws {InvalidPointerError} If `address` is neither live nor in free memory.
   * @throws {OutOfMemoryError} If the system refuses memory. The block is unchanged.
   * @throws {SystemCallError} If munmap fails. The block is unchanged.
   * @throws {CorruptionError} If a debug heap finds damage. The block is unchanged.
   *
   * @example Grow a block
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
    const isListed = typeof address === "number" &&
      Number.isSafeInteger(size) && size > 0 && size <= this.#largestListed;
    if (isListed) {
      if (address === NULL) return this.malloc(size);
      const list = this.#list;
      list.completeFree();
      const cell = list.findUnowned(address);
      if (cell >= 0) return this.#contract.reallocListed(cell, size);
    }
    this.#requireOpen("realloc on");
    requireAddress("realloc", address);
    requireWhole("realloc", "size", size);
    return address === NULL
      ? this.#allocateAnew(() => this.#contract.malloc(size))
      : this.#contract.realloc(address, size);
  }

  /**
   * Frees a block: a heap block is marked free, a mapping is given back.
   *
   * @param address What an allocating method returned; 0 does nothing.
   * @throws {ArgumentError} If `address` is not a number.
   * @throws {InvalidPointerError} If `address` is not a live block.
   * @throws {SystemCallError} If munmap fails. The block is still live.
   * @throws {CorruptionError} If a debug heap finds damage. The block was freed.
   *
   * @example Free a block, and NULL
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * heap.free(heap.malloc(100));
   * heap.free(0);
   * assertEquals(heap.stats().liveBlocks, 0);
   * ```
   */
  free(address: Address): void {
    const list = this.#list;
    if (address === list.latest) list.postponeFree();
    else if (typeof address !== "number" || !list.release(address)) {
      this.#requireOpen("free on");
      requireAddress("free", address);
      this.#contract.free(address);
    }
  }

  /**
   * How many bytes a live block has: the requested size rounded up, and what was left
   * over where the rest was too small to split off. In a debug heap exactly the
   * requested size.
   *
   * @param address What an allocating method returned.
   * @returns Bytes of payload.
   * @throws {ArgumentError} If `address` is not a number.
   * @throws {InvalidPointerError} If `address` is not a live block.
   *
   * @example A request of 10 bytes
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
    return this.#contract.usableSize(address, action);
  }

  /**
   * A view of a block's payload: the memory itself, not a copy.
   *
   * A view of a freed heap block shows whatever comes to lie there. A view of a freed
   * mapping, or of an arena that was disposed of, has length 0. The view's `buffer` is
   * the heap's own window: never transfer or post it.
   *
   * @param address What an allocating method returned.
   * @param length Bytes from the payload's start; the whole payload by default.
   * @returns The view, never longer than the payload.
   * @throws {InvalidPointerError} If `address` is not a live block.
   * @throws {ArgumentError} If `length` is not a whole number up to the payload's, or
   * `address` is not a number.
   *
   * @example Write three bytes, read two
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
    return this.#contract.bytes(address, length);
  }

  /**
   * Allocates memory that an object owns: the memory is freed when the object is
   * disposed of, and cannot be read through its views afterwards. `free` and `realloc`
   * refuse its address.
   *
   * The memory is a block of this heap like the blocks of `malloc`. A block aligned to
   * more than 32 bytes is never a mapping.
   *
   * @param size Bytes; 0 gives an allocation without bytes.
   * @param options Its alignment, whether it is zeroed, and its label.
   * @returns The allocation.
   * @throws {ArgumentError} If `size` is not a non-negative safe integer, the alignment
   * is not a power of two up to a page, or the label is not a string.
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
    const { align, label, zero } = options; // a getter may dispose of the heap
    this.#requireOpen("allocate from");
    return this.#allocations.allocate(size, align, label, zero);
  }

  /**
   * Opens a scope: all memory allocated through the scope is freed together, the newest
   * first.
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
    const { label } = options; // a getter may dispose of the heap
    this.#requireOpen("open a scope of");
    return new Scope(this.#allocations, label);
  }

  /**
   * Frees every block at once, as if the heap were new. Allocations and scopes end, with
   * their views detached, and addresses from `malloc` are refused as freed already.
   * Mappings are given back. Memory below the break stays for the next blocks: the first
   * of them lies where the first block of a new heap does, if nobody else moved the break
   * in between. Without `split` it takes all of that memory.
   *
   * The heap does not know whether C still has pointers to the blocks: make sure of that.
   *
   * @throws {UsageError} If C is calling the heap through bindings, other isolates have
   * allocations of it, an announced operation runs ({@linkcode Allocation.during}), or it
   * is being recorded; or if the buffer of an allocation was transferred or marked as
   * untransferable. Nothing is freed.
   * @throws {SystemCallError} If munmap fails. All blocks are free, and the mapping still
   * counts to the footprint; reset the heap again.
   * @throws {CorruptionError} If a debug heap finds damage. The heap was reset.
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
    this.#transfers.requireNone("reset this heap");
    this.#allocations.requireNoneBusy("reset this heap");
    this.#contract.requireResettable();
    this.#allocations.detachAll("reset this heap");
    this.#allocations.endAll("its heap was reset");
    this.#transfers.end();
    this.#contract.reset();
  }

  /**
   * Hands an allocation to another isolate, such as a Worker. The allocation ends here at
   * once: its views are detached, and later uses are refused. The receiver makes an
   * allocation of the message with {@linkcode receiveAllocation}. When the receiver
   * disposes of that, the block is freed here.
   *
   * Until then this heap cannot be disposed of, nor can an arena that it was given. An
   * arena wrapped by another {@linkcode Memory} is not protected: keep it alive yourself.
   * A Worker that ends or is terminated gives nothing back: see {@linkcode Heap.takeBack}.
   *
   * @param allocation An allocation of this heap.
   * @returns What to post: `worker.postMessage(message)`. It can be received once.
   * @throws {UsageError} If the allocation was disposed of or transferred already, belongs
   * to another heap, its memory was given back, its buffer was transferred or marked as
   * untransferable, or an announced operation runs; or from inside a call of the heap's
   * memory.
   * @throws {ArgumentError} If the value is not an allocation.
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
    this.#guardArena();
    return this.#allocations.handOver(
      allocation,
      (block) => this.#transfers.send(block),
    );
  }

  /**
   * Resolves when every transferred allocation has come back and is free. The promise
   * does not keep the process alive.
   *
   * @returns Nothing.
   * @throws {SystemCallError} If munmap fails. That block is still live; call this again.
   * All other blocks that came back are free.
   * @throws {CorruptionError} If a debug heap finds damage in a block that came back. The
   * block is free. Damage that is found while nobody waits is printed.
   * @throws {UsageError} From inside a call of the heap's memory.
   *
   * @example Nothing was transferred
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * assertEquals(await heap.transfersReturned(), undefined);
   * ```
   */
  transfersReturned(): Promise<void> {
    this.#requireOpen("wait for transfers of");
    return this.#transfers.returned();
  }

  /**
   * Frees a transferred allocation that will not come back. If nobody has received the
   * message, nobody can any more. If it was received, say that the Worker has ended: a
   * Worker that still runs, or C threads that it started, may write to the memory. If the
   * allocation has come back already, this does nothing.
   *
   * @param message What {@linkcode Heap.transfer} returned.
   * @param options Whether the Worker that received the message has ended.
   * @throws {ArgumentError} If it is no such message, or was changed since it was made.
   * @throws {UsageError} If the message was received and `receiverEnded` is not set, if
   * another heap made the message, or from inside a call of the heap's memory.
   * @throws {SystemCallError} If munmap fails. The block is still live; call this again.
   * @throws {CorruptionError} If a debug heap finds damage in the block. The block is free.
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
    const { receiverEnded = false } = options;
    this.#requireOpen("take back to");
    this.#transfers.takeBack(message, receiverEnded);
  }

  /**
   * The pointer with this address, for FFI functions. The address is not checked: C may
   * be given pointers into the middle of a block.
   *
   * @param address Any address; 0 gives `null`.
   * @returns The pointer.
   * @throws {ArgumentError} If `address` is not a non-negative safe integer.
   *
   * @example There and back
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
   * The address of a pointer that an FFI function returned.
   *
   * @param pointer Any pointer; `null` gives 0.
   * @returns The address.
   * @throws {ArgumentError} If the value is not a pointer.
   *
   * @example NULL
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
   * Makes C functions of this heap, for libraries that let their allocator be chosen and
   * for programs that are linked with `libosmem.so`. See {@linkcode CBindings}.
   *
   * @param options Whether the `os_*` functions of C go to this heap.
   * @returns The functions, until they are disposed of.
   * @throws {ArgumentError} If 16 heaps of this process are bound already.
   * @throws {LibraryError} If the native library cannot be loaded.
   *
   * @example Let C programs allocate from this heap
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * using bindings = heap.bindToC({ os: true });
   *
   * // What a C program does that calls os_malloc(100):
   * const malloc = new Deno.UnsafeFnPointer(bindings.malloc, {
   *   parameters: ["usize"],
   *   result: "pointer",
   * });
   * malloc.call(100n);
   * assertEquals(heap.stats().liveBlocks, 1);
   * ```
   */
  bindToC(options: CBindingsOptions = {}): CBindings {
    const { os = false } = options; // a getter may dispose of the heap
    this.#requireOpen("bind");
    return bindCalls(this, { os });
  }

  /**
   * Every block as it is now: heap blocks in address order, then mappings.
   *
   * @returns The blocks. They are read while iterating; change the heap only afterwards.
   *
   * @example An allocated block, and the rest
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
    return this.#contract[Symbol.iterator]();
  }

  /**
   * Counts and bytes as they are now.
   *
   * @returns The figures; {@linkcode HeapStats} explains each.
   *
   * @example Live bytes and footprint
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
    return this.#contract.stats();
  }

  /**
   * What is live now, grouped by where it was allocated. A live block that nobody needs
   * any more is a leak.
   *
   * | known of | label | calls | size |
   * |---|---|---|---|
   * | an {@linkcode Allocation} | yes | if `recordStacks` chose it | as requested |
   * | a block of `malloc`, `calloc` or `realloc` | no | no | rounded up |
   * | such a block in a debug heap | no | yes | as requested |
   *
   * @returns The report. It takes a step for each block. Formatting the calls takes about
   * 60 µs for each allocation whose calls were not read before.
   *
   * @example See who owns memory
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
    return new LeakReport(this.#contract.live());
  }

  /**
   * Checks every invariant of the heap, reading all headers back.
   *
   * @throws {CorruptionError} If an invariant does not hold: something wrote over the
   * heap's own memory or, in a debug heap, past the end of a block or into a freed block.
   *
   * @example Check a heap
   * ```ts
   * import { CorruptionError, Heap } from "@osmem/osmem";
   * import { assertThrows } from "@std/assert";
   *
   * const heap = new Heap();
   * const address = heap.malloc(100);
   * heap.check();
   * const { buffer, byteOffset } = heap.bytes(address);
   * new Uint8Array(buffer)[byteOffset - 32] = 7; // the size in its header
   * assertThrows(() => heap.check(), CorruptionError, "size");
   * ```
   */
  check(): void {
    this.#requireOpen("check");
    this.#contract.check();
  }

  /**
   * Ends the heap: its mappings are given back, and its arena if it made one. A program
   * break that the heap was given stays where it is. Disposing twice is harmless.
   *
   * Memory stays mapped if the buffer of a view from {@linkcode Heap.bytes} was transferred
   * or marked as untransferable: others can still read it.
   *
   * @throws {UsageError} If other isolates have allocations of it, an announced operation
   * runs ({@linkcode Allocation.during}), or the buffer of an allocation was transferred or
   * marked as untransferable. Nothing is freed.
   * @throws {SystemCallError} If munmap fails. The heap goes on; dispose of it again.
   * @throws {CorruptionError} If a debug heap finds damage. The heap has ended.
   *
   * @example Dispose of a heap without `using`
   * ```ts
   * import { Heap, UsageError } from "@osmem/osmem";
   * import { assertThrows } from "@std/assert";
   *
   * const heap = new Heap();
   * heap.malloc(100);
   * heap[Symbol.dispose]();
   * assertThrows(() => heap.malloc(100), UsageError, "it was disposed");
   * ```
   */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#transfers.requireNone("dispose of this heap");
    this.#allocations.requireNoneBusy(
      "dispose of this heap",
      "declare the heap with `await using`, which waits for them",
    );
    this.#allocations.detachAll("dispose of this heap");
    const findings = this.#finalCheck?.examine();
    try {
      this.#contract.close();
    } catch (refusal) {
      this.#allocations.endGone();
      throw refusal;
    }
    this.#allocations.endAll("its heap was disposed of");
    this.#transfers.end();
    this.#guard?.[Symbol.dispose]();
    this.#arena?.[Symbol.dispose]();
    this.#largestListed = this.#largestZeroed = 0;
    this.#isDisposed = true;
    this.#contract.letGo();
    if (findings) this.#finalCheck?.close(findings);
  }

  /**
   * Waits until no announced operation uses memory of this heap, those included that start
   * meanwhile, and disposes of the heap then. `await using` calls this.
   *
   * @returns Nothing.
   * @throws {UsageError} As `[Symbol.dispose]`, except for announced operations.
   * @throws {SystemCallError} If munmap fails. The heap goes on; dispose of it again.
   * @throws {CorruptionError} If a debug heap finds damage. The heap has ended.
   *
   * @example Wait for an operation on memory of a heap
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * let isRead = false;
   * {
   *   await using heap = new Heap();
   *   using buffer = heap.allocate(64);
   *   buffer.during(Promise.resolve().then(() => isRead = true));
   * }
   * assertEquals(isRead, true);
   * ```
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const damage = (await this.#allocations.idle())
      .filter((error) => error instanceof CorruptionError);
    try {
      this[Symbol.dispose]();
    } catch (error) {
      damage.unshift(error as CorruptionError);
    }
    const thrown = damage.shift();
    for (const { message } of damage) printLine(message);
    if (thrown) throw thrown;
  }

  /**
   * What the console shows: the main figures of {@linkcode Heap.stats}, and the heap to
   * scale in one line.
   *
   * @param inspect Shows a value with these options.
   * @param options How to show values.
   * @returns The summary.
   *
   * @example Inspect a heap
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
    if (this.#isDisposed) return "Heap (disposed)";
    return this.#list.pending === INTERRUPTED
      ? "Heap (interrupted)"
      : summarize(this, inspect, options);
  }

  /** Keeps the arena while other isolates or announced operations use memory in it. */
  #guardArena(): void {
    const action = "dispose of the arena of a heap";
    this.#guard ??= guardArena(this.#memory, () => {
      this.#transfers.requireNone(action);
      this.#allocations.requireNoneBusy(action);
    });
  }

  #requireOpen(action: string): void {
    if (!this.#isDisposed && !this.#list.isGone) {
      return this.#list.completeFree();
    }
    if (!this.#isDisposed) throw this.#list.headers.goneError(action);
    throw new UsageError(
      "disposed",
      `Cannot ${action} this heap: it was disposed; make a new one`,
    );
  }
}

/** The largest request that makes a block smaller than the threshold, or 1 GiB. */
function largestListed(mmapThreshold: number): number {
  const below = Math.ceil(mmapThreshold / CELL_BYTES) * CELL_BYTES - CELL_BYTES;
  return Math.max(0, Math.min(below - HEADER_BYTES, MOST_AT_ONCE));
}
