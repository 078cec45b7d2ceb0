import type { Address } from "../../ffi/memory.ts";
import { type Pointer, pointerAt } from "../../ffi/pointer.ts";
import type { Ending } from "./ending.ts";
import type { Held } from "./held.ts";
import type { Scope } from "./scope.ts";

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
const CONFINEMENT = Symbol(
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
  readonly confinement: symbol = CONFINEMENT;
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
