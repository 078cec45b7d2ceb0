import type { LiveBlock } from "../contract.ts";
import { quoteLabel } from "../../errors/messages.ts";
import { formatCalls } from "../../errors/stack_trace.ts";
import type { Address } from "../../ffi/memory.ts";

/** How many places a text names; the rest it counts. */
const MOST_SHOWN = 20;

/** How many labels of a place a text names. */
const MOST_LABELS = 3;

/**
 * What is live in a heap, grouped by where it was allocated, the most bytes first. Made
 * by {@linkcode Heap.leaks}. It does not change when the heap does.
 *
 * As a string it is a report to read, as JSON it is for programs.
 *
 * @example Ask what is live
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
   * @param live What is live.
   */
  constructor(live: Iterable<LiveBlock>) {
    this.#live = [...live];
  }

  /** How many blocks there are. */
  get blocks(): number {
    return this.#live.length;
  }

  /** Bytes of all together. */
  get bytes(): number {
    return this.#live.reduce((sum, { size }) => sum + size, 0);
  }

  /** Each block. */
  get leaks(): readonly Leak[] {
    return this.#live.map(leakOf);
  }

  /** The blocks by the place where they were allocated, the most bytes first. */
  get groups(): readonly LeakGroup[] {
    return this.#groups ??= grouped(this.#live);
  }

  /**
   * Leaves out what was live already when another report of the same heap was made.
   *
   * What a heap without `debug` allocated by `malloc` is told by its address alone: a
   * new block where an old one was freed counts as the old one.
   *
   * @param earlier The other report.
   * @returns What came since.
   *
   * @example See what a function left
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
   * The report to read: a paragraph for each place, of at most twenty.
   *
   * @returns Lines of text, without one behind the last.
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
   * What `JSON.stringify` makes of it: the groups, all of them.
   *
   * @returns Blocks, bytes, and groups.
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
   * What the console shows: the report to read.
   *
   * @returns The same as {@linkcode LeakReport.toString}.
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

/** A live block as the public sees it; its calls are put into words. */
export function leakOf(
  { address, size, label, trace }: Omit<LiveBlock, "identity">,
): Leak {
  return { address, size, label, calls: trace?.calls ?? [] };
}

/** A group that is still growing. */
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

/** A number of things, as in `"1,024 bytes"`. */
function count(number: number, thing: string): string {
  const digits = number.toLocaleString("en-US");
  return `${digits} ${thing}${number === 1 ? "" : "s"}`;
}

/** A block that is live although, perhaps, nobody needs it any more. */
export interface Leak {
  /** Its payload. */
  readonly address: Address;
  /**
   * Bytes that were asked for. Of what `malloc` gave only a debug heap knows that; of
   * others these are the bytes of payload.
   */
  readonly size: number;
  /** What {@linkcode AllocationOptions.label} calls it. */
  readonly label: string | undefined;
  /**
   * The calls that allocated it, the innermost first, as in
   * `main (file:///program.ts:3:14)`; none where that was not noted.
   */
  readonly calls: readonly string[];
}

/** Live blocks that were allocated at one place. */
export interface LeakGroup {
  /** How many there are. */
  readonly blocks: number;
  /** Bytes that were asked for, of all together. */
  readonly bytes: number;
  /** Their labels, each once. */
  readonly labels: readonly string[];
  /** The calls that allocated them, the innermost first; none where that was not noted. */
  readonly calls: readonly string[];
  /** The payload of each, the oldest first where that is known. */
  readonly addresses: readonly Address[];
}
