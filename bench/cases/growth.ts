import { type Prepare, repeatsOf } from "../workload.ts";

const GROWTHS = 16 * 1024 / 16 - 1; // of one block

/** One block grows from 16 bytes to 16 KiB by 16, behind `blocks` live ones. */
export const one: Prepare = (allocator, blocks) => {
  const live = Array.from(
    { length: blocks },
    () => allocator.malloc(64),
  );
  const repeats = repeatsOf(GROWTHS);
  return {
    operations: repeats * GROWTHS,
    round() {
      for (let repeat = 0; repeat < repeats; repeat++) {
        let block = allocator.malloc(16);
        for (let size = 32; size <= 16 * 1024; size += 16) {
          block = allocator.realloc(block, size);
        }
        allocator.free(block);
      }
    },
    end() {
      for (const block of live) allocator.free(block);
    },
  };
};

/**
 * All blocks grow by 16 bytes in turn, up to 256 and then from 16 again: each of
 * them stands in the way of the one before.
 */
export const inTurn: Prepare = (allocator, blocks) => {
  const live = Array.from({ length: blocks }, () => allocator.malloc(16));
  const repeats = repeatsOf(blocks);
  let passes = 0;
  return {
    operations: repeats * blocks,
    round() {
      for (let repeat = 0; repeat < repeats; repeat++) {
        const size = 16 + 16 * (++passes % 16);
        for (let index = 0; index < blocks; index++) {
          live[index] = allocator.realloc(live[index]!, size);
        }
      }
    },
    end() {
      for (const block of live) allocator.free(block);
    },
  };
};
