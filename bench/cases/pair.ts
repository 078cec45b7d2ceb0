import type { Prepare } from "../workload.ts";

const OPERATIONS = 1_000_000;

/** A block of one size is allocated and freed, beside `blocks` live ones. */
export const prepare: Prepare = (allocator, blocks) => {
  const live = Array.from({ length: blocks }, () => allocator.malloc(64));
  return {
    operations: OPERATIONS,
    round() {
      for (let operation = 0; operation < OPERATIONS; operation++) {
        allocator.free(allocator.malloc(64));
      }
    },
    end() {
      for (const block of live) allocator.free(block);
    },
  };
};
