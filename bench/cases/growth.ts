import { freeAll } from "../allocator.ts";
import type { BenchLibrary } from "../native_library.ts";
import { inFilledSlots, type Preparation, type Workload } from "../workload.ts";

/** A block grows from 16 bytes to 16 KiB by 16 bytes, beside `blocks` live blocks. */
export const smallSteps: Preparation = {
  on(allocator, blocks) {
    const live = Array.from({ length: blocks }, () => allocator.malloc(64));
    return {
      operations: 1023,
      run(parts) {
        for (let part = 0; part < parts; part++) {
          let block = allocator.malloc(16);
          for (let size = 32; size <= 16 * 1024; size += 16) {
            block = allocator.realloc(block, size);
          }
          allocator.free(block);
        }
      },
      end: () => freeAll(allocator, live),
    };
  },
  inC: (library, blocks) => growthInC(library, blocks, 16, 16 * 1024),
};

/** A block grows from 1 KiB to 64 KiB by 1 KiB, beside `blocks` live blocks. */
export const largeSteps: Preparation = {
  on(allocator, blocks) {
    const live = Array.from({ length: blocks }, () => allocator.malloc(64));
    return {
      operations: 63,
      run(parts) {
        for (let part = 0; part < parts; part++) {
          let block = allocator.malloc(1024);
          for (let size = 2 * 1024; size <= 64 * 1024; size += 1024) {
            block = allocator.realloc(block, size);
          }
          allocator.free(block);
        }
      },
      end: () => freeAll(allocator, live),
    };
  },
  inC: (library, blocks) => growthInC(library, blocks, 1024, 64 * 1024),
};

/**
 * All blocks grow by 16 bytes in turn, up to 256 and then from 16 again: each block is
 * in the way of the block before it.
 */
export const inTurn: Preparation = {
  on(allocator, blocks) {
    const live = Array.from({ length: blocks }, () => allocator.malloc(16));
    let passes = 0;
    return {
      operations: blocks,
      run(parts) {
        for (let part = 0; part < parts; part++) {
          const size = 16 + 16 * (++passes % 16);
          for (let index = 0; index < blocks; index++) {
            live[index] = allocator.realloc(live[index]!, size);
          }
        }
      },
      end: () => freeAll(allocator, live),
    };
  },
  inC(library, blocks) {
    let passes = 0;
    return inFilledSlots(library, blocks, 16, {
      operations: blocks,
      run(parts) {
        for (let part = 0; part < parts; part++) {
          library.floor_grow_all(16 + 16 * (++passes % 16), blocks);
        }
      },
    });
  },
};

function growthInC(
  library: BenchLibrary,
  blocks: number,
  step: number,
  limit: number,
): Workload {
  return inFilledSlots(library, blocks, 64, {
    operations: limit / step - 1,
    run: (parts) => library.floor_growth(parts, step, limit),
  });
}
