// Each policy against the model, in runs that are shorter than the contract's
// (long_run_test.ts, many_blocks_test.ts) because there are so many policies.
import {
  MIXES,
  type Run,
  runMix,
  runSizeMix,
  SIZE_MIXES,
} from "../../support/mixes.ts";
import { nameOf, POLICIES, SINGLE_CHANGES } from "../../support/policies.ts";
import { seededTests } from "../../support/seed.ts";
import { casesOf, IS_THOROUGH } from "../../support/thoroughness.ts";

/** On each mix in turn: some look at the heap after each call, some seldom. */
const RUNS: readonly Run[] = IS_THOROUGH
  ? [
    { calls: 800, blocksEvery: 1, checkEvery: 16 },
    { calls: 1600, blocksEvery: 50, checkEvery: 50 },
  ]
  : [
    { calls: 300, blocksEvery: 1, checkEvery: 32 },
    { calls: 800, blocksEvery: 50, checkEvery: 50 },
  ];

// The model walks its list, so that half as many blocks take a quarter of the time.
const [LIVE, CALLS] = IS_THOROUGH ? [1500, 3000] : [1000, 2000];
const MANY_BLOCKS: Run = { calls: CALLS, blocksEvery: 500, checkEvery: 500 };

const test = seededTests("Long runs of each policy");

for (const policy of POLICIES) {
  test(`random calls of every mix match the model: ${nameOf(policy)}`, (random) => {
    for (const mix of casesOf(MIXES, random)) {
      for (const run of RUNS) {
        const growth = random.oneOf([8, 8, 24, 512, 65536]);
        runMix(mix, random, run, { ...policy, growth });
      }
    }
  });
}

for (const policy of SINGLE_CHANGES) {
  test(`${LIVE} live blocks match the model through random calls: ${nameOf(policy)}`, (random) => {
    for (const mix of casesOf(SIZE_MIXES, random)) {
      runSizeMix(mix, LIVE, random, MANY_BLOCKS, policy);
    }
  });
}
