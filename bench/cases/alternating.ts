import { type Prepare, repeatsOf } from "../workload.ts";

/**
 * Every second of the blocks is freed, so that no two free ones lie side by
 * side; then as many are allocated again.
 */
export const prepare: Prepare = (allocator, blocks) => {
  const live = Array.from({ length: blocks }, () => allocator.malloc(64));
  const repeats = repeatsOf(blocks / 2);
  return {
    operations: repeats * Math.ceil(blocks / 2),
    round() {
      for (let repeat = 0; repeat < repeats; repeat++) {
        for (let index = 0; index < blocks; index += 2) {
          allocator.free(live[index]!);
        }
        for (let index = 0; index < blocks; index += 2) {
          live[index] = allocator.malloc(64);
        }
      }
    },
    end() {
      for (const block of live) allocator.free(block);
    },
  };
};
