// Random calls of a program that makes every mistake that must cost nothing.
import { assert } from "@std/assert";
import { runAllocations } from "../../support/allocation_run.ts";
import { seededTests } from "../../support/seed.ts";
import { callsOf, IS_THOROUGH } from "../../support/thoroughness.ts";

const CALLS = callsOf(16_000);

/** To check the whole heap takes as long as many calls. */
const CHECK_EVERY = IS_THOROUGH ? 25 : 100;

const test = seededTests("Allocations at random");

for (const debug of [false, true]) {
  test(
    `${
      debug ? "a debug heap" : "a heap"
    } loses nothing to operations that settle late, ` +
      "taken and disguised buffers, refused windows and overflows",
    async (random) => {
      const run = { calls: CALLS, checkEvery: CHECK_EVERY, debug };
      const made = await runAllocations(random, run);
      for (
        const kind of ["during", "settle", "disguise", "refused", "overflow"]
      ) {
        assert(
          (made.get(kind) ?? 0) > 0,
          `no call of the kind ${kind} was made`,
        );
      }
    },
  );
}
