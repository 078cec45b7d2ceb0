import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ComparisonRow } from "../../../lab/compare/comparison.ts";
import { osmem, TO_RUN_OSMEM } from "../../support/command.ts";
import { gatedTest } from "../../support/permissions.ts";

const COMB = "tests/traces/comb.rep";
const PARALLEL = ["--allow-ffi", "--allow-read", "--allow-run"];

function test(name: string, fn: () => Promise<void>): void {
  gatedTest({ name: `osmem compare ${name}`, needs: TO_RUN_OSMEM, fn });
}

async function rowsOf(
  args: readonly string[],
  options: Parameters<typeof osmem>[1] = { permissions: PARALLEL },
): Promise<ComparisonRow[]> {
  const { code, stdout, stderr } = await osmem(
    ["compare", "--json", ...args],
    options,
  );
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

test("gives a row for every combination, in order", async () => {
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

test("gives the same rows in processes as without them", async () => {
  const without = (rows: ComparisonRow[]) =>
    rows.map((row) => ({ ...row, callsPerSecond: 0 }));
  const args = ["--preallocate", "0,128K", COMB];
  const alone = await rowsOf(args, {});
  assertEquals(without(await rowsOf(args)), without(alone));
});

test("reads standard input once for all combinations", async () => {
  const rows = await rowsOf(["-p", "0,128K", "-"], {
    permissions: PARALLEL,
    stdin: "1 1 2 1\na 0 8\nf 0\n",
  });
  assertEquals(rows.map(({ peakLiveBytes }) => peakLiveBytes), [8, 8]);
});

test("gives standard input to those who read it only", async () => {
  const calls = "a 0 8\nf 0\n".repeat(100_000); // more than a pipe holds
  const rows = await rowsOf(["-p", "0,128K", COMB, "-"], {
    permissions: PARALLEL,
    stdin: `1 1 200000 1\n${calls}`,
  });
  assertEquals(rows.map(({ trace }) => trace), [
    COMB,
    COMB,
    "<standard input>",
    "<standard input>",
  ]);
});

test("says why a process failed, and starts no more", async () => {
  const { code, stdout, stderr } = await osmem(
    ["compare", "-p", "0,128K", "none.trace", COMB],
    { permissions: PARALLEL },
  );
  assertEquals([code, stdout], [1, ""]);
  assertEquals(
    stderr,
    "osmem: none.trace: cannot be opened: no such file; check the path\n",
  );
});

test("draws a table that marks the best values", async () => {
  const { code, stdout } = await osmem(["compare", "-p", "0,128K", COMB], {
    permissions: PARALLEL,
  });
  assertEquals(code, 0);
  assertStringIncludes(stdout, "best, preallocate 128 KiB");
  assertStringIncludes(stdout, " *2 │");
});

test("--csv prints a heading and a line for each row", async () => {
  const { code, stdout } = await osmem(
    ["compare", "--csv", "-p", "0,128K", COMB],
    { permissions: PARALLEL },
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
    const finished = await osmem(["compare", ...args], {
      permissions: PARALLEL,
    });
    assertEquals([finished.code, finished.stdout], [code, ""]);
    assertStringIncludes(finished.stderr, message);
  });
}
