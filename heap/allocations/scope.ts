import { ArgumentError } from "../../errors/argument_error.ts";
import { toCString } from "../../ffi/c_library.ts";
import { named, printLine, showValue } from "../../errors/messages.ts";
import {
  type InputOf,
  Struct,
  type StructFields,
} from "../../structs/struct.ts";
import {
  Allocation,
  blockOf,
  endedError,
  type Ending,
  type Group,
  leaveGroup,
  type Lifetime,
  setGroup,
} from "./allocation.ts";
import type { Allocations } from "./allocations.ts";
import type {
  AllocationOptions,
  ContentOptions,
  PointersOptions,
  ScopeOptions,
} from "./allocation.ts";
import {
  addressOfPointee,
  bytesOf,
  type ByteSource,
  type Pointee,
} from "./contents.ts";

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

/** Refused by `postMessage` and `structuredClone`, whose error shows what it says. */
const UNCLONEABLE = Symbol(
  "a Scope belongs to the isolate that made it; post what heap.transfer() gives of its " +
    "allocations",
);

/**
 * Allocations that are freed together. Made by {@linkcode Allocator.scope} of a heap, or
 * of another scope, with which it ends at the latest.
 *
 * What is allocated through it need not be disposed of. What is disposed of all the
 * same leaves it at once, so that a scope may live long. `free` and `realloc` of the
 * heap know nothing of scopes.
 *
 * | method | what it costs |
 * |---|---|
 * | `allocate` and the like | what it costs of a heap, and constant |
 * | `moveOut` | constant |
 * | `[Symbol.dispose]` | the frees of all that is in it |
 *
 * A scope that is collected without being disposed of leaks what is in it, and that is
 * reported.
 *
 * @example Free strings together
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * {
 *   using scope = heap.scope({ label: "greetings" });
 *   scope.allocateString("good morning");
 *   scope.allocateString("good night");
 *   assertEquals(heap.stats().liveBlocks, 2);
 * }
 * assertEquals(heap.stats().liveBlocks, 0);
 * ```
 */
export class Scope extends Allocator implements Disposable {
  /** What messages call it. */
  readonly label: string | undefined;
  /**
   * Makes `postMessage` and `structuredClone` refuse it with a DataCloneError, instead of
   * copying an object without allocations.
   */
  readonly uncloneable: symbol = UNCLONEABLE;
  readonly #allocations: Allocations;
  readonly #lifetime: Lifetime;
  /** What it is freed with: it is one of these. */
  readonly #group: Group | undefined;
  /** What is freed with it, the oldest first: allocations and scopes. */
  readonly #members: Group = new Set();
  #ownEnding: Ending | undefined;

  /**
   * Use {@linkcode Allocator.scope}.
   *
   * @param allocations The allocations of the heap.
   * @param options Its label.
   * @param group What it is freed with, unless it was disposed of before.
   */
  constructor(allocations: Allocations, options: ScopeOptions, group?: Group) {
    super();
    this.#allocations = allocations;
    this.#lifetime = allocations.lifetime;
    this.#group = group?.add(this);
    this.label = options.label;
  }

  /** Whether it was disposed of, or its heap was or was reset. */
  get isDisposed(): boolean {
    return this.#ending !== undefined;
  }

  /** Allocations and scopes that end with it. */
  get size(): number {
    return this.#lifetime.ending ? 0 : this.#members.size;
  }

  /**
   * Allocates memory that is freed with this scope, if not before. All else is as in
   * {@linkcode Heap.allocate}.
   *
   * @param size Bytes; 0 gives an allocation without bytes.
   * @param options Its alignment, whether it is zeroed, and its label.
   * @returns The allocation.
   * @throws {UsageError} If the scope was disposed of.
   * @throws {ArgumentError} If `size` is not a non-negative safe integer, or the
   * alignment not a power of two up to a page, or the label no string.
   * @throws {OutOfMemoryError} If the system refuses memory.
   *
   * @example Allocate in a scope
   * ```ts
   * import { Heap } from "@osmem/osmem";
   *
   * using heap = new Heap();
   * using scope = heap.scope();
   * const frame = scope.allocate(640, { align: 64 });
   * frame.bytes.fill(1);
   * ```
   */
  override allocate(size: number, options: AllocationOptions = {}): Allocation {
    this.#requireOpen("allocate in");
    const allocation = this.#allocations.allocate(size, options);
    this.#add(allocation);
    return allocation;
  }

  /**
   * Opens a scope that ends with this one, if not before.
   *
   * @param options Its label.
   * @returns The scope.
   * @throws {UsageError} If this one was disposed of.
   *
   * @example Nest scopes
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * using outer = heap.scope();
   * const kept = outer.allocate(8);
   * {
   *   using inner = outer.scope();
   *   inner.allocate(8);
   * }
   * assertEquals([kept.isDisposed, heap.stats().liveBlocks], [false, 1]);
   * ```
   */
  override scope(options: ScopeOptions = {}): Scope {
    this.#requireOpen("open a scope in");
    return new Scope(this.#allocations, options, this.#members);
  }

  /**
   * Lets an allocation outlive this scope: it moves into another, as the newest there,
   * or out of all of them. Then it must be disposed of by itself.
   *
   * @param allocation One that is in this scope.
   * @param to A scope of the same heap that frees it from now on; none by default.
   * @returns The allocation.
   * @throws {UsageError} If the allocation, this scope or `to` was disposed of.
   * @throws {ArgumentError} If the allocation is none, or is not in this scope, or `to`
   * is no scope, or one of another heap.
   *
   * @example Return memory from a function that uses a scope
   * ```ts
   * import { type Allocation, Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * function greet(heap: Heap, name: string): Allocation {
   *   using scope = heap.scope();
   *   scope.allocateString("of no use later");
   *   return scope.moveOut(scope.allocateString(`good morning, ${name}`));
   * }
   *
   * using heap = new Heap();
   * using greeting = greet(heap, "Ada");
   * assertEquals([greeting.size, heap.stats().liveBlocks], [18, 1]);
   * ```
   */
  moveOut(allocation: Allocation, to?: Scope): Allocation {
    this.#requireOpen("move an allocation out of");
    requireInstance(Allocation, "an allocation", allocation);
    if (to) requireInstance(Scope, "a scope to move it into", to);
    if (to) to.#requireOpen("move an allocation into");
    blockOf(allocation)?.requireLive("move");
    this.#requireMovable(allocation, to);
    this.#members.delete(allocation);
    if (to) to.#add(allocation);
    else setGroup(allocation, undefined);
    return allocation;
  }

  /**
   * Frees what is in it, the newest first. Doing so twice is harmless.
   *
   * @throws {ScopeError} If the system refuses to take mappings back. All else was
   * freed, and it takes nothing new; dispose of it again for the rest.
   * @throws {CorruptionError} If its heap is a debug heap that finds damage, the first of
   * it. All is freed. Other damage is printed, all of it if a ScopeError is thrown.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const scope = heap.scope();
   * const buffer = scope.allocate(64);
   * scope[Symbol.dispose]();
   * assertEquals([scope.isDisposed, buffer.isDisposed], [true, true]);
   * ```
   */
  [Symbol.dispose](): void {
    this.#ownEnding ??= this.#allocations.makeEnding("it was disposed of");
    const what = `its ${this.#name} was disposed of`;
    const { refused, damage } = this.#release({ ...this.#ownEnding, what });
    const thrown = refused.length > 0
      ? new ScopeError(refused, this.#name)
      : damage.shift();
    for (const { message } of damage) printLine(message);
    if (thrown) throw thrown;
  }

  /**
   * What the console shows.
   *
   * @returns Its label, how much is in it, and whether it was disposed of.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * using scope = heap.scope({ label: "request" });
   * scope.allocate(8);
   * assertEquals(Deno.inspect(scope), 'scope "request" (1 to free)');
   * ```
   */
  [Symbol.for("Deno.customInspect")](): string {
    const ending = this.#ending;
    const after = ending ? `: ${ending.what}` : "";
    return `${this.#name} (${this.size} to free)${after}`;
  }

  get #ending(): Ending | undefined {
    return this.#ownEnding ?? this.#lifetime.ending;
  }

  get #name(): string {
    return `scope${named(this.label)}`;
  }

  /** It in the middle of a sentence. */
  #describe(): string {
    return this.label === undefined ? "a scope" : this.#name;
  }

  #requireOpen(action: string): void {
    const ending = this.#ending;
    if (!ending) return;
    throw endedError(
      action,
      this.#describe(),
      ending,
      "open a new scope, or dispose of this one later",
    );
  }

  #requireMovable(allocation: Allocation, to: Scope | undefined): void {
    if (!this.#members.has(allocation)) {
      throw immovable(
        allocation,
        `out of ${this.#describe()}: it is not in it; move it out of the scope ` +
          "that it was allocated in, or moved into",
      );
    }
    if (to && to.#allocations !== this.#allocations) {
      throw immovable(
        allocation,
        `into ${to.#describe()} of another heap: expected a scope of the heap that ` +
          "it was allocated from",
      );
    }
  }

  #add(allocation: Allocation): void {
    this.#members.add(allocation);
    setGroup(allocation, this.#members);
  }

  /** Frees what is in it, the newest first; what cannot be freed stays. */
  #release(ending: Ending): ReleaseErrors {
    const errors: ReleaseErrors = { refused: [], damage: [] };
    const { scopes, allocations } = this.#contents();
    for (const scope of scopes) scope.#ownEnding ??= ending;
    for (const each of allocations) releaseAllocation(each, ending, errors);
    for (const scope of scopes.reverse()) {
      if (scope.#members.size === 0) scope.#group?.delete(scope);
    }
    return errors;
  }

  /**
   * What ends with it, the newest first: itself and the scopes in it, each before those
   * that are in it; and the allocations of all. Scopes may be nested deeper than calls.
   */
  #contents(): { scopes: Scope[]; allocations: Allocation[] } {
    const scopes: Scope[] = [];
    const allocations: Allocation[] = [];
    const rest: Disposable[] = [this];
    for (let member = rest.pop(); member; member = rest.pop()) {
      if (member instanceof Scope) {
        scopes.push(member);
        for (const inner of member.#members) rest.push(inner);
      } else if (member instanceof Allocation) allocations.push(member);
    }
    return { scopes, allocations };
  }
}

/** What went wrong when a scope was released. */
interface ReleaseErrors {
  /** What is live as before. */
  readonly refused: RefusedFree[];
  /** What a debug heap found in blocks that it freed all the same. */
  readonly damage: Error[];
}

function releaseAllocation(
  allocation: Allocation,
  ending: Ending,
  { refused, damage }: ReleaseErrors,
): void {
  try {
    blockOf(allocation)?.release(ending);
  } catch (thrown) {
    const error = thrown as Error;
    if (allocation.isDisposed) damage.push(error);
    else refused.push({ allocation, error });
  }
  if (allocation.isDisposed) leaveGroup(allocation);
}

function requireInstance(
  type: typeof Allocation | typeof Scope,
  expected: string,
  value: unknown,
): void {
  if (value instanceof type) return;
  throw new ArgumentError(
    `Cannot move an allocation out of a scope: expected ${expected}, found ` +
      showValue(value),
  );
}

function immovable(allocation: Allocation, why: string): ArgumentError {
  return new ArgumentError(`Cannot move ${Deno.inspect(allocation)} ${why}`);
}

/** An allocation that could not be freed. */
export interface RefusedFree {
  /** The allocation, which is live as before. */
  readonly allocation: Allocation;
  /** Why it was not freed. */
  readonly error: Error;
}

/** So many are listed in the message. */
const MOST_LISTED = 10;

/**
 * Thrown when a scope cannot free all that is in it, because the system refuses to take
 * mappings back. All else was freed; dispose of the scope again for the rest. Its
 * `errors` say why each of the rest was not freed.
 *
 * @example Find out what was not freed
 * ```ts
 * import { Heap, ScopeError, SystemCallError } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * using allocation = heap.allocate(200_000, { label: "page" });
 * const refusal = new SystemCallError("munmap", 12, [allocation.address - 32, 200_032]);
 * const error = new ScopeError([{ allocation, error: refusal }], 'scope "request"');
 * assertEquals(error.code, "frees-refused");
 * assertEquals(error.allocations, [allocation]);
 * assertEquals(error.errors, [refusal]);
 * ```
 */
export class ScopeError extends AggregateError {
  /** `"ScopeError"`. */
  override readonly name = "ScopeError";
  /** `"frees-refused"`. */
  readonly code = "frees-refused";
  /** The allocations that are live as before, the newest first. */
  readonly allocations: readonly Allocation[];

  /**
   * Makes the error.
   *
   * @param refused What was not freed.
   * @param scope What could not free it, as in `'scope "request"'`.
   */
  constructor(refused: readonly RefusedFree[], scope: string) {
    const listed = refused.map(({ allocation, error }) =>
      `\n    ${Deno.inspect(allocation)}: ${error.message}`
    );
    super(
      refused.map(({ error }) => error),
      `Cannot free all that is in ${scope}:${
        listed.slice(0, MOST_LISTED).join("")
      }\n` +
        `${countLive(refused.length)} live as before, all others were freed; ` +
        "dispose of the scope again",
    );
    this.allocations = refused.map(({ allocation }) => allocation);
  }
}

function countLive(count: number): string {
  return count === 1
    ? "1 of its allocations is"
    : `${count} of its allocations are`;
}
