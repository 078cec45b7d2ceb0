import type { Address } from "../../ffi/memory.ts";
import { type Pointer, pointerAt } from "../../ffi/pointer.ts";
import type { Scope } from "./scope.ts";
import { closeWindow } from "../../ffi/system.ts";
import { UsageError, type UsageErrorCode } from "../../errors/usage_error.ts";
import { describeBlock } from "../../errors/messages.ts";
import type { BlockHolder } from "../inspection/invalid_pointer.ts";
import { formatCalls, type StackTrace } from "../../errors/stack_trace.ts";

/** What an allocation is freed with, unless it was disposed of before. */
export type Group = Set<Allocation | Scope>;

/** Puts an allocation into a group, or into none. For scopes, so it is no method. */
export let setGroup: (
  allocation: Allocation,
  group: Group | undefined,
) => void;

/** Takes an allocation out of its group, if it is in one. */
export let leaveGroup: (allocation: Allocation) => void;

/** Frees an allocation together with others, of which the ending tells. */
export let releaseWith: (allocation: Allocation, ending: Ending) => void;

/** Refuses an allocation that ended. */
export let requireLive: (allocation: Allocation, action: string) => void;

/** Refused by `postMessage` and `structuredClone`, whose error shows what it says. */
const UNCLONEABLE = Symbol(
  "an Allocation belongs to the isolate that made it; post what heap.transfer() gives",
);

/** What an allocation stands for; nothing if it is none. */
export let heldBy: (allocation: Allocation) => Held | undefined;

/**
 * Native memory that stays where it is until it is disposed of, and cannot be read
 * afterwards. Made by {@linkcode Allocator.allocate} of a heap or a scope.
 *
 * Its views show the memory itself. Once it is disposed of, or resized, every view that
 * it ever gave is detached: it has length 0, reads give `undefined`, writes go nowhere,
 * and the methods of a `DataView` throw. What C was given it must not use any more.
 *
 * It belongs to the isolate that made it. {@linkcode Heap.transfer} hands it to another
 * one, where {@linkcode receiveAllocation} gives an allocation that cannot be resized.
 *
 * Never transfer or post a view's `buffer`: whoever gets it could read the memory for
 * ever after. It is not freed then, and disposing of it throws. Copy the bytes, or hand
 * the allocation over with {@linkcode Heap.transfer}.
 *
 * One that is collected without being disposed of is a leak: its memory stays
 * allocated, and is reported.
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
export class Allocation implements Disposable {
  readonly #held: Held;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #view: DataView<ArrayBuffer> | undefined;
  /**
   * Makes `postMessage` and `structuredClone` refuse it with a DataCloneError, instead of
   * copying an object without a memory. {@linkcode Heap.transfer} hands it over.
   */
  readonly uncloneable: symbol = UNCLONEABLE;
  #group: Group | undefined;

  static {
    heldBy = (allocation) => #held in allocation ? allocation.#held : undefined;
    setGroup = (allocation, group) => allocation.#group = group;
    leaveGroup = (allocation) => allocation.#leaveGroup();
    releaseWith = (allocation, ending) => allocation.#held.release(ending);
    requireLive = (allocation, action) => allocation.#held.requireLive(action);
  }

  /**
   * Use {@linkcode Heap.allocate}.
   *
   * @param held The block that it stands for.
   */
  constructor(held: Held) {
    this.#held = held;
  }

  /**
   * The address of its first byte.
   *
   * @throws {UsageError} If it was disposed of.
   */
  get address(): Address {
    this.#held.requireLive("take the address of");
    return this.#held.address;
  }

  /**
   * The same as a pointer, for FFI functions.
   *
   * @throws {UsageError} If it was disposed of.
   */
  get pointer(): NonNullable<Pointer> {
    this.#held.requireLive("take the pointer of");
    return pointerAt(this.#held.address)!;
  }

  /** Bytes that were asked for. */
  get size(): number {
    return this.#held.size;
  }

  /** What messages and reports call it. */
  get label(): string | undefined {
    return this.#held.label;
  }

  /** Whether it was disposed of, or ended in another way. */
  get isDisposed(): boolean {
    return this.#held.isEnded;
  }

  /**
   * Exactly its bytes: the memory itself, not a copy.
   *
   * @throws {UsageError} If it was disposed of.
   */
  get bytes(): Uint8Array<ArrayBuffer> {
    this.#held.requireLive("take the bytes of");
    if (!this.#bytes || this.#bytes.buffer.detached) {
      this.#bytes = new Uint8Array(this.#held.window());
    }
    return this.#bytes;
  }

  /**
   * The same bytes, for numbers of every kind.
   *
   * @throws {UsageError} If it was disposed of.
   */
  get view(): DataView<ArrayBuffer> {
    this.#held.requireLive("take the view of");
    if (!this.#view || this.#view.buffer.detached) {
      this.#view = new DataView(this.#held.window());
    }
    return this.#view;
  }

  /**
   * Gives it another size. Its content is kept up to the smaller of both sizes, and so
   * is its alignment; its address may change. If the size changes, every view that it
   * gave is detached: take a new one.
   *
   * @param size Bytes.
   * @throws {UsageError} If it was disposed of, or belongs to a heap of another isolate.
   * @throws {ArgumentError} If `size` is not a non-negative safe integer.
   * @throws {OutOfMemoryError} If the system refuses memory. It is as it was.
   * @throws {SystemCallError} If the system refuses to take a mapping back. It is as it
   * was.
   * @throws {CorruptionError} If its heap is a debug heap that finds damage. It is as it
   * was.
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
    this.#held.resize(size);
  }

  /**
   * Frees the memory and detaches every view. Doing so twice is harmless.
   *
   * @throws {UsageError} If the buffer of a view was transferred away. It is as it was.
   * @throws {SystemCallError} If the system refuses to take a mapping back. It is as it
   * was; dispose of it again.
   * @throws {CorruptionError} If its heap is a debug heap that finds damage. It is freed.
   *
   * @example
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
    this.#held.release();
    this.#leaveGroup();
  }

  /**
   * What the console shows.
   *
   * @returns What it is, where, and whether it was disposed of.
   *
   * @example
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
    return this.#held.summary();
  }

  #leaveGroup(): void {
    this.#group?.delete(this);
    this.#group = undefined;
  }
}

/** What an {@linkcode Allocation} asks of the block that it stands for. */
export interface Held {
  /** The block's payload. */
  readonly address: Address;
  /** Bytes that were asked for. */
  readonly size: number;
  /** What the user calls it. */
  readonly label: string | undefined;
  /** Whether it was disposed of, or ended in another way. */
  readonly isEnded: boolean;
  /** Refuses what ended. */
  requireLive(action: string): void;
  /** A window on the payload, and nothing else, until it is resized or ends. */
  window(): ArrayBuffer;
  /** Gives it another size, perhaps elsewhere. */
  resize(size: number): void;
  /** Frees it, if it is live; the ending is that it was disposed of, unless given. */
  release(ending?: Ending): void;
  /** What it is and what became of it, for the console. */
  summary(): string;
}

/** Whoever made a holding: it obtains and frees the block. */
export interface HoldingOwner {
  /** A window of its own on what is held. */
  openWindow(holding: Holding): ArrayBuffer;
  /** Gives a holding another size, perhaps elsewhere. */
  resize(holding: Holding, size: number): void;
  /** Frees what is held, if it is live. */
  release(holding: Holding, ending?: Ending): void;
}

/** A block that is to be held. */
export interface HeldBlock {
  /** Its payload. */
  readonly address: Address;
  /** Bytes that were asked for. */
  readonly size: number;
  /** Bytes of which the address is a multiple. */
  readonly alignment: number;
  /** Whether bytes that it grows by are to be 0. */
  readonly isZeroed: boolean;
  /** What the user calls it. */
  readonly label: string | undefined;
  /** Where it was allocated, if that was noted. */
  readonly trace: StackTrace | undefined;
}

/**
 * What is known of a block that an allocation holds. It outlives the
 * {@linkcode [allocation.ts].Allocation | Allocation}, so that one that was collected
 * can still be named.
 */
export class Holding implements BlockHolder, Held {
  readonly #owner: HoldingOwner;
  /** What the user calls it. */
  readonly label: string | undefined;
  /** Bytes of which the address is a multiple. */
  readonly alignment: number;
  /** Whether bytes that it grows by are to be 0. */
  readonly isZeroed: boolean;
  /** Where it was allocated, if that was noted. */
  readonly trace: StackTrace | undefined;
  #address: Address;
  #size: number;
  #window: ArrayBuffer | undefined;
  /** Whether the buffer of a window before this one was transferred. */
  #wasTaken = false;
  #ending: Ending | undefined;

  /**
   * @param owner Whoever obtained the block.
   * @param block The block.
   */
  constructor(owner: HoldingOwner, block: HeldBlock) {
    this.#owner = owner;
    this.#address = block.address;
    this.#size = block.size;
    this.alignment = block.alignment;
    this.isZeroed = block.isZeroed;
    this.label = block.label;
    this.trace = block.trace;
  }

  /** Whether it was made by this owner. */
  belongsTo(owner: HoldingOwner): boolean {
    return this.#owner === owner;
  }

  /** The block's payload. */
  get address(): Address {
    return this.#address;
  }

  /** Bytes that were asked for. */
  get size(): number {
    return this.#size;
  }

  /** How it ended, if it did. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  get isEnded(): boolean {
    return this.#ending !== undefined;
  }

  describe(): string {
    return describeBlock("allocation", this);
  }

  /**
   * Refuses what ended.
   *
   * @param action What was to be done, as in `"resize"`.
   * @throws {UsageError} If it ended.
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
   * Whether its buffer was transferred, by `postMessage`, `structuredClone` or
   * `ArrayBuffer.transfer`: another one that shows the same memory is somewhere, and
   * cannot be detached from here.
   */
  get isTaken(): boolean {
    return this.#wasTaken || (this.#window?.detached ?? false);
  }

  window(): ArrayBuffer {
    if (this.#window?.detached) {
      this.#wasTaken = true;
      this.#window = undefined;
    }
    return this.#window ??= this.#size === 0
      ? new ArrayBuffer(0)
      : this.#owner.openWindow(this);
  }

  resize(size: number): void {
    this.#owner.resize(this, size);
  }

  release(ending?: Ending): void {
    this.#owner.release(this, ending);
  }

  summary(): string {
    const { what } = this.#ending ?? {};
    return this.describe() + (what ? `: ${what}` : "");
  }

  /**
   * Refuses what would free memory that others can still read.
   *
   * @param action What was to be done, as in `"resize"`.
   * @throws {UsageError} If its buffer was transferred.
   */
  requireNotTaken(action: string): void {
    if (!this.isTaken) return;
    throw new UsageError(
      "buffer-taken",
      `Cannot ${action} ${this.describe()}: its buffer was transferred (postMessage, ` +
        "structuredClone or ArrayBuffer.transfer), so that others can still read the " +
        "memory; it stays allocated. Copy the bytes, or post what heap.transfer() gives",
    );
  }

  /** Notes that it lies elsewhere, or has another size, and detaches every view. */
  move(address: Address, size: number): void {
    this.#closeWindow();
    this.#address = address;
    this.#size = size;
  }

  /** Ends it, and detaches every view. */
  end(ending: Ending): void {
    this.#closeWindow();
    this.#ending = ending;
    this.trace?.forget();
  }

  #closeWindow(): void {
    if (this.#window) closeWindow(this.#window);
    this.#window = undefined;
  }
}

/** How something ended that was disposed of, or whose heap was. */
export interface Ending {
  /** The code of the error that uses of it get. */
  readonly code: UsageErrorCode;
  /** What became of it, as in `"it was disposed of"`. */
  readonly what: string;
  /** Where, if that was noted. */
  readonly trace: StackTrace | undefined;
}

/** So many calls of each trace are shown: two of them leave room on a screen. */
const MOST_SHOWN = 5;

/**
 * The error for using what ended. Where it is known it says at which calls that came
 * about, each in a line, and ends with the remedy.
 *
 * @param action What was to be done, as in `"resize"`.
 * @param subject To what, as in `"allocation "frame" (64 bytes at 0x7f0000001020)"`.
 * @param ending How that ended.
 * @param remedy What to do instead, as in `"allocate again"`.
 * @param origin Where it was allocated, if that was noted.
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
