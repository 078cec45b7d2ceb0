import { inSlots } from "../floor.ts";
import type { Preparation } from "../workload.ts";

/** So many blocks are allocated, then freed in the same order. */
export const batch: Preparation = {
  on(allocator, blocks) {
    const live = Array.from({ length: blocks }, () => allocator.none);
    return {
      operations: blocks,
      run(parts) {
        for (let part = 0; part < parts; part++) {
          for (let index = 0; index < blocks; index++) {
            live[index] = allocator.malloc(64);
          }
          for (let index = 0; index < blocks; index++) {
            allocator.free(live[index]!);
          }
        }
      },
      end() {},
    };
  },
  inC: (library, blocks) =>
    inSlots(library, blocks, {
      operations: blocks,
      run: (parts) => library.floor_batches(parts, blocks, 64),
    }),
};
