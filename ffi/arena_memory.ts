import { UsageError } from "../errors/usage_error.ts";
import { ArgumentError, requireWhole } from "../errors/argument_error.ts";
import { MappingTable } from "./mapping_table.ts";
import type { Address, Memory } from "./memory.ts";
import { numberRemedy, showValue } from "../errors/messages.ts";
import { pageSize } from "./system.ts";
import { ENOMEM, SystemCallError } from "../errors/system_call_error.ts";

/** Options for {@linkcode arenaMemory}. */
export interface ArenaOptions {
  /**
   * Address space for the arena's break to move in, in bytes, rounded up to
   * whole pages. It costs memory only where it is touched. Where `ulimit -v` or
   * `ulimit -d` is lower than this, ask for less.
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

/**
 * Lets somebody refuse that an arena is disposed of, by throwing. Of another memory,
 * also of one that wraps an arena, nothing is known.
 *
 * @param memory The arena.
 * @param require Called before it is disposed of.
 * @returns What takes that back.
 */
export let guardArena: (memory: Memory, require: () => void) => Disposable;

/**
 * A private program break inside a reserved mapping: no other code moves it, so
 * addresses come out the same (relative to its start) in every run.
 *
 * ```text
 *   start                break                          start + reserve
 *   │ heap blocks ……………… │ reserved, not yet touched …………… │
 * ```
 *
 * Disposing it gives back the range and every mapping made through it, and
 * detaches all windows on them. That is refused while other isolates hold blocks of a
 * heap on it ({@linkcode Heap.transfer}).
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

class Arena implements ArenaMemory {
  readonly pageSize: number;
  readonly start: Address;
  readonly reserve: number;
  readonly #range = new MappingTable();
  readonly #mappings = new MappingTable();
  #break: Address;
  #disposed = false;
  /** Called before it is disposed of. */
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
    this.reserve = Math.ceil(reserve / this.pageSize) * this.pageSize;
    this.start = this.#range.map(this.reserve, true);
    this.#break = this.start;
  }

  sbrk(increment: number): Address {
    this.#requireOpen();
    requireWhole("sbrk", "increment", increment, Number.MIN_SAFE_INTEGER);
    const previous = this.#break;
    const next = previous + increment;
    if (next < this.start || next > this.start + this.reserve) {
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
