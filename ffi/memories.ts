/**
 * The two memories there are: {@linkcode processMemory}, the process's own program break,
 * and {@linkcode arenaMemory}, a break of its own in a reserved range.
 *
 * ```text
 *   process   │ the C library and others … │ heap │ others … │ heap │ <- break
 *   arena     │ heap blocks … │ <- break … reserved, not yet touched │
 * ```
 *
 * Both keep a {@linkcode MappingTable}, so that a window on a mapping is detached before the
 * mapping is given back. A mapping stays mapped if a window on it cannot be detached.
 *
 * @module
 */
import { type IndexedRange, RangeIndex } from "../collections/range_index.ts";
import { RecyclingMap } from "../collections/recycling_map.ts";
import { ArgumentError, requireWhole } from "../errors/argument_error.ts";
import { formatAddress, numberRemedy, showValue } from "../errors/messages.ts";
import { ENOMEM, SystemCallError } from "../errors/system_errors.ts";
import { UsageError } from "../errors/usage_error.ts";
import type { Address, Memory } from "./memory.ts";
import {
  closeWindow,
  isDetached,
  isTransferred,
  mmap,
  munmap,
  openReserved,
  pageSize,
  sbrk,
  windowOn,
} from "./system.ts";

let shared: Memory | undefined;

/**
 * The process's own program break and mappings: the memory of the `os_*` functions.
 *
 * The break is shared with the C library's own malloc, which the runtime calls from
 * several threads. Others may move the break between two calls, so a heap asks where it
 * is before it grows, and never lowers it.
 *
 * @returns The memory. All calls in this isolate return the same one.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example A heap on the program break
 * ```ts
 * import { Heap, processMemory } from "@osmem/osmem";
 * import { assert } from "@std/assert";
 *
 * const heap = new Heap({ memory: processMemory() });
 * const address = heap.malloc(100);
 * assert(address < processMemory().sbrk(0));
 * heap.free(address);
 * ```
 */
export function processMemory(): Memory {
  return shared ??= openProcessMemory();
}

function openProcessMemory(): Memory {
  const mappings = new MappingTable();
  return {
    pageSize: pageSize(),
    sbrk,
    mmap: (length) => mappings.map(length),
    munmap: (address, length) => mappings.unmap(address, length),
    buffer: (address, length) => mappings.window(address, length),
  };
}

/** Options for {@linkcode arenaMemory}. */
export interface ArenaOptions {
  /**
   * Address space for the arena's break to move in, in bytes, rounded up to
   * whole pages. Only pages that are touched take memory. What the break has reached,
   * and up to 5 MiB more, counts against `ulimit -d` and the kernel's commit limit. All
   * of it counts against `ulimit -v`, as some 34 GB of Deno's own do: ask for less only
   * where that limit leaves no room for it.
   *
   * @default {4294967296}
   */
  readonly reserve?: number;
}

/** A {@linkcode Memory} of its own, given back to the system when disposed. */
export interface ArenaMemory extends Memory, Disposable {
  /** The arena's first byte, where its break starts. */
  readonly start: Address;
  /** Bytes reserved for the break to move in. */
  readonly reserve: number;
}

const DEFAULT_RESERVE = 2 ** 32;

/** The open part of an arena ends at a multiple of this: a huge page of most machines. */
const OPENING_STEP = 2 ** 22;

/** Bytes past the break that are open, too, so that the break moves often without a call. */
const OPEN_AHEAD = 2 ** 20;

/**
 * A private program break inside a reserved mapping. No other code moves it, so
 * addresses relative to its start are the same in every run.
 *
 * ```text
 *   start                break            open up to here      start + reserve
 *   │ heap blocks ……………… │ not yet touched … │ without access ………… │
 * ```
 *
 * Disposing of it detaches all windows on the range and on every mapping made through it,
 * and gives them back. What a window shows that cannot be detached stays mapped: the buffer
 * of the window was transferred, or marked as untransferable. Disposing of the arena is
 * refused while blocks of a heap in it are transferred to other isolates
 * ({@linkcode Heap.transfer}), or used by an operation ({@linkcode Allocation.during}).
 *
 * @param options How much to reserve.
 * @returns The arena.
 * @throws {ArgumentError} If `reserve` is not a positive safe integer.
 * @throws {SystemCallError} If the system refuses the reservation.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example Two heaps that start alike
 * ```ts
 * import { arenaMemory, Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using first = arenaMemory({ reserve: 1 << 20 });
 * using second = arenaMemory({ reserve: 1 << 20 });
 * const a = new Heap({ memory: first }).malloc(10);
 * const b = new Heap({ memory: second }).malloc(10);
 * assertEquals(a - first.start, b - second.start);
 * ```
 */
export function arenaMemory(options: ArenaOptions = {}): ArenaMemory {
  const { reserve = DEFAULT_RESERVE } = options;
  if (!Number.isSafeInteger(reserve) || reserve <= 0) {
    throw new ArgumentError(
      `Cannot reserve ${
        showValue(reserve)
      } bytes for an arena: expected a positive ` +
        `safe integer${numberRemedy(reserve)}`,
    );
  }
  return new Arena(reserve);
}

/**
 * Adds a check that runs before an arena is disposed of, and that throws to prevent it.
 * For any other memory, also one that wraps an arena, this does nothing.
 *
 * @param memory The arena.
 * @param require The check.
 * @returns Disposing of it removes the check.
 */
export let guardArena: (memory: Memory, require: () => void) => Disposable;

const TO_RESERVE_LESS =
  "it is the address space of an arena; see `ulimit -v`, or reserve less with " +
  "new Heap({ memory: arenaMemory({ reserve }) })";

function roundUp(address: number, unit: number): number {
  return Math.ceil(address / unit) * unit;
}

class Arena implements ArenaMemory {
  readonly pageSize: number;
  readonly start: Address;
  readonly reserve: number;
  readonly #range = new MappingTable();
  readonly #mappings = new MappingTable();
  #break: Address;
  /** The end of the part that can be read and written. */
  #opened: Address;
  #disposed = false;
  /** The checks that run before it is disposed of. */
  readonly #guards = new Set<() => void>();

  static {
    guardArena = (memory, require) => {
      const guards = #guards in memory ? memory.#guards : undefined;
      guards?.add(require);
      return { [Symbol.dispose]: () => guards?.delete(require) };
    };
  }

  constructor(reserve: number) {
    this.pageSize = pageSize();
    this.reserve = roundUp(reserve, this.pageSize);
    this.start = this.#reserve();
    this.#break = this.#opened = this.start;
    this.#open(this.start);
  }

  #reserve(): Address {
    try {
      return this.#range.map(this.reserve, true);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      const { syscall, errno } = error;
      throw new SystemCallError(
        syscall,
        errno,
        [this.reserve],
        TO_RESERVE_LESS,
      );
    }
  }

  /**
   * Opens the range up to an address and some way further; where the system refuses that,
   * only to the end of the address's page.
   *
   * @returns Whether the range is open up to there.
   */
  #open(address: Address): boolean {
    const end = Math.min(
      roundUp(address + OPEN_AHEAD, OPENING_STEP),
      this.start + this.reserve,
    );
    return this.#openUpTo(end) ||
      this.#openUpTo(roundUp(address, this.pageSize));
  }

  #openUpTo(end: Address): boolean {
    const isFirst = this.#opened === this.start;
    const splits = isFirst && end < this.start + this.reserve;
    if (!openReserved(this.#opened, end - this.#opened, splits)) return false;
    this.#opened = end;
    return true;
  }

  sbrk(increment: number): Address {
    this.#requireOpen();
    requireWhole("sbrk", "increment", increment, Number.MIN_SAFE_INTEGER);
    const previous = this.#break;
    const next = previous + increment;
    if (
      next < this.start || next > this.start + this.reserve ||
      (next > this.#opened && !this.#open(next))
    ) {
      throw new SystemCallError("sbrk", ENOMEM, [increment]);
    }
    this.#break = next;
    return previous;
  }

  mmap(length: number): Address {
    this.#requireOpen();
    return this.#mappings.map(length);
  }

  munmap(address: Address, length: number): void {
    this.#requireOpen();
    this.#mappings.unmap(address, length);
  }

  buffer(address: Address, length: number): ArrayBuffer {
    this.#requireOpen();
    requireWhole("open a window", "address", address);
    requireWhole("open a window", "length", length);
    const rest = this.start + this.reserve - address;
    if (address < this.start || rest <= 0) {
      return this.#mappings.window(address, length);
    }
    return this.#range.window(address, Math.min(length, rest));
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    for (const require of this.#guards) require();
    this.#mappings.unmapAll();
    this.#range.unmapAll();
    this.#disposed = true;
  }

  #requireOpen(): void {
    if (this.#disposed) {
      throw new UsageError(
        "disposed",
        "Cannot use this arena: it was disposed",
      );
    }
  }
}

interface Mapping extends IndexedRange {
  readonly windows: WindowList;
}

/**
 * The mappings of one {@linkcode Memory} with the windows opened on them, so that no
 * window outlives the memory that it shows.
 */
class MappingTable {
  readonly #mappings = new RecyclingMap<Mapping>();
  /** The mappings by each of their addresses. */
  readonly #index = new RangeIndex<Mapping>();

  /** Makes a mapping of `length` bytes. */
  map(length: number, reserve = false): Address {
    const address = mmap(length, reserve);
    const mapping = { address, length, windows: new WindowList() };
    this.#mappings.set(address, mapping);
    this.#index.add(mapping);
    return address;
  }

  /** Detaches the windows on a mapping, and gives the whole mapping back. */
  unmap(address: Address, length: number): void {
    const mapping = this.#mappings.get(address);
    if (mapping?.length !== length) {
      throw new ArgumentError(
        `Cannot unmap ${length} bytes at ${formatAddress(address)}: ` +
          (mapping
            ? `the mapping there has ${mapping.length}; give it back whole`
            : "this memory has no mapping there"),
      );
    }
    if (!mapping.windows.close()) {
      throw new UsageError(
        "buffer-taken",
        `Cannot unmap ${length} bytes at ${
          formatAddress(address)
        }: the buffer of a ` +
          "view of them was transferred, or marked as untransferable, so it can still " +
          "be read; the mapping stays",
      );
    }
    munmap(address, length);
    this.#forget(mapping);
  }

  /** Opens a window. If it lies in one of the mappings, it closes with that. */
  window(address: Address, length: number): ArrayBuffer {
    const window = windowOn(address, length);
    const mapping = this.#mappings.get(address) ?? this.#index.around(address);
    mapping?.windows.add(window);
    return window;
  }

  /** Gives every mapping back, except those on which a window cannot be detached. */
  unmapAll(): void {
    for (const [, mapping] of this.#mappings) {
      const { address, length, windows } = mapping;
      if (windows.close()) munmap(address, length);
      this.#forget(mapping);
    }
  }

  #forget(mapping: Mapping): void {
    this.#mappings.delete(mapping.address);
    this.#index.delete(mapping);
  }
}

/**
 * The windows on one mapping that were not detached yet. A window without views could be
 * collected, but not forgotten: if its buffer was transferred before, only the window
 * itself shows that.
 */
class WindowList {
  #windows: ArrayBuffer[] = [];
  /** Whether the buffer of a window was transferred. */
  #wasTransferred = false;
  /** The length at which detached windows are looked for. */
  #crowded = 16;

  /** Adds a window. */
  add(window: ArrayBuffer): void {
    this.#windows.push(window);
    if (this.#windows.length < this.#crowded) return;
    this.#wasTransferred ||= this.#windows.some(isTransferred);
    this.#windows = this.#windows.filter((window) => !isDetached(window));
    this.#crowded = 16 + 2 * this.#windows.length;
  }

  /** Detaches every window, and returns whether nobody can reach the memory any more. */
  close(): boolean {
    const open = this.#windows.filter((window) => !closeWindow(window));
    this.#windows = open;
    return open.length === 0 && !this.#wasTransferred;
  }
}
