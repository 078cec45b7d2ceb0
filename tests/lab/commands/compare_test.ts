import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ComparisonRow } from "../../../lab/compare/comparison.ts";
import { osmem } from "../../support/command.ts";
import { DENO } from "../../support/run_deno.ts";
import { gatedTests, toRun } from "../../support/permissions.ts";
import { runMain, TO_RUN_MAIN } from "../../support/run_main.ts";

const COMB = "tests/traces/comb.rep";

/** Registers a test where the command has no permission to start processes. */
const test = gatedTests("osmem compare", TO_RUN_MAIN);
/** Registers a test where each combination is measured in a process. */
const testWithProcesses = gatedTests("osmem compare", [
  ...TO_RUN_MAIN,
  toRun(DENO),
]);

async function rowsOf(
  args: readonly string[],
  stdin = "",
): Promise<ComparisonRow[]> {
  const { code, stdout, stderr } = await runMain(
    ["compare", "--json", ...args],
    { stdin },
  );
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

testWithProcesses("gives a row for every combination, in order", async () => {
  const rows = await rowsOf(
    ["--preallocate", "0,128K", "--mmap-threshold", "64K,never", COMB],
  );
  assertEquals(
    rows.map(({ policy }) => [policy.mmapThreshold, policy.preallocate]),
    // JSON has no infinite number
    [[65_536, 0], [65_536, 131_072], [null, 0], [null, 131_072]] as unknown as [
      number,
      number,
    ][],
  );
});

testWithProcesses(
  "gives the same rows in processes as without them",
  async () => {
    const without = (rows: ComparisonRow[]) =>
      rows.map((row) => ({ ...row, callsPerSecond: 0 }));
    const args = ["--preallocate", "0,128K", COMB];
    const { stdout } = await osmem(["compare", "--json", ...args]);
    assertEquals(without(await rowsOf(args)), without(JSON.parse(stdout)));
  },
);

testWithProcesses(
  "reads standard input once for all combinations",
  async () => {
    const rows = await rowsOf(
      ["-p", "0,128K", "-"],
      "1 1 2 1\na 0 8\nf 0\n",
    );
    assertEquals(rows.map(({ peakLiveBytes }) => peakLiveBytes), [8, 8]);
  },
);

testWithProcesses(
  "gives standard input to those who read it only",
  async () => {
    const calls = "a 0 8\nf 0\n".repeat(20_000); // more than a pipe holds
    const rows = await rowsOf(
      ["-p", "0,128K", COMB, "-"],
      `1 1 40000 1\n${calls}`,
    );
    assertEquals(rows.map(({ trace }) => trace), [
      COMB,
      COMB,
      "<standard input>",
      "<standard input>",
    ]);
  },
);

testWithProcesses("says why a process failed, and starts no more", async () => {
  const { code, stdout, stderr } = await runMain(
    ["compare", "-p", "0,128K", "none.trace", COMB],
  );
  assertEquals([code, stdout], [1, ""]);
  assertEquals(
    stderr,
    "osmem: none.trace: cannot be opened: no such file; check the path\n",
  );
});

test("draws a table that marks the best values", async () => {
  const { code, stdout } = await runMain(["compare", "-p", "0,128K", COMB]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "best, preallocate 128 KiB");
  assertStringIncludes(stdout, " *2 │");
});

test("--csv prints a heading and a line for each row", async () => {
  const { code, stdout } = await runMain(
    ["compare", "--csv", "-p", "0,128K", COMB],
  );
  assertEquals(code, 0);
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.length, 3);
  assertStringIncludes(lines[0]!, "trace,fit,");
});

for (
  const [name, args, code, message] of [
    [
      "with an unknown fit",
      ["-f", "best,tight", COMB],
      2,
      "argument 'best,tight' is invalid. Expected one of best, first, next, worst.",
    ],
    [
      "with a size that is none",
      ["-p", "12x", COMB],
      2,
      "Expected whole bytes, as in 4096, 128K, 1.5M or 2G.",
    ],
    [
      "in two forms of data",
      ["--csv", "--json", COMB],
      2,
      "option '--json' cannot be used with option '--csv'",
    ],
    [
      "with no jobs",
      ["-j", "0", COMB],
      2,
      "Expected a whole number from 1 to 9999.",
    ],
    [
      "of a trace that is not there",
      ["-p", "0,128K", "none.trace"],
      1,
      "osmem: none.trace: cannot be opened: no such file",
    ],
    [
      "with a preallocation that no heap takes",
      ["-p", "7", COMB],
      2,
      "Cannot make a heap with preallocate 7: expected 0, or a multiple of 8",
    ],
  ] as const
) {
  test(`${name} ends with ${code} and says so`, async () => {
    const finished = await runMain(["compare", ...args]);
    assertEquals([finished.code, finished.stdout], [code, ""]);
    assertStringIncludes(finished.stderr, message);
  });
}
