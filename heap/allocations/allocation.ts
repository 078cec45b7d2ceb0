import { ArgumentError } from "../../errors/argument_error.ts";
import {
  describeBlock,
  numberRemedy,
  printLine,
  showValue,
} from "../../errors/messages.ts";
import { formatCalls, type StackTrace } from "../../errors/stack_trace.ts";
import { UsageError, type UsageErrorCode } from "../../errors/usage_error.ts";
import type { Address } from "../../ffi/memory.ts";
import { type Pointer, pointerAt } from "../../ffi/pointer.ts";
import { closeWindow, isDetached } from "../../ffi/system.ts";
import type { BlockOwner } from "../inspection/invalid_pointer.ts";
import type { LeakListener } from "../heap_options.ts";
import { reportCollected } from "../leaks/leak_detection.ts";

/** Options of the methods that allocate memory with given content. */
export interface ContentOptions {
  /**
   * Alignment of the address in bytes: a power of two from 1 to a page, 4096.
   *
   * @default {8}
   */
  readonly align?: number;
  /** Name of the allocation in messages and reports. */
  readonly label?: string;
}

/** Options of {@linkcode Allocator.allocate}. */
export interface AllocationOptions extends ContentOptions {
  /**
   * Whether all bytes are 0, including bytes that `resize` adds later. If false, the
   * content is whatever was there before.
   *
   * @default {false}
   */
  readonly zero?: boolean;
}

/** Options of {@linkcode Allocator.allocatePointers}. */
export interface PointersOptions extends ContentOptions {
  /**
   * Whether a NULL follows the last pointer, as C expects in `argv` and `environ`.
   *
   * @default {false}
   */
  readonly terminate?: boolean;
}

/** Options of {@linkcode Allocator.scope}. */
export interface ScopeOptions {
  /** Name of the scope in messages. */
  readonly label?: string;
}

/** The allocations and scopes that a scope frees. */
export type Group = Set<Disposable>;

// Scopes and the allocator use these three functions. They are no methods, since programs
// that use an allocation have no need of them.

/** Puts an allocation into a group, or into none. */
export let setGroup: (
  allocation: Allocation,
  group: Group | undefined,
) => void;

/** Takes an allocation out of its group, if it is in a group. */
export let leaveGroup: (allocation: Allocation) => void;

/** Returns the block that an allocation owns, or `undefined` for any other value. */
export let blockOf: (allocation: Allocation) => OwnedBlock | undefined;

/** Refused by `postMessage` and `structuredClone`, whose error shows the description. */
const UNCLONEABLE = Symbol(
  "an Allocation belongs to the isolate that made it; post what heap.transfer() gives",
);

/**
 * Native memory that an object owns. The memory stays at its address until the allocation
 * is resized or disposed of, and cannot be read through its views afterwards. Made by
 * {@linkcode Allocator.allocate} of a heap or a scope.
 *
 * The views show the memory itself, not a copy. Resizing or disposing of the allocation
 * detaches all of its views: a detached view has length 0, reads give `undefined`, writes
 * do nothing, and the methods of a `DataView` throw. C must not use the address any more.
 *
 * Detaching does not stop an operation that was started with a view and still runs, such
 * as `connection.read(allocation.bytes)`: the operation has the address. Announce it with
 * {@linkcode Allocation.during}, and the memory is not freed before it has settled.
 *
 * An allocation belongs to the isolate that made it. {@linkcode Heap.transfer} hands the
 * memory to another isolate, where {@linkcode receiveAllocation} returns an allocation
 * that cannot be resized.
 *
 * Never transfer or post a view's `buffer`: the receiver could read the memory after it
 * was freed. So the memory is not freed then, and disposing of the allocation throws.
 * Copy the bytes, or hand the allocation over with {@linkcode Heap.transfer}.
 *
 * An allocation that is garbage-collected without being disposed of is a leak: the memory
 * stays allocated. {@linkcode HeapOptions.recordStacks} says which leaks are reported.
 *
 * @example Lend memory to C for as long as a block of code runs
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * let bytes: Uint8Array;
 * {
 *   using buffer = heap.allocate(64, { align: 64, zero: true, label: "frame" });
 *   bytes = buffer.bytes;
 *   bytes[0] = 7;
 *   assertEquals(buffer.view.getUint32(0, true), 7);
 * }
 * assertEquals(bytes.length, 0);
 * ```
 */
export class Allocation implements Disposable, AsyncDisposable {
  readonly #block: OwnedBlock;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #view: DataView<ArrayBuffer> | undefined;
  #pointer: NonNullable<Pointer> | undefined;
  /** The address of that pointer. */
  #pointed: Address = 0;
  /**
   * Makes `postMessage` and `structuredClone` refuse an allocation with a DataCloneError.
   * A copy would have no memory. {@linkcode Heap.transfer} hands the memory over.
   */
  readonly uncloneable: symbol = UNCLONEABLE;
  #group: Group | undefined;

  static {
    blockOf = (allocation) =>
      #block in allocation ? allocation.#block : undefined;
    setGroup = (allocation, group) => allocation.#group = group;
    leaveGroup = (allocation) => allocation.#leaveGroup();
  }

  /**
   * Use {@linkcode Heap.allocate}.
   *
   * @param block The block that the allocation owns.
   * @param onLeak Called if the block is watched, and the allocation garbage-collected
   * without being disposed of; by default a line is printed.
   */
  constructor(block: OwnedBlock, onLeak?: LeakListener) {
    this.#block = block;
    if (block.isWatched) collected.register(this, { block, onLeak }, block);
  }

  /**
   * The address of the first byte.
   *
   * @throws {UsageError} If the allocation was disposed of.
   */
  get address(): Address {
    this.#block.requireLive("take the address of");
    return this.#block.address;
  }

  /**
   * A pointer to the first byte, for FFI functions. As long as the program has the
   * pointer, the allocation is not garbage-collected.
   *
   * @throws {UsageError} If the allocation was disposed of.
   */
  get pointer(): NonNullable<Pointer> {
    this.#block.requireLive("take the pointer of");
    const { address } = this.#block;
    if (!this.#pointer || this.#pointed !== address) {
      this.#pointer = pointerAt(address)!;
      this.#pointed = address;
      targets.set(this.#pointer, this);
    }
    return this.#pointer;
  }

  /** The requested size in bytes. */
  get size(): number {
    return this.#block.size;
  }

  /** Name of the allocation in messages and reports. */
  get label(): string | undefined {
    return this.#block.label;
  }

  /** Whether the allocation was disposed of, or ended in another way. */
  get isDisposed(): boolean {
    return this.#block.isEnded;
  }

  /**
   * A view of exactly the requested bytes: the memory itself, not a copy.
   *
   * @throws {UsageError} If the allocation was disposed of.
   */
  get bytes(): Uint8Array<ArrayBuffer> {
    this.#block.requireLive("take the bytes of");
    const { size } = this.#block;
    if (size > 0 && this.#bytes?.length === size) return this.#bytes;
    const window = this.#block.window();
    if (this.#bytes?.buffer !== window) this.#bytes = new Uint8Array(window);
    return this.#bytes;
  }

  /**
   * A `DataView` of exactly the requested bytes, to read and write numbers of every type.
   *
   * @throws {UsageError} If the allocation was disposed of.
   */
  get view(): DataView<ArrayBuffer> {
    this.#block.requireLive("take the view of");
    const window = this.#block.window();
    if (this.#view?.buffer !== window) this.#view = new DataView(window);
    return this.#view;
  }

  /**
   * Changes the size. The content is kept up to the smaller of both sizes, and so is the
   * alignment; the address may change. If the size changes, all views are detached: take
   * new ones.
   *
   * @param size Bytes.
   * @throws {UsageError} If the allocation was disposed of, belongs to a heap of another
   * isolate, an announced operation still runs, or the buffer of a view was transferred or
   * marked as untransferable.
   * @throws {ArgumentError} If `size` is not a non-negative safe integer.
   * @throws {OutOfMemoryError} If the system refuses memory. Address, size and content are
   * unchanged; take new views.
   * @throws {SystemCallError} If munmap fails. Address, size and content are unchanged;
   * take new views.
   * @throws {CorruptionError} If a debug heap finds damage. Address, size and content are
   * unchanged; take new views.
   *
   * @example Grow a list
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * using list = heap.allocate(3);
   * list.bytes.set([1, 2, 3]);
   * list.resize(100);
   * assertEquals([...list.bytes.subarray(0, 3)], [1, 2, 3]);
   * ```
   */
  resize(size: number): void {
    this.#block.resize(size);
  }

  /**
   * Announces an operation that has the address of this memory, such as
   * `connection.read(allocation.bytes)`, and that may still run when the allocation is
   * disposed of. Until the operation has settled, the memory is not given back: disposing
   * of the allocation detaches the views at once and frees the memory afterwards.
   *
   * While an announced operation runs, `resize`, {@linkcode Heap.transfer}, and disposing
   * of the heap or resetting it are refused. A free that fails after the operation is
   * reported on standard error, unless `await using` waits for it.
   *
   * @param operation The promise of the operation.
   * @returns A promise with the outcome of the operation. It settles after the memory was
   * freed, if the allocation was disposed of in between.
   * @throws {UsageError} If the allocation was disposed of.
   * @throws {ArgumentError} If `operation` is not a promise.
   *
   * @example Read from a connection, but not for ever
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const operation = Promise.withResolvers<number>(); // connection.read(buffer.bytes)
   * let read;
   * {
   *   using buffer = heap.allocate(65536);
   *   read = buffer.during(operation.promise);
   *   await Promise.race([read, Promise.resolve("timed out")]);
   * }
   * assertEquals(heap.stats().liveBlocks, 1); // the operation may still write
   * operation.resolve(4000);
   * await read;
   * assertEquals(heap.stats().liveBlocks, 0);
   * ```
   */
  during<Outcome>(operation: PromiseLike<Outcome>): Promise<Outcome> {
    requirePromise(operation);
    this.#block.requireLive("announce an operation on");
    return this.#block.during(operation);
  }

  /**
   * Frees the memory, after all views are detached. If an announced operation still runs,
   * the memory is freed when the last one has settled. A second call does nothing, unless
   * the free failed.
   *
   * @throws {UsageError} If the buffer of a view was transferred, or marked as
   * untransferable. The allocation is unchanged.
   * @throws {SystemCallError} If munmap fails. The allocation is still live, and its views
   * are detached; dispose of it again.
   * @throws {CorruptionError} If a debug heap finds damage. The memory was freed.
   *
   * @example Free an allocation
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const buffer = heap.allocate(64);
   * buffer[Symbol.dispose]();
   * assertEquals(buffer.isDisposed, true);
   * ```
   */
  [Symbol.dispose](): void {
    this.#block.release();
    if (this.#block.isWaiting) this.#leaveWhenFreed();
    else this.#leaveGroup();
  }

  /**
   * Disposes of the allocation, and waits until the announced operations have settled and
   * the memory is free. `await using` calls this.
   *
   * @returns Nothing.
   * @throws {UsageError} As `[Symbol.dispose]`.
   * @throws {SystemCallError} If munmap fails; dispose of the allocation again.
   * @throws {CorruptionError} If a debug heap finds damage. The memory was freed.
   *
   * @example Wait for an operation at the end of a block
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * {
   *   await using buffer = heap.allocate(64);
   *   buffer.during(Promise.resolve("read"));
   * }
   * assertEquals(heap.stats().liveBlocks, 0);
   * ```
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    await this.#block.settled();
  }

  /**
   * Returns what the console shows.
   *
   * @returns The label, size and address, and how the allocation ended if it did.
   *
   * @example Inspect an allocation
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertStringIncludes } from "@std/assert";
   *
   * using heap = new Heap();
   * using buffer = heap.allocate(64, { label: "frame" });
   * assertStringIncludes(Deno.inspect(buffer), 'allocation "frame" (64 bytes at 0x');
   * ```
   */
  [Symbol.for("Deno.customInspect")](): string {
    return this.#block.summary();
  }

  #leaveGroup(): void {
    this.#group?.delete(this);
    this.#group = undefined;
  }

  /** Stays in its group until the memory is free, so that the group can wait for that. */
  async #leaveWhenFreed(): Promise<void> {
    await this.#block.idle();
    if (!this.#block.isWaiting) this.#leaveGroup();
  }
}

/** The allocation that each pointer leads to: who has the pointer keeps the allocation. */
const targets = new WeakMap<NonNullable<Pointer>, Allocation>();

/** Obtains and frees the blocks that allocations own. */
export interface BlockProvider {
  /** Opens a window on a block that can be closed without closing others. */
  openWindow(block: OwnedBlock): ArrayBuffer;
  /** Changes the size of a block, which may move it. */
  resize(block: OwnedBlock, size: number): void;
  /**
   * Frees a block, if the block is live.
   *
   * @param ending How the block ended; by default it was disposed of.
   */
  release(block: OwnedBlock, ending?: Ending): void;
  /** Frees a block that ended while an operation had its address. */
  releaseLate(block: OwnedBlock): void;
  /** Notes the first announced operation on a block. */
  begin(block: OwnedBlock): void;
  /** Notes that no announced operation on a block runs any more. */
  finish(block: OwnedBlock): void;
}

/** What is known of a block before an allocation owns it. */
export interface OwnedBlockFacts {
  /** The address of the payload. */
  readonly address: Address;
  /** The requested size in bytes. */
  readonly size: number;
  /** Alignment of the address in bytes. */
  readonly alignment: number;
  /** Whether bytes that the block grows by are set to 0. */
  readonly isZeroed: boolean;
  /** The user's name for the block. */
  readonly label: string | undefined;
  /** Where the block was allocated, if that was recorded. */
  readonly trace: StackTrace | undefined;
  /** Whether the allocation is reported if it is collected without being disposed of. */
  readonly isWatched: boolean;
}

/**
 * A block that an {@linkcode Allocation} owns. The object outlives the allocation, so that
 * an allocation that was garbage-collected can still be named.
 */
export class OwnedBlock implements BlockOwner {
  readonly #provider: BlockProvider;
  /** The user's name for the block. */
  readonly label: string | undefined;
  /** Alignment of the address in bytes. */
  readonly alignment: number;
  /** Whether bytes that the block grows by are set to 0. */
  readonly isZeroed: boolean;
  /** Where the block was allocated, if that was recorded. */
  readonly trace: StackTrace | undefined;
  /** Whether the allocation is reported if it is collected without being disposed of. */
  readonly isWatched: boolean;
  #address: Address;
  #size: number;
  #window: ArrayBuffer | undefined;
  /** Whether the buffer of an earlier window was transferred. */
  #wasTaken = false;
  #ending: Ending | undefined;
  /** The announced operations, once there was one. */
  #operations: Operations | undefined;

  /**
   * @param provider The provider that obtained the block.
   * @param facts What is known of the block.
   */
  constructor(provider: BlockProvider, facts: OwnedBlockFacts) {
    this.#provider = provider;
    this.#address = facts.address;
    this.#size = facts.size;
    this.alignment = facts.alignment;
    this.isZeroed = facts.isZeroed;
    this.label = facts.label;
    this.trace = facts.trace;
    this.isWatched = facts.isWatched;
  }

  /** The address of the payload. */
  get address(): Address {
    return this.#address;
  }

  /** The requested size in bytes. */
  get size(): number {
    return this.#size;
  }

  /** Whether the allocation was disposed of, or ended in another way. */
  get isEnded(): boolean {
    return this.#ending !== undefined;
  }

  /**
   * Whether a buffer was transferred, by `postMessage`, `structuredClone` or
   * `ArrayBuffer.transfer`. The receiver's buffer shows this memory and cannot be
   * detached from here.
   */
  get isTaken(): boolean {
    return this.#wasTaken ||
      (this.#window !== undefined && isDetached(this.#window));
  }

  /** Whether an announced operation still runs. */
  get isBusy(): boolean {
    return (this.#operations?.running ?? 0) > 0;
  }

  /** Whether the allocation ended, and the memory is not free yet. */
  get isWaiting(): boolean {
    return this.#operations?.isFreeLate ?? false;
  }

  /** Whether this provider obtained the block. */
  isFrom(provider: BlockProvider): boolean {
    return this.#provider === provider;
  }

  /** Names the block: `allocation "frame" (64 bytes at 0x7f0000001020)`. */
  describe(): string {
    return describeBlock("allocation", this);
  }

  /** Names the block for the console, and says how the block ended if it did. */
  summary(): string {
    const { what } = this.#ending ?? {};
    return this.describe() + (what ? `: ${what}` : "");
  }

  /**
   * Refuses a block that ended.
   *
   * @param action The verb of the refused action, such as `"resize"`.
   * @throws {UsageError} If the block ended.
   */
  requireLive(action: string): void {
    if (!this.#ending) return;
    throw endedError(
      action,
      this.describe(),
      this.#ending,
      "allocate again, or dispose of it later",
      this.trace,
    );
  }

  /**
   * Refuses an action that an announced operation forbids for as long as it runs.
   *
   * @param action The verb of the refused action, such as `"resize"`.
   * @throws {UsageError} If an announced operation still runs.
   */
  requireIdle(action: string): void {
    if (!this.isBusy) return;
    throw new UsageError(
      "in-use",
      `Cannot ${action} ${this.describe()}: ${this.countOperations()} that during() ` +
        "announced and that may still use its memory; await the promise that during() " +
        "returned first",
    );
  }

  /** Counts the operations that run: `1 operation is still running`. */
  countOperations(): string {
    const running = this.#operations?.running ?? 0;
    return running === 1
      ? "1 operation is still running"
      : `${running} operations are still running`;
  }

  /**
   * Refuses to free memory that others can still read.
   *
   * @param action The verb of the refused action, such as `"resize"`.
   * @throws {UsageError} If the buffer was transferred.
   */
  requireNotTaken(action: string): void {
    if (!this.isTaken) return;
    throw new UsageError(
      "buffer-taken",
      `Cannot ${action} ${this.describe()}: its buffer was transferred (postMessage, ` +
        "structuredClone, ArrayBuffer.transfer, or read(view) of a BYOB reader), so " +
        "others can still read the memory; the memory stays allocated. Copy the bytes, " +
        "or post what heap.transfer() gives",
    );
  }

  /**
   * Detaches all views, before the memory is freed or handed over.
   *
   * @param action The verb of the refused action, such as `"resize"`.
   * @throws {UsageError} If the buffer was transferred, or cannot be detached.
   */
  detach(action: string): void {
    this.requireNotTaken(action);
    if (!this.#window || closeWindow(this.#window)) {
      this.#window = undefined;
      return;
    }
    throw new UsageError(
      "buffer-taken",
      `Cannot ${action} ${this.describe()}: its buffer was marked as untransferable ` +
        "(markAsUntransferable of node:worker_threads), so its views cannot be detached; " +
        "the memory stays allocated. Mark a copy of the bytes instead",
    );
  }

  /** Returns a window on the payload alone. Resizing or ending the block closes it. */
  window(): ArrayBuffer {
    if (this.#window && isDetached(this.#window)) {
      this.#wasTaken = true;
      this.#window = undefined;
    }
    return this.#window ??= this.#size === 0
      ? new ArrayBuffer(0)
      : this.#provider.openWindow(this);
  }

  /** Changes the size of the block, which may move it. */
  resize(size: number): void {
    this.#provider.resize(this, size);
  }

  /**
   * Frees the block, if the block is live.
   *
   * @param ending How the block ended; by default it was disposed of.
   */
  release(ending?: Ending): void {
    this.#provider.release(this, ending);
  }

  /** Records a new address and size, after all views were detached. */
  move(address: Address, size: number): void {
    this.#address = address;
    this.#size = size;
  }

  /**
   * Records how the block ended. The views were detached before, or the memory is gone.
   *
   * @param ending How it ended.
   * @param isFreeLate Whether the memory is freed when the operations have settled.
   */
  end(ending: Ending, isFreeLate = false): void {
    if (this.#window) closeWindow(this.#window);
    this.#window = undefined;
    this.#ending = ending;
    if (this.#operations) this.#operations.isFreeLate = isFreeLate;
    this.trace?.forget();
    if (this.isWatched) collected.unregister(this);
  }

  /** Records that the memory of a block that ended is free. */
  endWaiting(): void {
    if (this.#operations) this.#operations.isFreeLate = false;
  }

  /** Keeps the memory until an operation has settled, and passes its outcome on. */
  during<Outcome>(operation: PromiseLike<Outcome>): Promise<Outcome> {
    const operations = this.#operations ??= new Operations();
    if (operations.running++ === 0) {
      operations.idle = Promise.withResolvers();
      this.#provider.begin(this);
    }
    return this.#follow(operation, operations);
  }

  /** Resolves when no announced operation runs, and the late free was attempted. */
  async idle(): Promise<void> {
    while (this.isBusy) await this.#operations?.idle?.promise;
  }

  /**
   * Resolves when no announced operation runs and, if the allocation ended, its memory is
   * free.
   *
   * @throws {unknown} The error of the late free, which then is not printed.
   */
  async settled(): Promise<void> {
    const operations = this.#operations;
    if (!operations || !this.isBusy) return;
    operations.waiting++;
    await this.idle();
    if (operations.failure) throw operations.failure.error;
  }

  async #follow<Outcome>(
    operation: PromiseLike<Outcome>,
    operations: Operations,
  ): Promise<Outcome> {
    try {
      return await operation;
    } finally {
      if (--operations.running === 0) this.#freeLate(operations);
    }
  }

  /** Frees the memory, if the allocation ended while an operation had its address. */
  #freeLate(operations: Operations): void {
    this.#provider.finish(this);
    operations.failure = undefined;
    try {
      if (operations.isFreeLate) this.#provider.releaseLate(this);
    } catch (error) {
      operations.failure = { error };
      if (operations.waiting === 0) printLateFailure(this, error);
    }
    operations.waiting = 0;
    operations.idle?.resolve();
  }
}

/** The operations on a block that {@linkcode Allocation.during} announced. */
class Operations {
  /** How many have not settled. */
  running = 0;
  /** Whether the memory is freed when the last one has settled, or again after a failure. */
  isFreeLate = false;
  /** Resolved when none runs any more. */
  idle: PromiseWithResolvers<void> | undefined;
  /** How many callers get the error of the late free. */
  waiting = 0;
  /** Why the late free failed. */
  failure: { readonly error: unknown } | undefined;
}

function printLateFailure(block: OwnedBlock, error: unknown): void {
  printLine(
    `${block.describe()} was freed when the last operation on it had settled, and this ` +
      `was found: ${error}`,
  );
}

/** Refuses an operation that is not a promise. */
function requirePromise(operation: unknown): void {
  if (typeof Object(operation).then === "function") return;
  throw new ArgumentError(
    `Cannot announce ${
      showValue(operation)
    }: expected the promise of an operation`,
  );
}

/** What remains of an allocation that was garbage-collected. */
interface Collected {
  /** The block of the allocation, which must not refer to the allocation. */
  readonly block: OwnedBlock;
  readonly onLeak: LeakListener | undefined;
}

/**
 * Reports allocations that are garbage-collected without being disposed of. Nothing is
 * freed, since C may still use the block.
 */
const collected = new FinalizationRegistry<Collected>(({ block, onLeak }) =>
  reportCollected(block, onLeak)
);

/** How an allocation or a scope ended. */
export interface Ending {
  /** The code of the error that a later use throws. */
  readonly code: UsageErrorCode;
  /** What happened, such as `"it was disposed of"`. */
  readonly what: string;
  /** Where that happened, if it was recorded. */
  readonly trace: StackTrace | undefined;
}

/** The time until a heap is reset or disposed of. Scopes cannot be used after it. */
export interface Lifetime {
  /** How the time ended, if it did. */
  ending?: Ending;
}

/** Calls shown of each stack trace: two traces leave room on a screen. */
const MOST_SHOWN = 5;

/**
 * Makes the error for using an allocation or a scope that ended. The message lists the
 * calls that led to the end and to the allocation, where they are known, and the remedy.
 *
 * @param action The verb of the refused action, such as `"resize"`.
 * @param subject What ended, such as `allocation "frame" (64 bytes at 0x7f0000001020)`.
 * @param ending How it ended.
 * @param remedy What to do instead, such as `"allocate again"`.
 * @param origin Where it was allocated, if that was recorded.
 */
export function endedError(
  action: string,
  subject: string,
  ending: Ending,
  remedy: string,
  origin?: StackTrace,
): UsageError {
  const what = `Cannot ${action} ${subject}: ${ending.what}`;
  const traces = [
    ...linesOf("It ended at", ending.trace),
    ...linesOf("It was allocated at", origin),
  ];
  const message = traces.length === 0
    ? `${what}; ${remedy}`
    : [what, ...traces, `${remedy[0]!.toUpperCase()}${remedy.slice(1)}`]
      .join("\n");
  return new UsageError(ending.code, message);
}

function linesOf(heading: string, trace: StackTrace | undefined): string[] {
  const calls = trace?.calls.slice(0, MOST_SHOWN) ?? [];
  return calls.length === 0 ? [] : [heading, formatCalls(calls)];
}

/** The largest alignment in bytes: the smallest page size of Linux. */
const MOST_ALIGNMENT = 4096;

/**
 * Refuses an alignment that is not a power of two up to a page.
 *
 * @throws {ArgumentError} If `align` is not such a power.
 */
export function requireAlignment(align: number): void {
  const isPower = Number.isInteger(align) && align >= 1 &&
    align <= MOST_ALIGNMENT && (align & (align - 1)) === 0;
  if (isPower) return;
  throw new ArgumentError(
    `Cannot align an allocation to ${
      showValue(align)
    } bytes: expected a power of ` +
      `two from 1 to ${MOST_ALIGNMENT}${numberRemedy(align)}`,
  );
}

/**
 * Refuses a label that is not a string: other values may not survive `postMessage`.
 *
 * @throws {ArgumentError} If `label` is not a string.
 */
export function requireLabel(label: unknown): void {
  if (typeof label === "string") return;
  throw new ArgumentError(
    `Cannot label an allocation ${Deno.inspect(label)}: expected a string`,
  );
}
