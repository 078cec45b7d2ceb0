import { ArgumentError } from "../../errors/argument_error.ts";
import {
  describeBlock,
  numberRemedy,
  showValue,
} from "../../errors/messages.ts";
import { formatCalls, type StackTrace } from "../../errors/stack_trace.ts";
import { UsageError, type UsageErrorCode } from "../../errors/usage_error.ts";
import type { Address } from "../../ffi/memory.ts";
import { type Pointer, pointerAt } from "../../ffi/pointer.ts";
import { closeWindow } from "../../ffi/system.ts";
import type { BlockOwner } from "../inspection/invalid_pointer.ts";
import type { LeakListener } from "../heap_options.ts";
import { reportCollected } from "../leaks/leak_detection.ts";

/** How memory is allocated that has its content from the start. */
export interface ContentOptions {
  /**
   * The address is a multiple of this many bytes: a power of two up to a page, 4096.
   *
   * @default {8}
   */
  readonly align?: number;
  /** What messages and reports call it. */
  readonly label?: string;
}

/** How {@linkcode Allocator.allocate} allocates. */
export interface AllocationOptions extends ContentOptions {
  /**
   * Whether all bytes are 0, also those that it grows by later. Without it they are
   * whatever was there before.
   *
   * @default {false}
   */
  readonly zero?: boolean;
}

/** How {@linkcode Allocator.allocatePointers} allocates. */
export interface PointersOptions extends ContentOptions {
  /**
   * Whether a NULL follows the last pointer, as C wants it in `argv` and `environ`.
   *
   * @default {false}
   */
  readonly terminate?: boolean;
}

/** How {@linkcode Allocator.scope} makes a scope. */
export interface ScopeOptions {
  /** What messages call it. */
  readonly label?: string;
}

/** The largest alignment: a page of every Linux machine holds it. */
const MOST_ALIGNMENT = 4096;

/**
 * Refuses what is not a power of two up to a page.
 *
 * @throws {ArgumentError} If it is not.
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
 * Refuses a label that is no string: other values need not survive being posted.
 *
 * @throws {ArgumentError} If it is no string.
 */
export function requireLabel(label: unknown): void {
  if (typeof label === "string") return;
  throw new ArgumentError(
    `Cannot label an allocation ${Deno.inspect(label)}: expected a string`,
  );
}

/** What is freed together: the allocations and scopes of a scope. */
export type Group = Set<Disposable>;

/** Puts an allocation into a group, or into none. For scopes, so it is no method. */
export let setGroup: (
  allocation: Allocation,
  group: Group | undefined,
) => void;

/** Takes an allocation out of its group, if it is in a group. */
export let leaveGroup: (allocation: Allocation) => void;

/** The block that an allocation owns; nothing if the value is no allocation. */
export let blockOf: (allocation: Allocation) => OwnedBlock | undefined;

/** Refused by `postMessage` and `structuredClone`, whose error shows the description. */
const UNCLONEABLE = Symbol(
  "an Allocation belongs to the isolate that made it; post what heap.transfer() gives",
);

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
  readonly #block: OwnedBlock;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #view: DataView<ArrayBuffer> | undefined;
  /**
   * Makes `postMessage` and `structuredClone` refuse it with a DataCloneError, instead of
   * copying an object without a memory. {@linkcode Heap.transfer} hands it over.
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
   * @param onLeak Called if the allocation is collected without being disposed of; by
   * default a line is printed.
   */
  constructor(block: OwnedBlock, onLeak?: LeakListener) {
    this.#block = block;
    collected.register(this, { block, onLeak }, block);
  }

  /**
   * The address of its first byte.
   *
   * @throws {UsageError} If it was disposed of.
   */
  get address(): Address {
    this.#block.requireLive("take the address of");
    return this.#block.address;
  }

  /**
   * The same as a pointer, for FFI functions.
   *
   * @throws {UsageError} If it was disposed of.
   */
  get pointer(): NonNullable<Pointer> {
    this.#block.requireLive("take the pointer of");
    return pointerAt(this.#block.address)!;
  }

  /** Bytes that were asked for. */
  get size(): number {
    return this.#block.size;
  }

  /** What messages and reports call it. */
  get label(): string | undefined {
    return this.#block.label;
  }

  /** Whether it was disposed of, or ended in another way. */
  get isDisposed(): boolean {
    return this.#block.isEnded;
  }

  /**
   * Exactly its bytes: the memory itself, not a copy.
   *
   * @throws {UsageError} If it was disposed of.
   */
  get bytes(): Uint8Array<ArrayBuffer> {
    this.#block.requireLive("take the bytes of");
    if (!this.#bytes || this.#bytes.buffer.detached) {
      this.#bytes = new Uint8Array(this.#block.window());
    }
    return this.#bytes;
  }

  /**
   * The same bytes, for numbers of every kind.
   *
   * @throws {UsageError} If it was disposed of.
   */
  get view(): DataView<ArrayBuffer> {
    this.#block.requireLive("take the view of");
    if (!this.#view || this.#view.buffer.detached) {
      this.#view = new DataView(this.#block.window());
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
    this.#block.resize(size);
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
    this.#block.release();
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
    return this.#block.summary();
  }

  #leaveGroup(): void {
    this.#group?.delete(this);
    this.#group = undefined;
  }
}

/** Obtains and frees the blocks that allocations own. */
export interface BlockProvider {
  /** Opens a window of its own on a block. */
  openWindow(block: OwnedBlock): ArrayBuffer;
  /** Gives a block another size, perhaps elsewhere. */
  resize(block: OwnedBlock, size: number): void;
  /** Frees a block, if it is live. The block was disposed of, unless an ending is given. */
  release(block: OwnedBlock, ending?: Ending): void;
}

/** What is known of a block before an allocation owns it. */
export interface OwnedBlockFacts {
  /** The address of its payload. */
  readonly address: Address;
  /** Bytes that were asked for. */
  readonly size: number;
  /** Bytes of which the address is a multiple. */
  readonly alignment: number;
  /** Whether bytes that the block grows by are set to 0. */
  readonly isZeroed: boolean;
  /** What the user calls the block. */
  readonly label: string | undefined;
  /** Where the block was allocated, if that was noted. */
  readonly trace: StackTrace | undefined;
}

/**
 * A block that an {@linkcode Allocation} owns. It outlives the allocation, so that an
 * allocation that was collected can still be named.
 */
export class OwnedBlock implements BlockOwner {
  readonly #provider: BlockProvider;
  /** What the user calls the block. */
  readonly label: string | undefined;
  /** Bytes of which the address is a multiple. */
  readonly alignment: number;
  /** Whether bytes that the block grows by are set to 0. */
  readonly isZeroed: boolean;
  /** Where the block was allocated, if that was noted. */
  readonly trace: StackTrace | undefined;
  #address: Address;
  #size: number;
  #window: ArrayBuffer | undefined;
  /** Whether the buffer of an earlier window was transferred. */
  #wasTaken = false;
  #ending: Ending | undefined;

  /**
   * @param provider Obtained the block.
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
  }

  /** The address of its payload. */
  get address(): Address {
    return this.#address;
  }

  /** Bytes that were asked for. */
  get size(): number {
    return this.#size;
  }

  /** Whether the allocation was disposed of, or ended in another way. */
  get isEnded(): boolean {
    return this.#ending !== undefined;
  }

  /**
   * Whether the buffer was transferred, by `postMessage`, `structuredClone` or
   * `ArrayBuffer.transfer`: then somebody has a buffer that shows this memory and that
   * cannot be detached from here.
   */
  get isTaken(): boolean {
    return this.#wasTaken || (this.#window?.detached ?? false);
  }

  /** Whether this provider obtained the block. */
  isFrom(provider: BlockProvider): boolean {
    return this.#provider === provider;
  }

  /** Names the block, as in `allocation "frame" (64 bytes at 0x7f0000001020)`. */
  describe(): string {
    return describeBlock("allocation", this);
  }

  /** Names the block, and says how it ended if it did: for the console. */
  summary(): string {
    const { what } = this.#ending ?? {};
    return this.describe() + (what ? `: ${what}` : "");
  }

  /**
   * Refuses a block that ended.
   *
   * @param action What was to be done, as in `"resize"`.
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
   * Refuses what would free memory that somebody else can still read.
   *
   * @param action What was to be done, as in `"resize"`.
   * @throws {UsageError} If the buffer was transferred.
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

  /** A window on the payload, and nothing else, until the block is resized or ends. */
  window(): ArrayBuffer {
    if (this.#window?.detached) {
      this.#wasTaken = true;
      this.#window = undefined;
    }
    return this.#window ??= this.#size === 0
      ? new ArrayBuffer(0)
      : this.#provider.openWindow(this);
  }

  /** Gives the block another size, perhaps elsewhere. */
  resize(size: number): void {
    this.#provider.resize(this, size);
  }

  /** Frees the block, if it is live. It was disposed of, unless an ending is given. */
  release(ending?: Ending): void {
    this.#provider.release(this, ending);
  }

  /** Notes that the block lies elsewhere, or has another size, and detaches every view. */
  move(address: Address, size: number): void {
    this.#closeWindow();
    this.#address = address;
    this.#size = size;
  }

  /** Ends the block, and detaches every view. */
  end(ending: Ending): void {
    this.#closeWindow();
    this.#ending = ending;
    this.trace?.forget();
    collected.unregister(this);
  }

  #closeWindow(): void {
    if (this.#window) closeWindow(this.#window);
    this.#window = undefined;
  }
}

/** What is reported of an allocation that was collected. */
interface Collected {
  /** Its block, which must not refer to the allocation. */
  readonly block: OwnedBlock;
  readonly onLeak: LeakListener | undefined;
}

/**
 * Reports allocations that are collected without being disposed of. It frees nothing:
 * nobody can know here what the block is still good for.
 */
const collected = new FinalizationRegistry<Collected>(({ block, onLeak }) =>
  reportCollected(block, onLeak)
);

/** How an allocation or a scope ended. */
export interface Ending {
  /** The code of the error for later uses. */
  readonly code: UsageErrorCode;
  /** What became of it, as in `"it was disposed of"`. */
  readonly what: string;
  /** Where that was done, if it was noted. */
  readonly trace: StackTrace | undefined;
}

/** The time until a heap is reset or disposed of: its scopes are of no use afterwards. */
export interface Lifetime {
  /** How the time ended, if it did. */
  ending?: Ending;
}

/** So many calls of each trace are shown: two of them leave room on a screen. */
const MOST_SHOWN = 5;

/**
 * The error for using an allocation or a scope that ended. Its message lists the calls
 * that led to the end and to the allocation, where they are known, and then the remedy.
 *
 * @param action What was to be done, as in `"resize"`.
 * @param subject What ended, as in `"allocation "frame" (64 bytes at 0x7f0000001020)"`.
 * @param ending How it ended.
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
