// The benchmark itself: its numbers are not judged here, only that it takes them.
import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { CASES } from "../bench/cases/all.ts";
import type { Result } from "../bench/measure.ts";
import { PEERS } from "../bench/peers/all.ts";
import { drawCase, ratiosOf } from "../bench/report.ts";
import { ROOT } from "./support/command.ts";
import { gatedTest, toRun } from "./support/permissions.ts";
import { DENO, type Outcome, run } from "./support/run_deno.ts";

const MAIN = decodeURIComponent(new URL("bench/main.ts", ROOT).pathname);
const PERMISSIONS = [
  "--allow-ffi",
  "--allow-read",
  "--allow-run",
  "--allow-sys=cpus",
];

function bench(...args: string[]): Promise<Outcome> {
  return run(DENO, ["run", "--no-prompt", ...PERMISSIONS, MAIN, ...args]);
}

gatedTest({
  name: "the benchmark measures every case on every allocator",
  needs: [toRun(DENO)],
  async fn() {
    const { code, stdout, stderr } = await bench(
      ..."--json --rounds 1 --live 1,100".split(" "),
    );
    assertEquals([code, stderr], [0, ""]);
    const results: Result[] = JSON.parse(stdout).results;
    assertEquals(
      results.map((result) => [result.case, result.blocks]),
      CASES.flatMap(({ name }) => [[name, 1], [name, 100]]),
    );
    for (const { timings, leftOut } of results) {
      assertEquals(leftOut, []);
      assertEquals(
        timings.map(({ peer }) => peer),
        PEERS.map(({ name }) => name),
      );
      for (const { median } of timings) assertGreater(median, 0);
    }
  },
});

gatedTest({
  name:
    "the benchmark refuses a case that there is not, and names those there are",
  needs: [toRun(DENO)],
  async fn() {
    const { code, stderr } = await bench("--case", "sorting");
    assertEquals(code, 2);
    assertStringIncludes(stderr, "no case is named like that");
    assertStringIncludes(stderr, "random churn");
  },
});

gatedTest({
  name: "the benchmark refuses numbers of blocks that are none",
  needs: [toRun(DENO)],
  async fn() {
    const { code, stderr } = await bench("--live", "1000,many");
    assertEquals(code, 2);
    assertStringIncludes(stderr, "expected a positive whole number");
  },
});

/** A result with these medians, ours first. */
function resultOf(blocks: number, medians: readonly number[]): Result {
  const timings = medians.map((median, index) => ({
    peer: ["ours", "theirs"][index]!,
    median,
    lowerQuartile: median - 1,
    upperQuartile: median + 1,
  }));
  const leftOut = ["other is left out: no such library"];
  return { case: "pair", operation: "malloc", blocks, timings, leftOut };
}

Deno.test("the benchmark divides our median by each of the others'", () => {
  assertEquals(ratiosOf(resultOf(1000, [30, 20]).timings), [1.5]);
});

Deno.test("the benchmark's table shows medians, quartiles, ratios, growth and what was left out", () => {
  const table = drawCase([resultOf(1000, [30, 20]), resultOf(1e6, [60, 80])]);
  assertEquals(
    table,
    `
pair: malloc
┌───────────────┬────────────┬────────────┬───────────────┐
│   live blocks │       ours │     theirs │ ours ÷ theirs │
├───────────────┼────────────┼────────────┼───────────────┤
│         1,000 │ 30 (29–31) │ 20 (19–21) │          1.50 │
│     1,000,000 │ 60 (59–61) │ 80 (79–81) │          0.75 │
│ first to last │     × 2.00 │     × 4.00 │               │
└───────────────┴────────────┴────────────┴───────────────┘
other is left out: no such library`.trim(),
  );
});
