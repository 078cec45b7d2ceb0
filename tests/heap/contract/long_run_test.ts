// More than a million calls against the model where everything is tested, over size
// mixes, thresholds and preallocations that lead to different shapes of the heap.
import { MIXES, runMix } from "../../support/mixes.ts";
import { seededTests } from "../../support/seed.ts";
import { callsOf } from "../../support/thoroughness.ts";

const RUN = { calls: callsOf(130_000), blocksEvery: 1, checkEvery: 64 };

const test = seededTests("Long runs");

for (const mix of MIXES) {
  test(
    `${RUN.calls} random calls match the model: ${mix.name}`,
    (random) => runMix(mix, random, RUN),
  );
}
