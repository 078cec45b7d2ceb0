// More than ten million random calls, far too many for every run of the tests:
//
//   deno task soak
import { arenaMemory, Heap } from "../mod.ts";
import { runAllocations } from "./support/allocation_run.ts";
import { MIXES, runMix, runSizeMix, SIZE_MIXES } from "./support/mixes.ts";
import { nameOf, POLICIES } from "./support/policies.ts";
import { seededTests } from "./support/seed.ts";

/** For each of the eight mixes with a few blocks. */
const FEW_BLOCKS = { calls: 1_000_000, blocksEvery: 50, checkEvery: 50 };

/** For each of the four mixes with many blocks. */
const MANY_BLOCKS = { calls: 250_000, blocksEvery: 5000, checkEvery: 5000 };
const MANY = 4000;

/** For each of the 24 policies, with either growth, on each of the eight mixes. */
const EACH_POLICY = { calls: 5000, blocksEvery: 50, checkEvery: 50 };

/** On heaps, and on debug heaps. */
const ALLOCATIONS = 400_000;

const MILLION = 1_000_000;

const test = seededTests("Soaking");

for (const mix of MIXES) {
  test(
    `${FEW_BLOCKS.calls} random calls match the model: ${mix.name}`,
    (random) => runMix(mix, random, FEW_BLOCKS),
  );
}

for (const mix of SIZE_MIXES) {
  test(
    `${MANY_BLOCKS.calls} random calls match the model with ${MANY} live blocks: ${mix.name}`,
    (random) => runSizeMix(mix, MANY, random, MANY_BLOCKS),
  );
}

for (const policy of POLICIES) {
  for (const growth of [8, 4096]) {
    test(
      `${EACH_POLICY.calls} random calls of each mix match the model: ${
        nameOf(policy)
      }, growth ${growth}`,
      (random) => {
        for (const mix of MIXES) {
          runMix(mix, random, EACH_POLICY, { ...policy, growth });
        }
      },
    );
  }
}

for (const debug of [false, true]) {
  test(
    `${ALLOCATIONS} random calls lose nothing to late operations, taken and disguised ` +
      `buffers, refused windows and overflows: ${
        debug ? "a debug heap" : "a heap"
      }`,
    async (random) => {
      const run = { calls: ALLOCATIONS, checkEvery: 25, debug };
      await runAllocations(random, run);
    },
  );
}

test("a million random calls on a million live blocks keep every invariant", (random) => {
  using memory = arenaMemory({ reserve: 2 ** 34 });
  using heap = new Heap({ memory });
  const size = () => random.between(16, random.oneOf([271, 271, 5000]));
  const live = Float64Array.from(
    { length: MILLION },
    () => heap.malloc(size()),
  );
  for (let replaced = 1; replaced <= MILLION / 2; replaced++) {
    const index = random.between(0, live.length - 1);
    heap.free(live[index]!);
    live[index] = heap.malloc(size());
    if (replaced % 100_000 === 0) heap.check();
  }
  for (const address of live) heap.free(address);
  heap.check();
});
