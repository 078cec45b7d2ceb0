import { freeAll } from "../allocator.ts";
import { inFilledSlots, type Preparation } from "../workload.ts";

/**
 * Every second block is freed, so that no two free blocks lie side by side; then as
 * many blocks are allocated again.
 */
export const alternating: Preparation = {
  on(allocator, blocks) {
    const live = Array.from({ length: blocks }, () => allocator.malloc(64));
    return {
      operations: Math.ceil(blocks / 2),
      run(parts) {
        for (let part = 0; part < parts; part++) {
          for (let index = 0; index < blocks; index += 2) {
            allocator.free(live[index]!);
          }
          for (let index = 0; index < blocks; index += 2) {
            live[index] = allocator.malloc(64);
          }
        }
      },
      end: () => freeAll(allocator, live),
    };
  },
  inC(library, blocks) {
    return inFilledSlots(library, blocks, 64, {
      operations: Math.ceil(blocks / 2),
      run: (parts) => library.floor_alternate(parts, blocks, 64),
    });
  },
};
