import type { Allocator } from "./allocator.ts";
import type { BenchLibrary } from "./native_library.ts";

/** A case on one allocator, with its blocks laid out and ready to run. */
export interface Workload {
  /** Operations in the smallest part that can be run by itself. */
  readonly operations: number;
  /** Runs this many of those parts: what is timed. */
  run(parts: number): void;
  /** Frees every live block. */
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
  /** Lays the case out in C on glibc's malloc: the least that the machine takes. */
  inC(library: BenchLibrary, blocks: number): Workload | Promise<Workload>;
  /** Only the memset(3) or memcpy(3) that the case cannot do without. */
  bare?(library: BenchLibrary): Workload;
}

/** What a module in `cases/` exports. */
export type CaseModule = Readonly<Record<string, Preparation>>;

/**
 * A workload in C, with slots for its blocks. Its end frees the slots and their blocks.
 *
 * @param library The functions in C.
 * @param slots How many slots it has for blocks.
 * @param workload What it does.
 */
export function inSlots(
  library: BenchLibrary,
  slots: number,
  workload: Omit<Workload, "end">,
): Workload {
  if (library.floor_open(Math.max(slots, 1)) === 0) {
    throw new Error(`there is no memory for ${slots} slots`);
  }
  return { ...workload, end: () => library.floor_close() };
}

/** A workload in C with slots, and a block of `size` bytes in each of them. */
export function inFilledSlots(
  library: BenchLibrary,
  slots: number,
  size: number,
  workload: Omit<Workload, "end">,
): Workload {
  const inAll = inSlots(library, slots, workload);
  library.floor_fill(slots, size);
  return inAll;
}
