// More than a million calls against the model, over size mixes, thresholds and
// preallocations that lead to different shapes of the heap.
import { Lockstep } from "./support/lockstep.ts";
import { MIXES, randomCall } from "./support/mixes.ts";
import { chooseSeed, howToReplay, Random } from "./support/seed.ts";

const CALLS = 130_000;

const firstSeed = chooseSeed();
console.log(`Long runs with ${howToReplay(firstSeed)}`);

MIXES.forEach((mix, number) => {
  Deno.test(`${CALLS} random calls match the model: ${mix.name}`, () => {
    const random = new Random(firstSeed + number);
    using pair = new Lockstep(mix.options);
    try {
      while (pair.calls < CALLS) {
        randomCall(pair, random, mix);
        if (pair.calls % 64 === 0) pair.heap.heap.check();
      }
      while (pair.live.length > 0) pair.free(0);
      pair.heap.heap.check();
    } catch (cause) {
      throw new Error(
        `Call ${pair.calls} of "${mix.name}" with ${howToReplay(firstSeed)}`,
        { cause },
      );
    }
  });
});
