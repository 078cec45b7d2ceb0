/**
 * The live blocks of a heap as a report, and the assertion that a function leaves none.
 *
 * @module
 */
import { quoteLabel } from "../../errors/messages.ts";
import { formatCalls, type StackTrace } from "../../errors/stack_trace.ts";
import type { Address } from "../../ffi/memory.ts";
import type { Leak } from "../heap_options.ts";

/**
 * The live blocks of a heap, grouped by the place that allocated them, the most bytes
 * first. Made by {@linkcode Heap.leaks}. It does not change when the heap does.
 *
 * As a string it is a report to read, as JSON it is data for programs.
 *
 * @example List the live blocks
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * using heap = new Heap();
 * using buffer = heap.allocate(64, { label: "frame" });
 * const report = heap.leaks();
 * assertEquals([report.blocks, report.bytes], [1, 64]);
 * assertEquals(report.leaks[0]?.address, buffer.address);
 * assertStringIncludes(String(report), '64 bytes in 1 block "frame"');
 * ```
 */
export class LeakReport {
  readonly #live: readonly LiveBlock[];
  #groups: readonly LeakGroup[] | undefined;

  /**
   * Use {@linkcode Heap.leaks}.
   *
   * @param live The live blocks.
   */
  constructor(live: Iterable<LiveBlock>) {
    this.#live = [...live];
  }

  /** The number of blocks. */
  get blocks(): number {
    return this.#live.length;
  }

  /** Bytes of all blocks together. */
  get bytes(): number {
    return this.#live.reduce((sum, { size }) => sum + size, 0);
  }

  /** Each block. */
  get leaks(): readonly Leak[] {
    return this.#live.map(leakOf);
  }

  /** The blocks, grouped by the place that allocated them, the most bytes first. */
  get groups(): readonly LeakGroup[] {
    return this.#groups ??= grouped(this.#live);
  }

  /**
   * The blocks that were not live yet when an earlier report of this heap was made.
   *
   * In a heap without `debug` a block of `malloc` is known by its address alone: a new
   * block at the address of a freed one counts as the old one.
   *
   * @param earlier The earlier report.
   * @returns A report of the blocks allocated since.
   *
   * @example Find the blocks that a function left live
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap({ debug: true });
   * const kept = heap.malloc(100);
   * const before = heap.leaks();
   * const left = heap.malloc(8);
   * const [leak] = heap.leaks().since(before).leaks;
   * assertEquals([leak?.address, leak?.size], [left, 8]);
   * for (const address of [kept, left]) heap.free(address);
   * ```
   */
  since(earlier: LeakReport): LeakReport {
    const known = new Set(earlier.#live.map(({ identity }) => identity));
    return new LeakReport(
      this.#live.filter(({ identity }) => !known.has(identity)),
    );
  }

  /**
   * The report to read: a paragraph for each place, for at most twenty places.
   *
   * @returns Lines of text, without a line break at the end.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * assertEquals(String(heap.leaks()), "0 blocks, 0 bytes");
   * ```
   */
  toString(): string {
    const { groups } = this;
    const rest = groups.slice(MOST_SHOWN);
    return [
      `${count(this.blocks, "block")}, ${count(this.bytes, "byte")}`,
      ...groups.slice(0, MOST_SHOWN).map(paragraph),
      ...(rest.length > 0 ? [remainder(rest)] : []),
    ].join("\n");
  }

  /**
   * The data that `JSON.stringify` writes: the totals and all groups.
   *
   * @returns Blocks, bytes and groups.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const json = JSON.stringify(heap.leaks());
   * assertEquals(json, '{"blocks":0,"bytes":0,"groups":[]}');
   * ```
   */
  toJSON(): {
    readonly blocks: number;
    readonly bytes: number;
    readonly groups: readonly LeakGroup[];
  } {
    const { blocks, bytes, groups } = this;
    return { blocks, bytes, groups };
  }

  /**
   * The text that the console shows.
   *
   * @returns The report to read, as {@linkcode LeakReport.toString} returns it.
   *
   * @example
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * const report = heap.leaks();
   * assertEquals(Deno.inspect(report), String(report));
   * ```
   */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
}

/** Live blocks that were allocated at one place. */
export interface LeakGroup {
  /** The number of blocks. */
  readonly blocks: number;
  /** Bytes that were asked for, of all blocks together. */
  readonly bytes: number;
  /** The blocks' labels, each once. */
  readonly labels: readonly string[];
  /** The calls that allocated them, the innermost first; empty if they were not noted. */
  readonly calls: readonly string[];
  /** The payload of each block, the oldest first if their age is known. */
  readonly addresses: readonly Address[];
}

/** What a heap knows of a live block: what a report is made of. */
export interface LiveBlock {
  /** The address of its payload. */
  readonly address: Address;
  /** Bytes that were asked for, or bytes of payload if those are not known. */
  readonly size: number;
  /** The name that the program gave it. */
  readonly label: string | undefined;
  /** The calls that allocated it, if they were noted. */
  readonly trace: StackTrace | undefined;
  /**
   * A value that stands for this block until it is freed. In a heap without `debug` it
   * is the address of a block of `malloc`, which another block can get later.
   */
  readonly identity: unknown;
}

/**
 * Runs a function and asserts that it leaves no block live in a heap. For tests. If the
 * function throws, its error is thrown.
 *
 * A debug heap knows the calls that allocated each block. Other heaps know them for an
 * {@linkcode Allocation}, but know a block of `malloc` by its address alone: a new block
 * at the address of one that the function freed goes unnoticed.
 *
 * @param heap The heap that the function uses.
 * @param fn The function. If it is asynchronous, its promise is awaited.
 * @returns A promise if `fn` returns one.
 * @throws {LeakError} If a block is live that was not live before.
 *
 * @example Test a function that allocates
 * ```ts
 * import { assertNoLeaks, Heap } from "@osmem/osmem";
 *
 * Deno.test("the message is freed", () => {
 *   using heap = new Heap({ debug: true });
 *   assertNoLeaks(heap, () => {
 *     using message = heap.allocate(64, { label: "message" });
 *     message.bytes.fill(0);
 *   });
 * });
 * ```
 *
 * @example Test an asynchronous function
 * ```ts
 * import { assertNoLeaks, Heap } from "@osmem/osmem";
 *
 * using heap = new Heap({ debug: true });
 * await assertNoLeaks(heap, async () => {
 *   const address = heap.malloc(64);
 *   await Promise.resolve();
 *   heap.free(address);
 * });
 * ```
 */
export function assertNoLeaks<Result extends void | Promise<void>>(
  heap: ReportsLeaks,
  fn: () => Result,
): Result {
  const before = heap.leaks();
  const result = fn();
  if (!(result instanceof Promise)) {
    requireNoneSince(heap, before);
    return result;
  }
  return result.then(() => requireNoneSince(heap, before)) as Result;
}

/** A heap, as far as {@linkcode assertNoLeaks} uses it. */
export interface ReportsLeaks {
  /** The blocks that are live now. */
  leaks(): LeakReport;
}

/**
 * Thrown by {@linkcode assertNoLeaks} when a function left blocks live.
 *
 * @example Read which blocks were left
 * ```ts
 * import { assertNoLeaks, Heap, LeakError } from "@osmem/osmem";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * using heap = new Heap();
 * const error = assertThrows(
 *   () => assertNoLeaks(heap, () => void heap.malloc(100)),
 *   LeakError,
 * );
 * assertEquals([error.code, error.report.blocks], ["leak", 1]);
 * ```
 */
export class LeakError extends Error {
  /** `"LeakError"`. */
  override readonly name = "LeakError";
  /** `"leak"`. */
  readonly code = "leak";
  /** The blocks that were left live. */
  readonly report: LeakReport;

  /**
   * Makes the error.
   *
   * @param report The blocks that were left live.
   */
  constructor(report: LeakReport) {
    super(
      `The function left blocks live that were not before; free them, or dispose of them: ${report}`,
    );
    this.report = report;
  }
}

function requireNoneSince(heap: ReportsLeaks, before: LeakReport): void {
  const left = heap.leaks().since(before);
  if (left.blocks > 0) throw new LeakError(left);
}

/** The public facts of a live block. Its calls are put into words. */
export function leakOf(
  { address, size, label, trace }: Omit<LiveBlock, "identity">,
): Leak {
  return { address, size, label, calls: trace?.calls ?? [] };
}

/** A group while blocks are added to it. */
interface Growing {
  bytes: number;
  readonly labels: Set<string>;
  readonly calls: readonly string[];
  readonly addresses: number[];
}

const NO_CALLS: readonly string[] = [];

function grouped(live: readonly LiveBlock[]): LeakGroup[] {
  const groups = new Map<unknown, Growing>();
  for (const { address, size, label, trace } of live) {
    const calls = trace?.calls ?? NO_CALLS;
    const key = calls.length > 0 ? calls : label;
    const group = groups.get(key) ??
      { bytes: 0, labels: new Set(), calls, addresses: [] };
    groups.set(key, group);
    group.bytes += size;
    if (label !== undefined) group.labels.add(label);
    group.addresses.push(address);
  }
  return Array.from(groups.values(), finished)
    .sort((one, other) => other.bytes - one.bytes);
}

function finished({ bytes, labels, calls, addresses }: Growing): LeakGroup {
  const blocks = addresses.length;
  return { blocks, bytes, labels: [...labels], calls, addresses };
}

/** How many places a text shows; it counts the rest. */
const MOST_SHOWN = 20;

/** How many labels of a place a text shows. */
const MOST_LABELS = 3;

function paragraph({ bytes, blocks, labels, calls }: LeakGroup): string {
  const size = `  ${count(bytes, "byte")} in ${count(blocks, "block")}`;
  const where = calls.length > 0
    ? formatCalls(calls)
    : "    where it was allocated is noted by new Heap({ debug: true })";
  return `${size}${namedAll(labels)}\n${where}`;
}

function namedAll(labels: readonly string[]): string {
  if (labels.length === 0) return "";
  const shown = labels.slice(0, MOST_LABELS).map(quoteLabel);
  const more = labels.length - shown.length;
  return ` ${shown.join(", ")}${more > 0 ? ` and ${more} more labels` : ""}`;
}

function remainder(groups: readonly LeakGroup[]): string {
  const bytes = groups.reduce((sum, group) => sum + group.bytes, 0);
  const blocks = groups.reduce((sum, group) => sum + group.blocks, 0);
  return `  ${count(bytes, "byte")} in ${count(blocks, "block")}, ` +
    `from ${count(groups.length, "place")} more`;
}

/** Writes a count of things, as in `1,024 bytes`. */
function count(number: number, thing: string): string {
  const digits = number.toLocaleString("en-US");
  return `${digits} ${thing}${number === 1 ? "" : "s"}`;
}
