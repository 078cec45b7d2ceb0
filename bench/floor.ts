import type { BenchLibrary } from "./native_library.ts";
import type { Workload } from "./workload.ts";

/**
 * A workload in C, its slots made before it is laid out and freed with their
 * blocks in the end.
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

/** The same with a block of `size` bytes in each slot. */
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
