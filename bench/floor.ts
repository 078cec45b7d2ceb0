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
