// Calls from C with so much of the stack in use that JavaScript cannot answer: V8 would
// end the process. The first call of all is made at the deepest point that is answered,
// where nothing has been compiled yet.
import { assert, assertEquals, assertLess } from "@std/assert";
import { compileC, TO_LINK } from "../../support/compile_c.ts";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, program, run } from "../../support/run_deno.ts";
import { seededRandom } from "../../support/seed.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { casesOf } from "../../support/thoroughness.ts";

const NEEDS = [
  toRun(DENO),
  TO_LINK,
  { name: "read" },
  { name: "write" },
] as const;

interface Answered {
  /** The deepest call that was answered. */
  readonly kib: number;
  /** Deeper ones. */
  readonly refused: number;
  readonly errors: number;
}

interface Scene {
  /** Where it is, for the test's name. */
  readonly where: string;
  readonly script: string;
  readonly heap: "plain" | "recorded";
  readonly flags: readonly string[];
  /** Where to begin, in KiB, and between which depths C must be answered first. */
  readonly deepest: number;
  readonly range: readonly [least: number, most: number];
}

const LARGE_STACK = ["--v8-flags=--stack-size=7000"];
const [HERE, IN_WORKER] = ["deep_c_calls.ts", "deep_c_calls_in_worker.ts"];

const SCENES: readonly Scene[] = [
  {
    where: "with V8's own stack",
    script: HERE,
    heap: "plain",
    flags: [],
    deepest: 7000,
    range: [700, 900],
  },
  {
    where: "with V8's own stack",
    script: HERE,
    heap: "recorded",
    flags: [],
    deepest: 1000,
    range: [700, 900],
  },
  {
    where: "with a stack of 7000 KiB",
    script: HERE,
    heap: "recorded",
    flags: LARGE_STACK,
    deepest: 7500,
    range: [6500, 6900],
  },
  {
    where: "in a Worker",
    script: IN_WORKER,
    heap: "recorded",
    flags: [],
    deepest: 1000,
    range: [700, 900],
  },
  {
    where: "in a Worker that has less than the 7000 KiB that V8 was told",
    script: IN_WORKER,
    heap: "recorded",
    flags: LARGE_STACK,
    deepest: 3950,
    range: [3600, 3900],
  },
];

/** What is called, and how many errors that makes. */
const CALLS: Readonly<Record<string, number>> = {
  "os_malloc of a heap block": 0,
  "os_malloc of a mapping": 0,
  "os_calloc": 0,
  "os_realloc": 0,
  "os_realloc of a wrong pointer": 1,
  "os_free": 0,
  "os_free of a wrong pointer": 1,
};

const random = seededRandom(); // here, since tests may not read the environment

const REFUSED =
  " refused: the stack is too deep for JavaScript to answer; nest fewer " +
  "calls, or run deno with --v8-flags=--stack-size=7000";

async function descend(
  { script, flags, deepest, heap }: Scene,
  library: string,
  call: string,
): Promise<{ answered: Answered; lines: string[] }> {
  const { code, stdout, stderr } = await run(DENO, [
    "run",
    "--allow-ffi",
    "--allow-read",
    ...flags,
    program(script),
    library,
    String(deepest),
    heap,
    call,
  ]);
  assertEquals(code, 0, `${call}: ${stderr}`);
  const lines = stderr.trimEnd().split("\n");
  return { answered: JSON.parse(stdout), lines };
}

for (const scene of SCENES) {
  gatedTest({
    name:
      `calls from too deep are refused ${scene.where}, and a ${scene.heap} heap answers the next`,
    needs: NEEDS,
    fn: () =>
      inTemporaryFolder(async (folder) => {
        const library = await compileC("stack", folder);
        const calls = casesOf(Object.entries(CALLS), random);
        await Promise.all(
          calls.map(async ([call, errors]) => {
            const { answered, lines } = await descend(scene, library, call);
            assertEquals(answered.errors, errors);
            assertLess(scene.range[0], answered.kib);
            assertLess(answered.kib, scene.range[1]);
            assertLess(10, answered.refused);
            const refused = lines.slice(0, answered.refused);
            for (const line of refused) assert(line.endsWith(REFUSED), line);
            assertEquals(lines.length, answered.refused + errors);
          }),
        );
      }),
  });
}

gatedTest({
  name: "a hook that is called from too deep is refused, and answers the next",
  needs: NEEDS,
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const library = await compileC("stack", folder);
      const args = ["--allow-ffi", program("deep_hook.ts"), library];
      const { code, stdout, stderr } = await run(DENO, ["run", ...args]);
      assertEquals(code, 0, stderr);
      const { kib, errorCount, refusedCalls, liveBlocks } = JSON.parse(stdout);
      assertEquals([errorCount, liveBlocks], [0, 1]);
      assertLess(700, kib);
      assertLess(kib, 900);
      const lines = stderr.trimEnd().split("\n");
      assertEquals(lines.length, refusedCalls.deepStack);
      for (const line of lines) assertEquals(line, `osmem: hook${REFUSED}`);
    }),
});
