import { ArgumentError } from "../errors/argument_error.ts";
import { numberRemedy, showValue } from "../errors/messages.ts";
import type { Address, Memory } from "../ffi/memory.ts";
import { CELL_BYTES, SMALLEST_BLOCK_CELLS } from "./layout.ts";

/**
 * Which free block a search chooses, of those that are large enough:
 *
 * - `"best"`: the smallest; of equal ones the one at the lowest address.
 * - `"first"`: the one at the lowest address.
 * - `"next"`: the first one in a search that starts where the last search ended and wraps
 *   around. It starts after the block allocated last: at the rest, if that block was
 *   split. If the block there has been merged into another since, it starts at that
 *   block. After the last block of the list it starts at the first. A `realloc` that
 *   keeps a block in place is not a search.
 * - `"worst"`: the largest; of equal ones the one at the lowest address.
 *
 * The last block of the list takes part like any other. If no block is large enough, the
 * break is raised.
 *
 * First, next and best fit are described by Knuth in The Art of Computer
 * Programming, 2.5 (next fit as a change of first fit's Algorithm A, exercise 6);
 * all four, and how they differ in fragmentation, by Wilson, Johnstone, Neely and
 * Boles, "Dynamic Storage Allocation: A Survey and Critical Review", 1995, under
 * "Sequential Fits", and by Arpaci-Dusseau and Arpaci-Dusseau, Operating Systems:
 * Three Easy Pieces, chapter 17.
 *
 * @example Compare which block each policy chooses
 * ```ts
 * import { type FitPolicy, Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * // Which of three free blocks, of 400, 104 and 200 bytes, is chosen for 90.
 * function sizeChosen(fit: FitPolicy): number {
 *   using heap = new Heap({ fit, split: false, preallocate: 0 });
 *   const [first, , second, , third] = [400, 8, 104, 8, 200, 8].map((size) =>
 *     heap.malloc(size)
 *   );
 *   for (const address of [first!, second!, third!]) heap.free(address);
 *   heap.free(heap.malloc(300)); // the first: next fit goes on after it
 *   return heap.usableSize(heap.malloc(90));
 * }
 * assertEquals(sizeChosen("best"), 104);
 * assertEquals(sizeChosen("first"), 400);
 * assertEquals(sizeChosen("next"), 104);
 * assertEquals(sizeChosen("worst"), 400);
 * ```
 */
export type FitPolicy = "best" | "first" | "next" | "worst";

/**
 * When free neighbours become one block:
 *
 * - `"deferred"`: just before free blocks are searched; `free` only marks a block.
 * - `"immediate"`: as soon as a block is freed, or cut off by `realloc`.
 * - `"never"`: they stay separate, and `realloc` never absorbs the block that follows.
 *   The last block still grows by raising the break.
 *
 * Knuth's boundary tags are made for immediate merging (The Art of Computer
 * Programming, 2.5, Algorithm C). Wilson, Johnstone, Neely and Boles, "Dynamic Storage
 * Allocation: A Survey and Critical Review", 1995, give the reasons for deferring it;
 * Arpaci-Dusseau and Arpaci-Dusseau, Operating Systems: Three Easy Pieces, chapter 17,
 * show what never merging leads to.
 *
 * @example See when two neighbours become one
 * ```ts
 * import { type CoalescePolicy, Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * function sizesAfterFree(coalesce: CoalescePolicy): number[] {
 *   using heap = new Heap({ coalesce, preallocate: 0 });
 *   const addresses = [40, 40, 40].map((size) => heap.malloc(size));
 *   heap.free(addresses[0]!);
 *   heap.free(addresses[1]!);
 *   return Array.from(heap.blocks(), ({ size }) => size);
 * }
 * assertEquals(sizesAfterFree("deferred"), [40, 40, 40]);
 * assertEquals(sizesAfterFree("immediate"), [112, 40]);
 * assertEquals(sizesAfterFree("never"), [40, 40, 40]);
 * ```
 */
export type CoalescePolicy = "deferred" | "immediate" | "never";

/**
 * Options for a {@linkcode Heap}. The defaults are the contract's. With every policy a
 * call takes amortised logarithmic time in the number of blocks.
 *
 * @example Let the heap never split a block
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap({ split: false });
 * assertEquals(heap.usableSize(heap.malloc(10)), 131072 - 32);
 * ```
 *
 * @example Raise the break by whole pages
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap({ preallocate: 0, growth: 4096 });
 * heap.malloc(100);
 * assertEquals(heap.stats().footprintBytes, 4096);
 * ```
 */
export interface HeapOptions {
  /**
   * Where the heap's memory comes from. By default the heap makes an arena of its own,
   * and gives it back when it is disposed of.
   */
  readonly memory?: Memory;
  /**
   * Which free block is chosen, of those that are large enough.
   *
   * @default {"best"}
   */
  readonly fit?: FitPolicy;
  /**
   * Whether a block that is larger than needed is split when it is allocated or resized,
   * if the rest is large enough for a block (The Art of Computer Programming, 2.5,
   * Algorithm A). Otherwise a free block is used whole, and the first allocation gets
   * all of the preallocated memory.
   *
   * @default {true}
   */
  readonly split?: boolean;
  /**
   * When free neighbours are merged.
   *
   * @default {"deferred"}
   */
  readonly coalesce?: CoalescePolicy;
  /**
   * `malloc` and `realloc` make a mapping for a block whose header and payload together
   * have at least this many bytes. `Infinity` means never.
   *
   * @default {131072}
   */
  readonly mmapThreshold?: number;
  /**
   * `calloc` makes a mapping for a block whose header and payload together have at least
   * this many bytes. The default is the page size, because fresh mappings are zero
   * already.
   */
  readonly callocThreshold?: number;
  /**
   * Bytes by which the break is raised when the heap is first needed: 0, or a multiple
   * of 8 that is at least 40, the smallest block.
   *
   * @default {131072}
   */
  readonly preallocate?: number;
  /**
   * The break is raised by multiples of this many bytes, itself a multiple of 8. With 8
   * it is raised by exactly the bytes that are missing. Bytes beyond those become a free
   * last block, if they are enough for one and blocks are split; otherwise they belong to
   * the block that the break was raised for. The preallocation is not rounded. If others
   * left the break unaligned, up to 7 bytes are added.
   *
   * @default {8}
   */
  readonly growth?: number;
  /**
   * Which {@linkcode Allocation} objects note the calls that made them, so that a leak can
   * be traced. To note them takes four microseconds, the rest of `allocate` a third of one.
   * This option does not affect `malloc`.
   *
   * - `"sampled"`: the first 1,000 allocations of the heap, and then one in 64, chosen at
   *   random. Only these are reported if they are collected without being disposed of.
   * - `"all"`: every allocation; in a debug heap also the calls that disposed of it.
   * - `"none"`: none. Those that `"sampled"` would choose are reported, without calls.
   *
   * @default {"sampled", in a debug heap "all"}
   */
  readonly recordStacks?: StackRecording;
  /**
   * Whether the heap looks for mistakes: writes past the end of a block and into freed
   * memory ({@linkcode CorruptionError}), and wrong uses of freed blocks. Each is reported
   * with the calls that allocated and freed the block. When the heap is disposed of, or
   * else when the program ends, it reports the blocks that are still live.
   *
   * `free`, `realloc`, {@linkcode Heap.check} and the disposal of a damaged block report
   * damage. When memory runs out, blocks in the quarantine are used again: then `malloc`
   * and `calloc` report damage too.
   *
   * A debug heap keeps the contract except for addresses and system calls. `usableSize`
   * returns exactly the bytes that were asked for. A `malloc` and a `free` take about
   * 12 µs, and 35 µs more for blocks that live on. Each block takes 16 bytes or more, and
   * the quarantine up to 4 MiB.
   *
   * @default {false}
   *
   * @example Detect a write into a freed block
   * ```ts
   * import { CorruptionError, Heap } from "@osmem/osmem";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * const heap = new Heap({ debug: true });
   * const address = heap.malloc(24);
   * const stale = heap.bytes(address);
   * heap.free(address);
   * stale[4] = 1;
   * const error = assertThrows(() => heap.check(), CorruptionError);
   * assertEquals([error.code, error.offset], ["write-after-free", 4]);
   * ```
   */
  readonly debug?: boolean;
  /**
   * Called for each leak that is found, instead of printing the leak to standard error:
   * for an {@linkcode Allocation} that was collected without being disposed of, if
   * {@linkcode HeapOptions.recordStacks} chose it, and for each block that is live when a
   * debug heap ends.
   *
   * @example Collect leaks
   * ```ts
   * import { Heap, type Leak } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * const leaks: Leak[] = [];
   * {
   *   using heap = new Heap({ debug: true, onLeak: (leak) => leaks.push(leak) });
   *   heap.malloc(100);
   * }
   * assertEquals(leaks.map(({ size }) => size), [100]);
   * ```
   */
  readonly onLeak?: LeakListener;
}

/** Which allocations note the calls that made them: {@linkcode HeapOptions.recordStacks}. */
export type StackRecording = "all" | "sampled" | "none";

/** Called for each leak that is found. What it throws is printed. */
export type LeakListener = (leak: Leak) => void;

/** A live block that is, perhaps, no longer needed. */
export interface Leak {
  /** The address of its payload. */
  readonly address: Address;
  /**
   * Bytes that were asked for. For a block of `malloc` only a debug heap knows them; in
   * other heaps these are the bytes of payload.
   */
  readonly size: number;
  /** Its {@linkcode AllocationOptions.label}. */
  readonly label: string | undefined;
  /**
   * The calls that allocated it, the innermost first, as in
   * `main (file:///program.ts:3:14)`; empty if they were not noted.
   */
  readonly calls: readonly string[];
}

/** The policy of a heap: the {@linkcode HeapOptions} that decide where blocks lie, all of them. */
export type HeapPolicy = Required<
  Omit<HeapOptions, "memory" | "recordStacks" | "debug" | "onLeak">
>;

const KIBIBYTE = 1024;
const DEFAULT_THRESHOLD = 128 * KIBIBYTE;
const DEFAULT_PREALLOCATION = 128 * KIBIBYTE;
const SMALLEST_BLOCK_BYTES = SMALLEST_BLOCK_CELLS * CELL_BYTES;

/** Every fit. */
export const FITS: readonly FitPolicy[] = ["best", "first", "next", "worst"];

/** Every time at which free neighbours may be merged. */
export const COALESCE: readonly CoalescePolicy[] = [
  "deferred",
  "immediate",
  "never",
];

/** Every choice of allocations that note their calls. */
const RECORDINGS: readonly StackRecording[] = ["all", "sampled", "none"];

/** The options of a heap as they were read, with a value for each that has a default. */
export interface CheckedOptions
  extends Required<Omit<HeapOptions, "memory" | "callocThreshold" | "onLeak">> {
  /** The memory that was given, if any. */
  readonly memory: Memory | undefined;
  /** The threshold that was given; by default it is the page size of the memory. */
  readonly callocThreshold: number | undefined;
  /** The listener that was given, if any. */
  readonly onLeak: LeakListener | undefined;
}

/**
 * Reads all options and checks their values. Each option is read once, here, since a
 * getter may give another value the next time.
 *
 * @returns The values that were checked.
 * @throws {ArgumentError} If an option does not allow its value.
 */
export function checkOptions(options: HeapOptions): CheckedOptions {
  const {
    memory,
    fit = "best",
    split = true,
    coalesce = "deferred",
    mmapThreshold = DEFAULT_THRESHOLD,
    callocThreshold,
    preallocate = DEFAULT_PREALLOCATION,
    growth = CELL_BYTES,
    debug = false,
    recordStacks = debug ? "all" : "sampled",
    onLeak,
  } = options;
  requireOneOf("fit", fit, FITS);
  requireOneOf("split", split, [true, false]);
  requireOneOf("debug", debug, [true, false]);
  requireOneOf("recordStacks", recordStacks, RECORDINGS);
  requireListener(onLeak);
  requireOneOf("coalesce", coalesce, COALESCE);
  requireThreshold("mmapThreshold", mmapThreshold);
  if (callocThreshold !== undefined) {
    requireThreshold("callocThreshold", callocThreshold);
  }
  requirePreallocation(preallocate);
  requireGrowth(growth);
  return {
    memory,
    fit,
    split,
    coalesce,
    mmapThreshold,
    callocThreshold,
    preallocate,
    growth,
    debug,
    recordStacks,
    onLeak,
  };
}

/** The policy among the options, which also depends on the page size of the memory. */
export function policyOf(
  options: CheckedOptions,
  pageSize: number,
): HeapPolicy {
  const { fit, split, coalesce, mmapThreshold, preallocate, growth } = options;
  const { callocThreshold = pageSize } = options;
  return {
    fit,
    split,
    coalesce,
    mmapThreshold,
    callocThreshold,
    preallocate,
    growth,
  };
}

function requireOneOf<Value>(
  name: string,
  value: Value,
  allowed: readonly Value[],
): void {
  if (allowed.includes(value)) return;
  throw new ArgumentError(
    `Cannot make a heap with ${name} ${showValue(value)}: expected one of ` +
      allowed.map((each) => Deno.inspect(each)).join(", "),
  );
}

function requireListener(value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new ArgumentError(
    `Cannot make a heap with onLeak ${showValue(value)}: expected a function ` +
      "that takes a leak",
  );
}

function requireThreshold(name: string, value: number): void {
  if (value === Infinity || (Number.isSafeInteger(value) && value >= 0)) return;
  throw new ArgumentError(
    `Cannot make a heap with ${name} ${
      showValue(value)
    }: expected bytes as a ` +
      `non-negative safe integer, or Infinity${numberRemedy(value)}`,
  );
}

function requirePreallocation(value: number): void {
  const hasRoom = Number.isSafeInteger(value) &&
    value >= SMALLEST_BLOCK_BYTES &&
    value % CELL_BYTES === 0;
  if (value === 0 || hasRoom) return;
  throw new ArgumentError(
    `Cannot make a heap with preallocate ${
      showValue(value)
    }: expected 0, or a ` +
      `multiple of ${CELL_BYTES} that is at least ${SMALLEST_BLOCK_BYTES}` +
      numberRemedy(value),
  );
}

function requireGrowth(value: number): void {
  const isWhole = Number.isSafeInteger(value) && value % CELL_BYTES === 0;
  if (isWhole && value >= CELL_BYTES) return;
  throw new ArgumentError(
    `Cannot make a heap with growth ${showValue(value)}: expected bytes as a ` +
      `multiple of ${CELL_BYTES}, at least ${CELL_BYTES}${numberRemedy(value)}`,
  );
}
