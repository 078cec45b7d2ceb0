// More than a million calls against the model where everything is tested, over size
// mixes, thresholds and preallocations that lead to different shapes of the heap.
import { MIXES, runMix } from "../../support/mixes.ts";
import { seededTests } from "../../support/seed.ts";
import { callsOf, IS_THOROUGH } from "../../support/thoroughness.ts";

// To compare all blocks takes most of the time. What differs stays so for some calls,
// and what a call returns is compared after each.
const RUN = {
  calls: callsOf(130_000),
  blocksEvery: IS_THOROUGH ? 1 : 8,
  checkEvery: IS_THOROUGH ? 64 : 256,
};

const test = seededTests("Long runs");

for (const mix of MIXES) {
  test(
    `${RUN.calls} random calls match the model: ${mix.name}`,
    (random) => runMix(mix, random, RUN),
  );
}
