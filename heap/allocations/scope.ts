import { ArgumentError } from "../../errors/argument_error.ts";
import { named, printLine, showValue } from "../../errors/messages.ts";
import { toCString } from "../../ffi/c_library.ts";
import { pointersStored } from "../../structs/scalars.ts";
import {
  type InputOf,
  Struct,
  type StructFields,
} from "../../structs/struct.ts";
import {
  Allocation,
  type AllocationOptions,
  blockOf,
  type ContentOptions,
  endedError,
  type Ending,
  type Group,
  leaveGroup,
  type Lifetime,
  type OwnedBlock,
  type PointersOptions,
  type ScopeOptions,
  setGroup,
} from "./allocation.ts";
import type { Allocations } from "./allocations.ts";
import {
  addressOfPointee,
  bytesOf,
  type ByteSource,
  type Pointee,
} from "./contents.ts";

/** The targets of pointers in arrays and structures, kept from garbage collection with these. */
const pointees = new WeakMap<Allocation, readonly Pointee[]>();

/** Refused by `postMessage` and `structuredClone`, whose error shows the description. */
const UNCLONEABLE = Symbol(
  "a Scope belongs to the isolate that made it; post what heap.transfer() gives of its " +
    "allocations",
);

/** Allocations listed in the message of a {@linkcode ScopeError}. */
const MOST_LISTED = 10;

/**
 * The base class of {@linkcode Heap} and {@linkcode Scope}: allocates memory that an
 * object owns, filled with what C functions take: strings, arrays, arrays of pointers,
 * structures.
 *
 * A function that takes an `Allocator` lets its caller decide how long the memory lives.
 * If a method throws, nothing is allocated.
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
   * Allocates memory that an object owns.
   *
   * @param size Bytes; 0 gives an allocation without bytes.
   * @param options Its alignment, whether it is zeroed, and its label.
   * @returns The allocation.
   */
  abstract allocate(size: number, options?: AllocationOptions): Allocation;

  /**
   * Opens a scope: all memory allocated through the scope is freed together.
   *
   * @param options Its label.
   * @returns The scope.
   */
  abstract scope(options?: ScopeOptions): Scope;

  /**
   * Allocates a C string: UTF-8, and a NUL at the end.
   *
   * @param text The text. A NUL in the text, where C would end the string, and half of a
   * surrogate pair are refused rather than replaced.
   * @param options Its alignment and its label.
   * @returns The allocation; its size counts the NUL.
   * @throws {ArgumentError} If the text cannot be a C string.
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
    requireCString(text);
    return this.#allocateCopy(toCString(text), readOptions(options));
  }

  /**
   * Allocates a copy of bytes. The copy is aligned to 8 bytes, which is enough for the
   * elements of every typed array, unless the options ask for more.
   *
   * @param source A typed array, a `DataView`, an `ArrayBuffer` or a
   * `SharedArrayBuffer`. If another thread writes to the source during the copy, the copy
   * can have old and new bytes.
   * @param options Its alignment and its label.
   * @returns The allocation, of the source's size in bytes.
   * @throws {ArgumentError} If `source` has another type, or its buffer was transferred
   * or made so short that the bytes lie outside.
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
    const read = readOptions(options); // a getter may detach the source
    return this.#allocateCopy(bytesOf(source), read);
  }

  /**
   * Allocates an array of pointers, such as C's `argv`.
   *
   * The array has the current addresses of its targets. As long as C uses the array, the
   * targets must not be freed or resized. Target allocations are not garbage-collected
   * before the array. Allocate the array and its targets in one scope to free them
   * together.
   *
   * @param targets Allocations, pointers, addresses; `null` and 0 are NULL.
   * @param options Whether a NULL follows, its alignment and its label.
   * @returns The allocation, of 8 bytes for each pointer.
   * @throws {UsageError} If a target is an allocation that was disposed of.
   * @throws {ArgumentError} If a target has another type, or `targets` is not iterable.
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
    const { terminate = false } = options;
    const read = readOptions(options);
    const addresses = new BigUint64Array(kept.length + (terminate ? 1 : 0));
    kept.forEach((pointee, index) =>
      addresses[index] = addressOfPointee(pointee, "point to")
    );
    const array = this.#allocateCopy(
      new Uint8Array(addresses.buffer),
      read,
    );
    pointees.set(array, kept);
    return array;
  }

  /**
   * Allocates a C structure.
   *
   * Allocations whose {@linkcode Allocation.pointer} is among the values are not
   * garbage-collected before the structure. As long as C uses the structure, they must not
   * be freed or resized. For pointers that are written later, keep the allocations.
   *
   * @param layout The layout that {@linkcode struct} returned.
   * @param value A value for each field; without it all bytes are 0.
   * @param options Its alignment, by default the layout's, and its label.
   * @returns The allocation, to be read and written through the layout.
   * @throws {UsageError} If a field has no value or a value of the wrong type, or a value
   * belongs to no field.
   * @throws {ArgumentError} If `layout` is not a layout, or a value does not fit.
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
    const all = { ...readOptions(options, align), zero: true };
    return this.#allocateFilled(size, all, (allocation) => {
      if (value === undefined) return;
      const targets = pointersStored(() => layout.write(allocation, value));
      if (targets.length > 0) pointees.set(allocation, targets);
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

/**
 * Allocations that are freed together. Made by {@linkcode Allocator.scope} of a heap or of
 * another scope. A scope in another scope is disposed of with its parent.
 *
 * Allocations of a scope need not be disposed of. An allocation that is disposed of
 * leaves its scope at once, so a scope may live long. Scopes do not affect the blocks of
 * `malloc`, `calloc` and `realloc`.
 *
 * | method | cost |
 * |---|---|
 * | `allocate` and the like | as the methods of a heap, and constant |
 * | `moveOut` | constant |
 * | `[Symbol.dispose]` | the frees of all its allocations |
 *
 * A scope that is garbage-collected without being disposed of leaks its allocations, and
 * the leaks are reported.
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
export class Scope extends Allocator implements Disposable, AsyncDisposable {
  /** Name of the scope in messages. */
  readonly label: string | undefined;
  /**
   * Makes `postMessage` and `structuredClone` refuse a scope with a DataCloneError. A copy
   * would have no allocations.
   */
  readonly uncloneable: symbol = UNCLONEABLE;
  readonly #allocations: Allocations;
  readonly #lifetime: Lifetime;
  /** The members of the parent scope, if this scope has a parent. */
  readonly #group: Group | undefined;
  /** The allocations and scopes that end with this scope, the oldest first. */
  readonly #members: Group = new Set();
  #ownEnding: Ending | undefined;

  /**
   * Use {@linkcode Allocator.scope}.
   *
   * @param allocations The allocations of the heap.
   * @param label Its name in messages.
   * @param group The members of the parent scope; without it the scope has no parent.
   */
  constructor(
    allocations: Allocations,
    label: string | undefined,
    group?: Group,
  ) {
    super();
    this.#allocations = allocations;
    this.#lifetime = allocations.lifetime;
    this.#group = group?.add(this);
    this.label = label;
  }

  /** Whether the scope or its heap was disposed of, or the heap was reset. */
  get isDisposed(): boolean {
    return this.#ending !== undefined;
  }

  /** How many allocations and scopes end with this scope. */
  get size(): number {
    return this.#lifetime.ending ? 0 : this.#members.size;
  }

  /**
   * Allocates memory that is freed with this scope, unless it is disposed of before.
   * Otherwise as {@linkcode Heap.allocate}.
   *
   * @param size Bytes; 0 gives an allocation without bytes.
   * @param options Its alignment, whether it is zeroed, and its label.
   * @returns The allocation.
   * @throws {UsageError} If the scope was disposed of.
   * @throws {ArgumentError} If `size` is not a non-negative safe integer, the alignment
   * is not a power of two up to a page, or the label is not a string.
   * @throws {OutOfMemoryError} If the system refuses memory.
   *
   * @example Allocate in a scope
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const scope = heap.scope();
   * const frame = scope.allocate(640, { align: 64 });
   * assertEquals([frame.address % 64, scope.size], [0, 1]);
   * scope[Symbol.dispose]();
   * assertEquals(frame.isDisposed, true);
   * ```
   */
  override allocate(size: number, options: AllocationOptions = {}): Allocation {
    const { align, label, zero } = options; // a getter may dispose of the scope
    this.#requireOpen("allocate in");
    const allocation = this.#allocations.allocate(size, align, label, zero);
    this.#add(allocation);
    return allocation;
  }

  /**
   * Opens a scope that ends with this scope, unless it is disposed of before.
   *
   * @param options Its label.
   * @returns The new scope.
   * @throws {UsageError} If this scope was disposed of.
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
    const { label } = options; // a getter may dispose of this scope
    this.#requireOpen("open a scope in");
    return new Scope(this.#allocations, label, this.#members);
  }

  /**
   * Lets an allocation outlive this scope: the allocation moves into another scope, as
   * the newest member there, or out of all scopes. Outside of all scopes, it must be
   * disposed of by itself.
   *
   * @param allocation An allocation in this scope.
   * @param to The scope of this heap that frees the allocation instead; none by default.
   * @returns The allocation.
   * @throws {UsageError} If the allocation, this scope or `to` was disposed of.
   * @throws {ArgumentError} If `allocation` is not an allocation in this scope, or `to` is
   * not a scope of this heap.
   *
   * @example Return memory from a function that uses a scope
   * ```ts
   * import { type Allocation, Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * function greet(heap: Heap, name: string): Allocation {
   *   using scope = heap.scope();
   *   scope.allocateString("freed with the scope");
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
   * Frees all allocations in this scope and in its scopes, the newest first. A second
   * call frees what the first could not. The memory of an allocation on which an announced
   * operation runs is freed when that has settled ({@linkcode Allocation.during}).
   *
   * @throws {ScopeError} If munmap fails. Everything else was freed, and the scope takes
   * no new allocations; dispose of the scope again to free the rest.
   * @throws {CorruptionError} If a debug heap finds damage. Everything was freed. The
   * first damage is thrown, the rest is printed. With a ScopeError all damage is printed.
   *
   * @example Dispose of a scope
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
    this.#report(this.#releaseAll());
  }

  /**
   * Disposes of the scope, and waits until the announced operations on its allocations
   * have settled ({@linkcode Allocation.during}) and the memory is free. `await using`
   * calls this.
   *
   * @returns Nothing.
   * @throws {ScopeError} If munmap fails; dispose of the scope again.
   * @throws {CorruptionError} If a debug heap finds damage. Everything was freed.
   *
   * @example Wait for an operation at the end of a block
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * {
   *   await using scope = heap.scope();
   *   scope.allocate(64).during(Promise.resolve("read"));
   * }
   * assertEquals(heap.stats().liveBlocks, 0);
   * ```
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const { allocations } = this.#contents();
    const errors = this.#releaseAll();
    await Promise.all(
      allocations.map((allocation) => awaitFree(allocation, errors)),
    );
    this.#report(errors);
  }

  /**
   * Returns what the console shows.
   *
   * @returns The label, the number of members, and how the scope ended if it did.
   *
   * @example Inspect a scope
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

  /** Names the scope in the middle of a sentence. */
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
        `out of ${this.#describe()}: it is not in that scope; move it out of the ` +
          "scope that it was allocated in, or was moved into",
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

  #releaseAll(): ReleaseErrors {
    this.#ownEnding ??= this.#allocations.makeEnding("it was disposed of");
    const what = `its ${this.#name} was disposed of`;
    return this.#release({ ...this.#ownEnding, what });
  }

  /** Throws the first of the errors, and prints damage that is not thrown. */
  #report({ refused, damage }: ReleaseErrors): void {
    const thrown = refused.length > 0
      ? new ScopeError(refused, this.#name)
      : damage.shift();
    for (const { message } of damage) printLine(message);
    if (thrown) throw thrown;
  }

  /** Frees all allocations, the newest first. What cannot be freed stays a member. */
  #release(ending: Ending): ReleaseErrors {
    const errors: ReleaseErrors = { refused: [], damage: [] };
    const { scopes, allocations } = this.#contents();
    for (const scope of scopes) scope.#ownEnding ??= ending;
    for (const each of allocations) releaseAllocation(each, ending, errors);
    scopes.reverse();
    for (const scope of scopes) scope.#leaveIfEmpty();
    const waiting = allocations.filter((each) => blockOf(each)!.isBusy);
    if (waiting.length > 0) leaveLate(waiting, scopes);
    return errors;

    async function leaveLate(
      allocations: readonly Allocation[],
      scopes: readonly Scope[],
    ): Promise<void> {
      await Promise.all(allocations.map((each) => blockOf(each)!.idle()));
      for (const each of allocations) {
        if (isFreed(blockOf(each)!)) leaveGroup(each);
      }
      for (const scope of scopes) scope.#leaveIfEmpty();
    }
  }

  #leaveIfEmpty(): void {
    if (this.#members.size === 0) this.#group?.delete(this);
  }

  /**
   * Returns what ends with this scope, the newest first: this scope and the scopes in it,
   * parents before children, and the allocations of all. There is no recursion, since
   * scopes may be nested deeper than calls.
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

/** An allocation that could not be freed. */
export interface RefusedFree {
  /** The allocation, which is still live. */
  readonly allocation: Allocation;
  /** Why it was not freed. */
  readonly error: Error;
}

/**
 * Thrown when munmap fails while a scope is disposed of. All other allocations were
 * freed; dispose of the scope again to free the rest. The `errors` say why each was not
 * freed.
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
  /** The allocations that are still live, the newest first. */
  readonly allocations: readonly Allocation[];

  /**
   * Makes the error.
   *
   * @param refused The allocations that were not freed, and why.
   * @param scope The name of the scope, such as `'scope "request"'`.
   */
  constructor(refused: readonly RefusedFree[], scope: string) {
    const listed = refused.map(({ allocation, error }) =>
      `\n    ${Deno.inspect(allocation)}: ${error.message}`
    );
    super(
      refused.map(({ error }) => error),
      `Cannot free everything in ${scope}:${
        listed.slice(0, MOST_LISTED).join("")
      }\n` +
        `${countLive(refused.length)} still live, all others were freed; ` +
        "dispose of the scope again",
    );
    this.allocations = refused.map(({ allocation }) => allocation);
  }
}

/** Reads each option once: a getter may give another value the next time. */
function readOptions(
  options: ContentOptions,
  usualAlign?: number,
): ContentOptions {
  const { align = usualAlign, label } = options;
  return {
    ...(align === undefined ? {} : { align }),
    ...(label === undefined ? {} : { label }),
  };
}

/** Refuses targets that are not iterable. */
function requireTargets(targets: unknown): void {
  if (Object(targets)[Symbol.iterator]) return;
  throw new ArgumentError(
    `Cannot make an array of pointers of ${
      showValue(targets)
    }: expected an array, or ` +
      "another iterable, of allocations, pointers and addresses",
  );
}

/** Refuses a layout that does not come from `struct`. */
function requireLayout(layout: unknown): void {
  if (layout instanceof Struct) return;
  throw new ArgumentError(
    `Cannot allocate a structure of ${
      showValue(layout)
    }: expected what struct() returned`,
  );
}

/** Refuses text that C would read differently. */
function requireCString(text: string): void {
  if (typeof text !== "string") {
    throw new ArgumentError(
      `Cannot make a C string from ${showValue(text)}: expected a string`,
    );
  }
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    throw new ArgumentError(
      `Cannot make a C string from text with a NUL at ${nul}: C would end the string ` +
        "there; remove the NUL, or allocate the bytes with allocateFrom",
    );
  }
  const half = text.search(/\p{Surrogate}/u);
  if (half >= 0) {
    throw new ArgumentError(
      `Cannot make a C string from text with half of a surrogate pair at ${half}: ` +
        "UTF-8 cannot encode it; replace it with U+FFFD by calling toWellFormed()",
    );
  }
}

/** What went wrong when a scope was released. */
interface ReleaseErrors {
  /** The allocations that are still live. */
  readonly refused: RefusedFree[];
  /** The damage that a debug heap found. Damaged blocks were freed. */
  readonly damage: Error[];
}

function releaseAllocation(
  allocation: Allocation,
  ending: Ending,
  { refused, damage }: ReleaseErrors,
): void {
  const block = blockOf(allocation)!;
  try {
    block.release(ending);
  } catch (thrown) {
    const error = thrown as Error;
    if (isFreed(block)) damage.push(error);
    else refused.push({ allocation, error });
  }
  if (isFreed(block)) leaveGroup(allocation);
}

/** Waits until the memory of an allocation that was disposed of is free. */
async function awaitFree(
  allocation: Allocation,
  { refused, damage }: ReleaseErrors,
): Promise<void> {
  const block = blockOf(allocation)!;
  try {
    await block.settled();
  } catch (thrown) {
    const error = thrown as Error;
    if (isFreed(block)) damage.push(error);
    else refused.push({ allocation, error });
  }
}

function isFreed(block: OwnedBlock): boolean {
  return block.isEnded && !block.isWaiting;
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

function countLive(count: number): string {
  return count === 1
    ? "1 of its allocations is"
    : `${count} of its allocations are`;
}
