// What a call costs, in steps instead of time: at most logarithmic in the number
// of blocks, also where a plain list would be walked from end to end.
import {
  assertEquals,
  assertLess,
  assertLessOrEqual,
  assertThrows,
} from "@std/assert";
import {
  type Address,
  arenaMemory,
  Heap,
  type HeapOptions,
  InvalidPointerError,
} from "../../../mod.ts";
import { stub } from "@std/testing/mock";
import { nameOf, SINGLE_CHANGES } from "../../support/policies.ts";
import { Random, seededTests } from "../../support/seed.ts";
import { casesOf, IS_THOROUGH } from "../../support/thoroughness.ts";

const SIZE = 64;
const ON_THE_HEAP: HeapOptions = {
  preallocate: 0,
  mmapThreshold: Infinity,
  callocThreshold: Infinity,
};

/** With how many blocks the costs of a call are compared, and how many blocks are most. */
const SIZES = IS_THOROUGH ? [1e3, 1e4, 1e5, 1e6] : [1e3, 1e4];
const MOST = SIZES.at(-1)!;

/** The sizes where there is more to do, or there are more policies. */
const FEWER_SIZES = IS_THOROUGH ? [1e3, 1e4, 1e5] : [1e3, 1e4];
const MOST_OF_FEWER = FEWER_SIZES.at(-1)!;

/** How many blocks the heaps of one size have together. */
const BLOCKS_IN_ALL = IS_THOROUGH ? 2e5 : 8e3;

/** Makes calls on a heap of `blocks` blocks, and says how many calls. */
type Case = (heap: Heap, blocks: number, random: Random) => number;

function allocate(heap: Heap, blocks: number, size = SIZE): Address[] {
  return Array.from({ length: blocks }, () => heap.malloc(size));
}

function shuffle(addresses: Address[], random: Random): Address[] {
  for (let end = addresses.length - 1; end > 0; end--) {
    const other = random.between(0, end);
    const swapped = addresses[other]!;
    addresses[other] = addresses[end]!;
    addresses[end] = swapped;
  }
  return addresses;
}

/** Frees every second block, so that none can be merged. */
function freeAlternating(heap: Heap, addresses: Address[]): Address[] {
  const freed = addresses.filter((_, index) => index % 2 === 0);
  for (const address of freed) heap.free(address);
  return freed;
}

const CASES: Readonly<Record<string, Case>> = {
  "allocating": (heap, blocks) => allocate(heap, blocks).length,

  "freeing in random order, then allocating": (heap, blocks, random) => {
    const addresses = shuffle(allocate(heap, blocks), random);
    for (const address of addresses) heap.free(address);
    return blocks + allocate(heap, blocks).length;
  },

  "freeing in descending order, then allocating": (heap, blocks) => {
    const addresses = allocate(heap, blocks).reverse();
    for (const address of addresses) heap.free(address);
    return blocks + allocate(heap, blocks).length;
  },

  "merging after each free, in random order": (heap, blocks, random) => {
    const addresses = shuffle(allocate(heap, blocks), random);
    for (const address of addresses) {
      heap.free(address);
      heap.free(heap.malloc(4 * SIZE));
    }
    return 3 * blocks;
  },

  "merging after each free, in descending order": (heap, blocks) => {
    for (const address of allocate(heap, blocks).reverse()) {
      heap.free(address);
      heap.free(heap.malloc(4 * SIZE));
    }
    return 3 * blocks;
  },

  "using many equal free blocks that lie apart": (heap, blocks) => {
    freeAlternating(heap, allocate(heap, blocks));
    return allocate(heap, blocks).length;
  },

  "freeing in random order many blocks that lie apart": (
    heap,
    blocks,
    random,
  ) => {
    const apart = allocate(heap, blocks).filter((_, index) => index % 2 === 0);
    for (const address of shuffle(apart, random)) {
      heap.free(address);
      heap.malloc(2 * SIZE);
    }
    return blocks;
  },

  "searching for more than any of many free blocks has": (heap, blocks) => {
    freeAlternating(heap, allocate(heap, blocks));
    return allocate(heap, blocks, SIZE + 8).length;
  },

  "freeing and allocating random sizes": (heap, blocks, random) => {
    const size = () => random.between(16, 2000);
    const live = Array.from({ length: blocks }, () => heap.malloc(size()));
    for (let call = 0; call < 2 * blocks; call++) {
      const index = random.between(0, blocks - 1);
      heap.free(live[index]!);
      live[index] = heap.malloc(size());
    }
    return 4 * blocks;
  },

  "growing into the free blocks that follow": (heap, blocks) => {
    const addresses = allocate(heap, blocks);
    freeAlternating(heap, addresses.slice(1));
    for (let index = 0; index < blocks; index += 2) {
      for (const size of [72, 96, 120, 160]) {
        heap.realloc(addresses[index]!, size);
      }
    }
    return 2 * blocks;
  },

  "one block that absorbs every other": (heap, blocks) => {
    const [first, ...others] = allocate(heap, blocks);
    for (const address of others) heap.free(address);
    for (let held = 1; held < blocks; held++) {
      heap.realloc(first!, SIZE + held * (SIZE + 32));
    }
    return 2 * blocks;
  },

  "growing blocks that must move": (heap, blocks) => {
    const addresses = allocate(heap, blocks);
    for (const [index, address] of addresses.entries()) {
      addresses[index] = heap.realloc(address, SIZE + 8 * (index % 20));
    }
    return blocks;
  },

  "shrinking, which leaves many free blocks": (heap, blocks) => {
    for (const address of allocate(heap, blocks)) heap.realloc(address, 8);
    return allocate(heap, blocks, 24).length;
  },

  "asking for the sizes of live blocks": (heap, blocks) => {
    const addresses = allocate(heap, blocks);
    for (const address of addresses) {
      assertEquals(heap.usableSize(address), SIZE);
    }
    return blocks;
  },

  "refusing wrong pointers": (heap, blocks) => {
    const addresses = allocate(heap, blocks);
    const freed = freeAlternating(heap, addresses);
    const before = heap.stats().steps;
    for (const address of freed) {
      assertThrows(() => heap.free(address), InvalidPointerError);
      assertThrows(() => heap.free(address + 112), InvalidPointerError);
    }
    assertLess((heap.stats().steps - before) / freed.length, 10);
    return 2 * freed.length;
  },
};

/** The cases of owned blocks, aligned as memory for C often must be. */
const OWNED: Readonly<Record<string, Case>> = {
  "allocating, aligned, and disposing in random order": (
    heap,
    blocks,
    random,
  ) => {
    const held = Array.from(
      { length: blocks },
      () => heap.allocate(SIZE, { align: 64 }),
    );
    for (const index of shuffle([...held.keys()], random)) {
      held[index]![Symbol.dispose]();
    }
    for (let call = 0; call < blocks; call++) {
      heap.allocate(SIZE, { align: 64 });
    }
    return 3 * blocks;
  },

  "allocating, aligned, among many free blocks that are too small": (
    heap,
    blocks,
  ) => {
    freeAlternating(heap, allocate(heap, blocks));
    for (let call = 0; call < blocks; call++) {
      using _held = heap.allocate(4 * SIZE, { align: 256 });
    }
    return 3 * blocks;
  },

  "resizing what is aligned, so that it moves": (heap, blocks, random) => {
    const held = Array.from(
      { length: blocks },
      () => heap.allocate(random.between(8, 4 * SIZE), { align: 128 }),
    );
    for (const allocation of held) {
      allocation.resize(random.between(8, 8 * SIZE));
    }
    return 2 * blocks;
  },

  "allocating in a scope, and disposing of that": (heap, blocks) => {
    using scope = heap.scope();
    for (let call = 0; call < blocks; call++) scope.allocate(SIZE);
    return 2 * blocks;
  },

  "resetting": (heap, blocks) => {
    freeAlternating(heap, allocate(heap, blocks));
    heap.reset();
    return blocks + allocate(heap, blocks).length;
  },
};

const useLargeBlocks: Case = (heap, blocks, random) => {
  const addresses = Array.from(
    { length: blocks },
    () => heap.malloc(random.between(4200, 9000)),
  );
  freeAlternating(heap, addresses);
  return allocate(heap, blocks, 4200).length;
};

/**
 * Steps a call, on average, with this many blocks. Some cases search the same tree for
 * the same block again and again, and by luck the way to it is short or long: so they
 * are run on several heaps, whose trees have other shapes each time.
 */
function stepsPerCall(
  run: Case,
  blocks: number,
  shapes: Random,
  policy: HeapOptions = {},
): number {
  const heaps = Math.min(20, Math.ceil(BLOCKS_IN_ALL / blocks));
  let steps = 0;
  for (let heap = 0; heap < heaps; heap++) {
    steps += stepsOnHeap(run, blocks, shapes, policy) / heaps;
  }
  return steps;
}

function stepsOnHeap(
  run: Case,
  blocks: number,
  shapes: Random,
  policy: HeapOptions,
): number {
  using _shape = stub(
    Math,
    "random",
    () => shapes.between(0, 2 ** 31 - 1) / 2 ** 31,
  );
  using arena = arenaMemory({ reserve: 2 ** 34 });
  using heap = new Heap({ ...ON_THE_HEAP, ...policy, memory: arena });
  const calls = run(heap, blocks, new Random(blocks));
  return heap.stats().steps / calls;
}

const test = seededTests("steps a call, in trees of random shapes,");

// A walk over the blocks takes n/2 steps: 50,000 of a hundred thousand.
const STEPS_PER_DOUBLING = 6;

function requireLogarithmic(steps: number, blocks: number): void {
  const most = STEPS_PER_DOUBLING * Math.log2(blocks);
  assertLess(steps, most, `steps a call with ${blocks} blocks`);
}

/** Runs a case with more and more blocks, and compares what a call takes. */
function compareSizes(
  run: Case,
  sizes: readonly number[],
  shapes: Random,
  policy: HeapOptions = {},
): void {
  const [few, ...more] = sizes.map((blocks) => {
    const steps = stepsPerCall(run, blocks, shapes, policy);
    requireLogarithmic(steps, blocks);
    return { blocks, steps };
  });
  // Some take no steps at all.
  for (const { blocks, steps } of more) {
    const growth = Math.log2(blocks) / Math.log2(few!.blocks);
    assertLessOrEqual(steps, 2 * growth * few!.steps);
  }
}

for (const [name, run] of Object.entries(CASES)) {
  test(`steps a call grow at most logarithmically up to ${MOST} blocks: ${name}`, (shapes) => {
    compareSizes(run, SIZES, shapes);
  });
}

for (const [name, run] of Object.entries(OWNED)) {
  test(`steps a call grow at most logarithmically up to ${MOST_OF_FEWER} blocks: ${name}`, (shapes) => {
    compareSizes(run, FEWER_SIZES, shapes, { recordStacks: "none" });
  });
}

for (const policy of SINGLE_CHANGES) {
  test(`steps a call grow at most logarithmically for blocks that objects own: ${nameOf(policy)}`, (shapes) => {
    for (const run of casesOf(Object.values(OWNED), shapes)) {
      const options = { recordStacks: "none" as const, ...policy };
      compareSizes(run, [1e3, IS_THOROUGH ? 3e4 : 1e4], shapes, options);
    }
  });
}

/** What would make a policy walk far that kept its free blocks in a list. */
const AWKWARD: Readonly<Record<string, Case>> = {
  "freeing in random order, then allocating":
    CASES["freeing in random order, then allocating"]!,
  "using many equal free blocks that lie apart":
    CASES["using many equal free blocks that lie apart"]!,
  "growing into the free blocks that follow":
    CASES["growing into the free blocks that follow"]!,

  "taking the only block that suffices, behind many that do not": (
    heap,
    blocks,
  ) => {
    const addresses = allocate(heap, blocks);
    const large = heap.malloc(4 * SIZE);
    heap.malloc(SIZE);
    freeAlternating(heap, addresses);
    heap.free(large);
    for (let call = 0; call < blocks; call++) {
      const address = heap.malloc(4 * SIZE);
      const other = heap.malloc(8); // so that the free of the first is not postponed
      heap.free(address);
      heap.free(other);
    }
    return 6 * blocks;
  },

  "freeing and allocating sizes of many orders": (heap, blocks, random) => {
    const size = () => random.between(8, 2 ** random.between(4, 10));
    const live = allocate(heap, blocks);
    for (let call = 0; call < blocks; call++) {
      const index = random.between(0, blocks - 1);
      heap.free(live[index]!);
      live[index] = heap.malloc(size());
    }
    return 3 * blocks;
  },
};

for (const policy of SINGLE_CHANGES) {
  test(`steps a call grow at most logarithmically in every awkward case: ${nameOf(policy)}`, (shapes) => {
    for (const run of casesOf(Object.values(AWKWARD), shapes)) {
      compareSizes(run, FEWER_SIZES, shapes, policy);
    }
  });

  test(`steps a call grow at most logarithmically up to ${MOST} blocks: ${nameOf(policy)}`, (shapes) => {
    const run = AWKWARD["freeing and allocating sizes of many orders"]!;
    compareSizes(run, [1e3, MOST], shapes, policy);
  });
}

test("steps a call grow at most logarithmically: large free blocks that lie apart", (shapes) => {
  // Each of their headers lies in a page of its own, so fewer of them.
  for (const blocks of IS_THOROUGH ? [1e3, 4e3, 2e4] : [1e3, 4e3]) {
    requireLogarithmic(stepsPerCall(useLargeBlocks, blocks, shapes), blocks);
  }
});

Deno.test("of many equal free blocks the lowest is taken first, whatever order they were freed in", () => {
  using arena = arenaMemory();
  using heap = new Heap({ ...ON_THE_HEAP, memory: arena });
  const addresses = allocate(heap, IS_THOROUGH ? 100_000 : 20_000);
  const apart = addresses.filter((_, index) => index % 2 === 0);
  const expected = [...apart];
  for (const address of shuffle(apart, new Random(1))) heap.free(address);
  const wrong = expected.findIndex((address) => heap.malloc(SIZE) !== address);
  assertEquals(wrong, -1);
  heap.check();
});
