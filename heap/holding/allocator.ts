import { ArgumentError } from "../../ffi/argument_error.ts";
import { toCString } from "../../ffi/c_string.ts";
import { showValue } from "../../ffi/show_value.ts";
import type { InputOf, StructFields } from "../../structs/field_types.ts";
import { Struct } from "../../structs/struct.ts";
import type { Allocation } from "./allocation.ts";
import type {
  AllocationOptions,
  ContentOptions,
  PointersOptions,
  ScopeOptions,
} from "./allocation_options.ts";
import { addressOfPointee, type Pointee } from "./pointee.ts";
import type { Scope } from "./scope.ts";
import { bytesOf, type ByteSource } from "./source_bytes.ts";

/** What arrays of pointers lead to: kept as long as the arrays are. */
const pointees = new WeakMap<Allocation, readonly Pointee[]>();

/**
 * Whatever allocates memory that an object holds: a {@linkcode Heap}, or a
 * {@linkcode Scope} of one. It makes what C functions take: strings, arrays, arrays of
 * pointers, structures.
 *
 * A function that takes an `Allocator` leaves it to its caller how long the memory
 * lives. If any of its methods throws, nothing is allocated.
 *
 * @example Let the caller decide how long memory lives
 * ```ts
 * import { type Allocation, type Allocator, Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * function greet(allocator: Allocator, name: string): Allocation {
 *   return allocator.allocateString(`good morning, ${name}`);
 * }
 *
 * using heap = new Heap();
 * using scope = heap.scope();
 * assertEquals(greet(scope, "Ada").size, 18);
 * ```
 */
export abstract class Allocator {
  /**
   * Allocates memory.
   *
   * @param size Bytes; 0 gives an allocation without bytes.
   * @param options Its alignment, whether it is zeroed, and its label.
   * @returns The allocation.
   */
  abstract allocate(size: number, options?: AllocationOptions): Allocation;

  /**
   * Opens a scope, which frees together what is allocated through it.
   *
   * @param options Its label.
   * @returns The scope.
   */
  abstract scope(options?: ScopeOptions): Scope;

  /**
   * Allocates a string as C knows it: UTF-8, and a NUL at its end.
   *
   * @param text The text. What no UTF-8 can say is refused rather than replaced: a NUL
   * within, where C would see the end, and half of a surrogate pair.
   * @param options Its alignment and its label.
   * @returns The allocation; its size counts the NUL.
   * @throws {ArgumentError} If the text cannot be a string of C.
   * @throws {OutOfMemoryError} If the system refuses memory.
   *
   * @example Hand text to C
   * ```ts
   * import { Heap, readString } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * using name = heap.allocateString("Zoë");
   * assertEquals([...name.bytes], [0x5a, 0x6f, 0xc3, 0xab, 0]);
   * assertEquals(readString(name.pointer), "Zoë");
   * ```
   */
  allocateString(text: string, options: ContentOptions = {}): Allocation {
    requireStringOfC(text);
    return this.#allocateCopy(toCString(text), options);
  }

  /**
   * Allocates a copy of bytes. It is aligned to 8 bytes, which is enough for the
   * elements of every typed array, or to more if that is asked for.
   *
   * @param source A typed array, a `DataView`, an `ArrayBuffer` or a
   * `SharedArrayBuffer`. If other threads write to it meanwhile, the copy has bytes of
   * before and after.
   * @param options Its alignment and its label.
   * @returns The allocation, of the source's size in bytes.
   * @throws {ArgumentError} If it is no such source, or its bytes are gone: its buffer
   * was transferred, or made shorter so that they lie outside.
   * @throws {OutOfMemoryError} If the system refuses memory.
   *
   * @example Hand numbers to C
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * using numbers = heap.allocateFrom(new Float64Array([1.5, 2.5]));
   * assertEquals(numbers.size, 16);
   * assertEquals([...new Float64Array(numbers.bytes.buffer)], [1.5, 2.5]);
   * ```
   */
  allocateFrom(source: ByteSource, options: ContentOptions = {}): Allocation {
    return this.#allocateCopy(bytesOf(source), options);
  }

  /**
   * Allocates an array of pointers, such as C's `argv`.
   *
   * It shows where its targets are now. They must live as long as C uses it, and must
   * not be resized meanwhile; to that end allocations among them are not collected
   * before the array is. A scope for all of them does the rest.
   *
   * @param targets Allocations, pointers, addresses; `null` and 0 are NULL.
   * @param options Whether a NULL follows, its alignment and its label.
   * @returns The allocation, of 8 bytes for each pointer.
   * @throws {UsageError} If one of the allocations was disposed of.
   * @throws {ArgumentError} If a target is none of these, or `targets` not iterable.
   * @throws {OutOfMemoryError} If the system refuses memory.
   *
   * @example Hand arguments to C
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * using scope = heap.scope();
   * const args = ["ls", "-l"].map((text) => scope.allocateString(text));
   * const argv = scope.allocatePointers(args, { terminate: true });
   * assertEquals(argv.size, 24);
   * assertEquals(argv.view.getBigUint64(8, true), BigInt(args[1]!.address));
   * ```
   */
  allocatePointers(
    targets: Iterable<Pointee>,
    options: PointersOptions = {},
  ): Allocation {
    requireTargets(targets);
    const kept = [...targets];
    const { terminate = false, ...others } = options;
    const addresses = new BigUint64Array(kept.length + (terminate ? 1 : 0));
    kept.forEach((pointee, index) =>
      addresses[index] = addressOfPointee(pointee, "point to")
    );
    const array = this.#allocateCopy(
      new Uint8Array(addresses.buffer),
      others,
    );
    pointees.set(array, kept);
    return array;
  }

  /**
   * Allocates a structure of C.
   *
   * @param layout Its fields, as {@linkcode struct} describes them.
   * @param value A value for each field; without it all bytes are 0.
   * @param options Its alignment, if it is to be more than that of its fields, and its
   * label.
   * @returns The allocation, to be read and written through the layout.
   * @throws {UsageError} If a value is missing, of the wrong type, or of no field.
   * @throws {ArgumentError} If `layout` is no layout, or a value does not fit.
   * @throws {OutOfMemoryError} If the system refuses memory.
   *
   * @example Hand a structure to C
   * ```ts
   * import { Heap, struct } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * const Point = struct({ x: "f64", y: "f64" });
   *
   * using heap = new Heap();
   * using point = heap.allocateStruct(Point, { x: 1, y: 2 });
   * Point.set(point, "y", 3);
   * assertEquals(Point.read(point), { x: 1, y: 3 });
   * ```
   */
  allocateStruct<Fields extends StructFields>(
    layout: Struct<Fields>,
    value?: InputOf<Struct<Fields>>,
    options: ContentOptions = {},
  ): Allocation {
    requireLayout(layout);
    const { size, align } = layout;
    const all = { align, zero: true, ...options };
    return this.#allocateFilled(size, all, (allocation) => {
      if (value !== undefined) layout.write(allocation, value);
    });
  }

  #allocateCopy(bytes: Uint8Array, options: ContentOptions): Allocation {
    return this.#allocateFilled(
      bytes.length,
      options,
      (allocation) => allocation.bytes.set(bytes),
    );
  }

  #allocateFilled(
    size: number,
    options: AllocationOptions,
    fill: (allocation: Allocation) => void,
  ): Allocation {
    const allocation = this.allocate(size, options);
    try {
      fill(allocation);
      return allocation;
    } catch (error) {
      allocation[Symbol.dispose]();
      throw error;
    }
  }
}

/** Refuses what gives no targets. */
function requireTargets(targets: unknown): void {
  if (Object(targets)[Symbol.iterator]) return;
  throw new ArgumentError(
    `Cannot make an array of pointers of ${
      showValue(targets)
    }: expected an array, or ` +
      "another iterable, of allocations, pointers and addresses",
  );
}

/** Refuses what is no layout of a structure. */
function requireLayout(layout: unknown): void {
  if (layout instanceof Struct) return;
  throw new ArgumentError(
    `Cannot allocate a structure of ${
      showValue(layout)
    }: expected what struct() gave`,
  );
}

/** Refuses text of which C would see something else. */
function requireStringOfC(text: string): void {
  if (typeof text !== "string") {
    throw new ArgumentError(
      `Cannot make a string of C from ${showValue(text)}: expected a string`,
    );
  }
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    throw new ArgumentError(
      `Cannot make a string of C from text with a NUL at ${nul}: C would see its end ` +
        "there; leave it out, or allocate the bytes with allocateFrom",
    );
  }
  const half = text.search(/\p{Surrogate}/u);
  if (half >= 0) {
    throw new ArgumentError(
      `Cannot make a string of C from text with half of a surrogate pair at ${half}: ` +
        "UTF-8 has no bytes for it; replace it by U+FFFD with toWellFormed()",
    );
  }
}
