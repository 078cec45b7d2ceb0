// The model with many blocks: only they reach the overflow of a front, and deep trees.
// There are fewer calls, since the model walks its list.
import { runSizeMix, SIZE_MIXES } from "../../support/mixes.ts";
import { seededTests } from "../../support/seed.ts";
import { IS_THOROUGH } from "../../support/thoroughness.ts";

const [LIVE, CALLS] = IS_THOROUGH ? [6000, 20_000] : [2000, 4500];
const RUN = { calls: CALLS, blocksEvery: 1000, checkEvery: 1000 };

const test = seededTests("Many blocks");

for (const mix of SIZE_MIXES) {
  test(
    `${LIVE} live blocks match the model through random calls: ${mix.name}`,
    (random) => runSizeMix(mix, LIVE, random, RUN),
  );
}
