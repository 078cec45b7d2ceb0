// Leaks are found whoever forgot them: nothing that is noted of an allocation keeps the
// object that made it.
import { assertEquals } from "@std/assert";
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

for (const options of [{}, { stacks: false }, { debug: true }]) {
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
      const { stacks = true } = options as { stacks?: boolean };
      const expected = WAYS.map((way) => `${way}: ${stacks}\n`).join("");
      // A debug heap reports again what is live when the program ends.
      assertEquals([code, stdout.slice(0, expected.length)], [0, expected]);
    },
  });
}
