// Leaks are found whoever forgot them: nothing that is noted of an allocation keeps the
// object that made it.
import { assert, assertEquals } from "@std/assert";
import type { HeapOptions } from "../../../mod.ts";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, program, run } from "../../support/run_deno.ts";

const WAYS = [
  "async function",
  "closure",
  "constructor",
  "function",
  "method",
  "scope",
  "string in a scope",
];

for (const options of [{}, { recordStacks: "none" }, { debug: true }]) {
  gatedTest({
    name: `each allocation that is forgotten is reported: ${
      JSON.stringify(options)
    }`,
    needs: [toRun(DENO)],
    async fn() {
      const { code, stdout } = await run(DENO, [
        ...["run", "--quiet", "--no-prompt", "--allow-ffi"],
        ...["--v8-flags=--expose-gc", program("forget_objects.ts")],
        JSON.stringify(options),
      ]);
      const hasCalls = !("recordStacks" in options);
      const expected = WAYS.map((way) => `${way}: ${hasCalls}\n`).join("");
      // A debug heap reports again what is live when the program ends.
      assertEquals([code, stdout.slice(0, expected.length)], [0, expected]);
    },
  });
}

/** Forgets so many allocations after the first thousand; returns how many were reported. */
async function reportedOf(forgotten: number, options: HeapOptions) {
  const { stdout } = await run(DENO, [
    ...["run", "--quiet", "--no-prompt", "--allow-ffi"],
    ...["--v8-flags=--expose-gc", program("forget_many.ts")],
    JSON.stringify(options),
    String(forgotten),
  ]);
  return Number(stdout);
}

for (const options of [{}, { recordStacks: "none" }] as const) {
  gatedTest({
    name: `one in 64 of later allocations is reported if forgotten: ${
      JSON.stringify(options)
    }`,
    needs: [toRun(DENO)],
    async fn() {
      const reported = await reportedOf(6400, options);
      assert(reported > 60 && reported < 140, `${reported} of 6400`);
    },
  });
}

gatedTest({
  name: "every later allocation is reported if all stacks are recorded",
  needs: [toRun(DENO)],
  async fn() {
    assertEquals(await reportedOf(500, { recordStacks: "all" }), 500);
  },
});
