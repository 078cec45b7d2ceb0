import type { Allocator } from "./allocator.ts";
import type { BenchLibrary } from "./native_library.ts";

/** A case on one allocator, with its blocks laid out and ready to run. */
export interface Workload {
  /** Operations in the smallest part that can be run by itself. */
  readonly operations: number;
  /** Runs so many of those parts: what is timed. */
  run(parts: number): void;
  /** Frees every block that is live. */
  end(): void;
}

/**
 * A case, as a module in `cases/` exports it.
 *
 * Sizes stand in the loops as literals. The compiler does not know that a
 * constant of the module is a small integer, and then takes 15 ns more for the
 * `BigInt(size)` that a foreign function wants.
 */
export interface Preparation {
  /**
   * Lays the case out on an allocator.
   *
   * @param allocator The allocator to run on.
   * @param blocks How many blocks are live.
   * @param another Opens a second allocator of the same kind.
   */
  on<Block>(
    allocator: Allocator<Block>,
    blocks: number,
    another: () => Allocator<Block>,
  ): Workload | Promise<Workload>;
  /** The same in C against glibc's malloc: the floor, what the machine allows. */
  inC(library: BenchLibrary, blocks: number): Workload | Promise<Workload>;
  /** Nothing but the memset(3) or memcpy(3) that the case cannot do without. */
  bare?(library: BenchLibrary): Workload;
}

/** What a module in `cases/` exports. */
export type CaseModule = Readonly<Record<string, Preparation>>;
