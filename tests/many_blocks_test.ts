// The model with many blocks: what stands behind the first few of a size in the
// free index, and deep trees, only show there. Fewer calls, since the model
// walks its list.
import { Lockstep } from "./support/lockstep.ts";
import { type Random, seededRandom } from "./support/seed.ts";

interface Mix {
  readonly name: string;
  readonly size: (random: Random) => number;
}

const LIVE = 6000;
const CALLS = 20_000;

const MIXES: readonly Mix[] = [
  { name: "one size", size: () => 64 },
  { name: "a few sizes", size: (random) => random.oneOf([24, 40, 64, 4200]) },
  { name: "small sizes", size: (random) => random.between(16, 271) },
  { name: "large sizes", size: (random) => random.between(3000, 9000) },
];

function call(pair: Lockstep, random: Random, mix: Mix): void {
  const index = random.between(0, pair.live.length - 1);
  const kind = random.between(0, 4);
  if (kind < 2) pair.malloc(mix.size(random));
  else if (kind < 4) pair.free(index);
  else pair.realloc(index, mix.size(random));
}

for (const mix of MIXES) {
  Deno.test(`${LIVE} live blocks match the model through random calls: ${mix.name}`, () => {
    const random = seededRandom();
    const freeAny = () => pair.free(random.between(0, pair.live.length - 1));
    using pair = new Lockstep({}, { blocksEvery: 1000 });
    while (pair.live.length < LIVE) pair.malloc(mix.size(random));
    while (pair.live.length > LIVE / 2) freeAny();
    while (pair.calls < CALLS) call(pair, random, mix);
    while (pair.live.length > 0) freeAny();
    pair.malloc(100);
    pair.compareBlocks();
    pair.heap.heap.check();
  });
}
