// The model with many blocks: what stands behind the first few of a size in the
// free index, and deep trees, only show there. Fewer calls, since the model
// walks its list.
import { Lockstep } from "./support/lockstep.ts";
import { replaceBlock, SIZE_MIXES } from "./support/mixes.ts";
import { seededRandom } from "./support/seed.ts";

const LIVE = 6000;
const CALLS = 20_000;

for (const mix of SIZE_MIXES) {
  Deno.test(`${LIVE} live blocks match the model through random calls: ${mix.name}`, () => {
    const random = seededRandom();
    const freeAny = () => pair.free(random.between(0, pair.live.length - 1));
    using pair = new Lockstep({}, { blocksEvery: 1000 });
    while (pair.live.length < LIVE) pair.malloc(mix.size(random));
    while (pair.live.length > LIVE / 2) freeAny();
    while (pair.calls < CALLS) replaceBlock(pair, random, mix);
    while (pair.live.length > 0) freeAny();
    pair.malloc(100);
    pair.compareBlocks();
    pair.heap.heap.check();
  });
}
