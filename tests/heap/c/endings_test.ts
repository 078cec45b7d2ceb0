// Programs and Workers that end with a heap still bound, while C frees its memory: in
// atexit(3) functions, in the destructors of libraries and of a thread's own data.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compileC, TO_LINK } from "../../support/compile_c.ts";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, type Outcome, program, run } from "../../support/run_deno.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

interface Case {
  /** How the program ends. */
  readonly how: string;
  /** Whether C's library is unloaded with the program, and not at the very end. */
  readonly isUnloaded: boolean;
  /** The status that it ends with. */
  readonly code: number;
}

const CASES: readonly Case[] = [
  { how: "returns", isUnloaded: true, code: 0 },
  { how: "returns", isUnloaded: false, code: 0 },
  { how: "exits", isUnloaded: true, code: 3 },
  { how: "exits", isUnloaded: false, code: 3 },
  { how: "throws", isUnloaded: false, code: 1 },
  { how: "rejects", isUnloaded: false, code: 1 },
  { how: "exits from C", isUnloaded: true, code: 4 },
  { how: "exits from C", isUnloaded: false, code: 4 },
];

const NEEDS = [
  toRun(DENO),
  TO_LINK,
  { name: "read" },
  { name: "write" },
] as const;

/** Runs a program of `tests/processes/` with the library that keeps blocks. */
async function end(
  script: string,
  how: string,
  isUnloaded: boolean,
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await inTemporaryFolder(async (folder) => {
    const path = await compileC("endings", folder, { isUnloaded });
    const permissions = ["--allow-ffi", "--allow-read"];
    outcome = await run(DENO, [
      "run",
      ...permissions,
      program(script),
      how,
      path,
    ]);
  });
  return outcome!;
}

for (const { how, isUnloaded, code } of CASES) {
  const which = isUnloaded
    ? "a library that is unloaded"
    : "a library that stays";
  gatedTest({
    name: `a program that ${how} refuses ${which} at the end`,
    needs: NEEDS,
    async fn() {
      const outcome = await end("c_endings.ts", how, isUnloaded);
      assertEquals(outcome.code, code, outcome.stderr);
      const frees = outcome.stderr.match(
        /^osmem: os_free\(0x[0-9a-f]+\) refused: no heap is bound; /gm,
      );
      assertEquals(frees?.length, 2, outcome.stderr);
      if (code === 1) assertStringIncludes(outcome.stderr, "Error: on purpose");
    },
  });
}

gatedTest({
  name: "a program that awaits an exit from C answers until the very end",
  needs: NEEDS,
  async fn() {
    const outcome = await end("c_endings.ts", "awaits an exit from C", false);
    assertEquals(outcome, { code: 5, stdout: "exits with 5\n", stderr: "" });
  },
});

for (const how of ["closes", "is terminated"]) {
  gatedTest({
    name: `a Worker that ${how} refuses what C frees when the thread ends`,
    needs: NEEDS,
    async fn() {
      const outcome = await end("c_ending_of_worker.ts", how, false);
      assertEquals(outcome.code, 0, outcome.stderr);
      assertMatch( // by the thread, by atexit(3), and by the library
        outcome.stderr,
        /^(osmem: os_free\(0x[0-9a-f]+\) refused: .*\n){3}$/,
      );
    },
  });
}
