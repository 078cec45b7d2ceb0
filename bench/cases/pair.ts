import { freeAll } from "../allocator.ts";
import { randomNumbers } from "../random.ts";
import { inFilledSlots, type Preparation } from "../workload.ts";

const CHOICES = 2 ** 12;

/** A block of one size is allocated and freed, beside `blocks` live blocks. */
export const oneSize: Preparation = {
  on(allocator, blocks) {
    const live = Array.from({ length: blocks }, () => allocator.malloc(64));
    return {
      operations: 1000,
      run(parts) {
        for (let operation = 0; operation < 1000 * parts; operation++) {
          allocator.free(allocator.malloc(64));
        }
      },
      end: () => freeAll(allocator, live),
    };
  },
  inC(library, blocks) {
    return inFilledSlots(library, blocks, 64, {
      operations: 1000,
      run: (parts) => library.floor_pairs(1000 * parts, 64),
    });
  },
};

/** A block of 4 KiB is allocated and freed, beside `blocks` live blocks. */
export const onePage: Preparation = {
  on(allocator, blocks) {
    const live = Array.from({ length: blocks }, () => allocator.malloc(4096));
    return {
      operations: 100,
      run(parts) {
        for (let operation = 0; operation < 100 * parts; operation++) {
          allocator.free(allocator.malloc(4096));
        }
      },
      end: () => freeAll(allocator, live),
    };
  },
  inC(library, blocks) {
    return inFilledSlots(library, blocks, 4096, {
      operations: 100,
      run: (parts) => library.floor_pairs(100 * parts, 4096),
    });
  },
};

/** A block of a random size is allocated and freed, beside `blocks` live blocks. */
export const changingSizes: Preparation = {
  on(allocator, blocks) {
    const sizes = randomSizes();
    const live = Array.from({ length: blocks }, () => allocator.malloc(64));
    return {
      operations: CHOICES,
      run(parts) {
        for (let part = 0; part < parts; part++) {
          for (let choice = 0; choice < sizes.length; choice++) {
            allocator.free(allocator.malloc(sizes[choice] as number));
          }
        }
      },
      end: () => freeAll(allocator, live),
    };
  },
  inC(library, blocks) {
    const sizes = randomSizes();
    return inFilledSlots(library, blocks, 64, {
      operations: CHOICES,
      run(parts) {
        for (let part = 0; part < parts; part++) {
          library.floor_changing_pairs(sizes, CHOICES);
        }
      },
    });
  },
};

function randomSizes(): Uint32Array<ArrayBuffer> {
  return randomNumbers(CHOICES, 256).map((number) => 16 + number);
}
