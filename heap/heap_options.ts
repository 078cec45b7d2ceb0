import { ArgumentError } from "../errors/argument_error.ts";
import { numberRemedy, showValue } from "../errors/messages.ts";
import type { Memory } from "../ffi/memory.ts";
import type { Leak } from "./leaks/leak_report.ts";
import { CELL_BYTES, SMALLEST_BLOCK_CELLS } from "./layout.ts";

/**
 * Which free block is given out, of those that suffice:
 *
 * - `"best"`: the smallest, of equals the one at the lowest address.
 * - `"first"`: the one at the lowest address.
 * - `"next"`: the first, in a search that starts where the last one left off and
 *   wraps around. That is at the block behind the one allocated last, which is the
 *   rest if that was split; if it has been merged into another one since, at that
 *   one; behind the last block of the list, at the first. `realloc` that keeps a
 *   block in place is no search.
 * - `"worst"`: the largest, of equals the one at the lowest address.
 *
 * The last block of the list takes part like any other. If none suffices, the
 * break is raised.
 *
 * First, next and best fit are described by Knuth in The Art of Computer
 * Programming, 2.5 (next fit as a change of first fit's Algorithm A, exercise 6);
 * all four, and how they differ in fragmentation, by Wilson, Johnstone, Neely and
 * Boles, "Dynamic Storage Allocation: A Survey and Critical Review", 1995, under
 * "Sequential Fits", and by Arpaci-Dusseau and Arpaci-Dusseau, Operating Systems:
 * Three Easy Pieces, chapter 17.
 *
 * @example Compare what each policy takes
 * ```ts
 * import { type FitPolicy, Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * // Which of three free blocks, of 400, 104 and 200 bytes, is given out for 90.
 * function sizeTaken(fit: FitPolicy): number {
 *   using heap = new Heap({ fit, split: false, preallocate: 0 });
 *   const [first, , second, , third] = [400, 8, 104, 8, 200, 8].map((size) =>
 *     heap.malloc(size)
 *   );
 *   for (const address of [first!, second!, third!]) heap.free(address);
 *   heap.free(heap.malloc(300)); // the first, where next fit goes on behind
 *   return heap.usableSize(heap.malloc(90));
 * }
 * assertEquals(sizeTaken("best"), 104);
 * assertEquals(sizeTaken("first"), 400);
 * assertEquals(sizeTaken("next"), 104);
 * assertEquals(sizeTaken("worst"), 400);
 * ```
 */
export type FitPolicy = "best" | "first" | "next" | "worst";

/**
 * When free neighbours become one block:
 *
 * - `"deferred"`: just before free blocks are searched; `free` only marks a block.
 * - `"immediate"`: as soon as one is freed, also what `realloc` cuts off.
 * - `"never"`: they stay as they are, and `realloc` never absorbs what follows a
 *   block. The last block still grows by raising the break.
 *
 * Knuth's boundary tags are made for immediate merging (The Art of Computer
 * Programming, 2.5, Algorithm C). For what speaks for deferring it see Wilson,
 * Johnstone, Neely and Boles, "Dynamic Storage Allocation: A Survey and Critical
 * Review", 1995; for what comes of never merging, Arpaci-Dusseau and
 * Arpaci-Dusseau, Operating Systems: Three Easy Pieces, chapter 17.
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
 * Options for a {@linkcode Heap}. The defaults are the contract's. By every policy
 * a call takes amortised logarithmic time in the number of blocks.
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
   * Where the heap's memory comes from. Without it the heap makes an arena of
   * its own, which it gives back when it is disposed.
   */
  readonly memory?: Memory;
  /**
   * Which of the free blocks that suffice is given out.
   *
   * @default {"best"}
   */
  readonly fit?: FitPolicy;
  /**
   * Whether a block that is too large is cut in two, when it is allocated or
   * resized, if what is left can be a block itself (The Art of Computer
   * Programming, 2.5, Algorithm A). Without that a free block is used whole, and
   * the first allocation takes all that is preallocated.
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
   * `malloc` and `realloc` give a block a mapping of its own when its header
   * and its payload have at least this many bytes together. `Infinity` for never.
   *
   * @default {131072}
   */
  readonly mmapThreshold?: number;
  /**
   * The same for `calloc`. By default the page size, because fresh mappings are
   * zero already.
   */
  readonly callocThreshold?: number;
  /**
   * Bytes by which the break is raised when the heap is first needed: 0, or a
   * multiple of 8 that holds a smallest block of 40 bytes.
   *
   * @default {131072}
   */
  readonly preallocate?: number;
  /**
   * The break is raised by a multiple of this many bytes, itself a multiple of 8;
   * by 8, exactly by what is lacking. What is over becomes part of a free last
   * block, if it is enough for one and blocks are split; else it belongs to the
   * block that the break was raised for. The preallocation is as given, and up
   * to 7 bytes come on top where others left the break unaligned.
   *
   * @default {8}
   */
  readonly growth?: number;
  /**
   * Whether each {@linkcode Allocation} notes where it was made, so that a leak can be
   * traced to there; in a debug heap also where it was disposed of. That is five
   * microseconds, where the rest of `allocate` is half of one. It is no matter to
   * `malloc`.
   *
   * @default {true}
   */
  readonly stacks?: boolean;
  /**
   * Whether the heap looks for mistakes: writes behind a block's end and into freed
   * memory ({@linkcode CorruptionError}), frees of what is free and uses of it, each
   * told with the calls that allocated and freed the block. When it is disposed of, and
   * else when the program ends, it reports what is still live.
   *
   * Damage is told by `free`, `realloc`, {@linkcode Heap.check} and the disposal of what
   * is damaged; where memory ends, and so blocks that were held back are used again, by
   * `malloc` and `calloc` too.
   *
   * It keeps to the contract but for addresses and system calls; `usableSize` gives
   * exactly the bytes that were asked for. It costs about 12 µs for a `malloc` and a
   * `free`, about 35 µs more for blocks that live on, 16 bytes a block or more, and up
   * to 4 MiB of freed blocks that are held back.
   *
   * @default {false}
   *
   * @example Find out who uses memory that was freed
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
   * Called for each leak that is found, instead of printing it to standard error: an
   * {@linkcode Allocation} that was collected without being disposed of, and what is
   * live when a debug heap ends.
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
  readonly onLeak?: (leak: Leak) => void;
}

/** The policy of a heap: those {@linkcode HeapOptions} that decide where blocks lie, all given. */
export type HeapPolicy = Required<
  Omit<HeapOptions, "memory" | "stacks" | "debug" | "onLeak">
>;

const KIBIBYTE = 1024;
const DEFAULT_THRESHOLD = 128 * KIBIBYTE;
const DEFAULT_PREALLOCATION = 128 * KIBIBYTE;
const SMALLEST_BLOCK_BYTES = SMALLEST_BLOCK_CELLS * CELL_BYTES;

/** Every fit. */
export const FITS: readonly FitPolicy[] = ["best", "first", "next", "worst"];

/** Every time at which free neighbours can be merged. */
export const COALESCE: readonly CoalescePolicy[] = [
  "deferred",
  "immediate",
  "never",
];

/**
 * Checks the values that are given.
 *
 * @throws {ArgumentError} If a value is not one that the option allows.
 */
export function checkOptions(options: HeapOptions): void {
  const { fit = "best", split = true, coalesce = "deferred" } = options;
  const { stacks = true, debug = false } = options;
  requireOneOf("fit", fit, FITS);
  requireOneOf("split", split, [true, false]);
  requireOneOf("stacks", stacks, [true, false]);
  requireOneOf("debug", debug, [true, false]);
  requireListener(options.onLeak);
  requireOneOf("coalesce", coalesce, COALESCE);
  const { mmapThreshold = 0, callocThreshold = 0 } = options;
  requireThreshold("mmapThreshold", mmapThreshold);
  requireThreshold("callocThreshold", callocThreshold);
  const { preallocate = 0, growth = CELL_BYTES } = options;
  requirePreallocation(preallocate);
  requireGrowth(growth);
}

/** Fills in the contract's values where none are given. */
export function policyOf(options: HeapOptions, pageSize: number): HeapPolicy {
  return {
    fit: options.fit ?? "best",
    split: options.split ?? true,
    coalesce: options.coalesce ?? "deferred",
    mmapThreshold: options.mmapThreshold ?? DEFAULT_THRESHOLD,
    callocThreshold: options.callocThreshold ?? pageSize,
    preallocate: options.preallocate ?? DEFAULT_PREALLOCATION,
    growth: options.growth ?? CELL_BYTES,
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
  const holdsBlocks = Number.isSafeInteger(value) &&
    value >= SMALLEST_BLOCK_BYTES &&
    value % CELL_BYTES === 0;
  if (value === 0 || holdsBlocks) return;
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
