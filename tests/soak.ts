// Ten million random calls, far too many for every run of the tests:
//
//   deno task soak
import { arenaMemory, Heap } from "../mod.ts";
import { Lockstep } from "./support/lockstep.ts";
import {
  MIXES,
  randomCall,
  replaceBlock,
  SIZE_MIXES,
} from "./support/mixes.ts";
import { chooseSeed, howToReplay, Random } from "./support/seed.ts";

const FEW_BLOCKS = { calls: 1_000_000, blocksEvery: 50 }; // 8 mixes of these
const MANY_BLOCKS = { live: 4000, calls: 250_000, blocksEvery: 5000 }; // 4 of these
const MOST_BLOCKS = { live: 1_000_000, calls: 1_000_000, checkEvery: 100_000 };

const firstSeed = chooseSeed();
console.log(`Soaking with ${howToReplay(firstSeed)}`);

/** Runs a test with a seed of its own, which it names if it fails. */
function soak(name: string, number: number, run: (random: Random) => void) {
  Deno.test(name, () => {
    try {
      run(new Random(firstSeed + number));
    } catch (cause) {
      throw new Error(`"${name}" with ${howToReplay(firstSeed)}`, { cause });
    }
  });
}

MIXES.forEach((mix, number) => {
  const { calls, blocksEvery } = FEW_BLOCKS;
  soak(
    `${calls} random calls match the model: ${mix.name}`,
    number,
    (random) => {
      using pair = new Lockstep(mix.options, { blocksEvery });
      while (pair.calls < calls) {
        randomCall(pair, random, mix);
        if (pair.calls % blocksEvery === 0) pair.heap.heap.check();
      }
      while (pair.live.length > 0) pair.free(0);
      pair.compareBlocks();
      pair.heap.heap.check();
    },
  );
});

SIZE_MIXES.forEach((mix, index) => {
  const { live, calls, blocksEvery } = MANY_BLOCKS;
  const name =
    `${calls} random calls match the model with ${live} live blocks: ${mix.name}`;
  soak(name, MIXES.length + index, (random) => {
    using pair = new Lockstep({}, { blocksEvery });
    while (pair.live.length < live) pair.malloc(mix.size(random));
    while (pair.calls < calls) {
      replaceBlock(pair, random, mix);
      if (pair.calls % blocksEvery === 0) pair.heap.heap.check();
    }
    pair.compareBlocks();
    pair.heap.heap.check();
  });
});

soak(`${MOST_BLOCKS.live} live blocks keep every invariant`, 100, (random) => {
  using memory = arenaMemory({ reserve: 2 ** 34 });
  using heap = new Heap({ memory });
  const size = () => random.between(16, random.oneOf([271, 271, 5000]));
  const live = Float64Array.from(
    { length: MOST_BLOCKS.live },
    () => heap.malloc(size()),
  );
  for (let call = 1; call <= MOST_BLOCKS.calls / 2; call++) {
    const index = random.between(0, live.length - 1);
    heap.free(live[index]!);
    live[index] = heap.malloc(size());
    if (call % MOST_BLOCKS.checkEvery === 0) heap.check();
  }
  for (const address of live) heap.free(address);
  heap.check();
});
