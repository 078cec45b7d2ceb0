import { inSlots, type Preparation } from "../workload.ts";

/** A zeroed block of 1 KiB is allocated and freed. */
export const zeroed1KiB: Preparation = {
  on: (allocator) => ({
    operations: 100,
    run(parts) {
      for (let operation = 0; operation < 100 * parts; operation++) {
        allocator.free(allocator.calloc(1024));
      }
    },
    end() {},
  }),
  inC: (library) =>
    inSlots(library, 0, {
      operations: 100,
      run: (parts) => library.floor_callocs(100 * parts, 1024),
    }),
};

/** A zeroed block of 64 KiB is allocated and freed. */
export const zeroed64KiB: Preparation = {
  on: (allocator) => ({
    operations: 10,
    run(parts) {
      for (let operation = 0; operation < 10 * parts; operation++) {
        allocator.free(allocator.calloc(64 * 1024));
      }
    },
    end() {},
  }),
  inC: (library) =>
    inSlots(library, 0, {
      operations: 10,
      run: (parts) => library.floor_callocs(10 * parts, 64 * 1024),
    }),
  bare: (library) => ({
    operations: 10,
    run: (parts) => library.floor_zero(10 * parts, 64 * 1024),
    end() {},
  }),
};

/**
 * A block of 96 KiB with another block past its end grows by 1 KiB, and must be copied.
 * The other block takes 2 KiB, so that the addresses read and written differ by half a
 * page in their lowest 12 bits: a processor compares those first, and waits if they are
 * equal.
 */
export const moved: Preparation = {
  on: (allocator) => ({
    operations: 10,
    run(parts) {
      for (let operation = 0; operation < 10 * parts; operation++) {
        const block = allocator.malloc(96 * 1024);
        const obstacle = allocator.malloc(2048);
        allocator.free(allocator.realloc(block, 97 * 1024));
        allocator.free(obstacle);
      }
    },
    end() {},
  }),
  inC: (library) =>
    inSlots(library, 0, {
      operations: 10,
      run: (parts) => library.floor_moves(10 * parts, 96 * 1024),
    }),
  bare: (library) => ({
    operations: 10,
    run: (parts) => library.floor_copy(10 * parts, 96 * 1024),
    end() {},
  }),
};

/** A block of 256 KiB is mapped and unmapped. */
export const mapped: Preparation = {
  on: (allocator) => ({
    operations: 10,
    run(parts) {
      for (let operation = 0; operation < 10 * parts; operation++) {
        allocator.free(allocator.malloc(256 * 1024));
      }
    },
    end() {},
  }),
  inC: (library) =>
    inSlots(library, 0, {
      operations: 10,
      run: (parts) => library.floor_pairs(10 * parts, 256 * 1024),
    }),
};
