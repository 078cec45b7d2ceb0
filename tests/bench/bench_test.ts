// The benchmark itself: its numbers are not judged here, only that it takes them.
import {
  assert,
  assertEquals,
  assertGreater,
  assertStringIncludes,
} from "@std/assert";
import { CASES } from "../../bench/cases/all.ts";
import { CLIENTS } from "../../bench/clients/all.ts";
import { measureClient } from "../../bench/clients/measure_client.ts";
import { measure } from "../../bench/measure.ts";
import {
  clientTable,
  footprintTable,
  holdingTable,
  notesOf,
  ratioTable,
  tableOf,
  targetTable,
  titleOf,
} from "../../bench/report.ts";
import type { Result } from "../../bench/result.ts";
import { EMPTY_SCRIPT, STARTUP } from "../../bench/startup.ts";
import { drawMarkdownTable, drawTable } from "../../bench/table.ts";
import { ROOT } from "../support/command.ts";
import { gatedTest, toRun } from "../support/permissions.ts";
import { DENO, type Outcome, run } from "../support/run_deno.ts";

const MAIN = decodeURIComponent(new URL("bench/main.ts", ROOT).pathname);
const PERMISSIONS = [
  "--allow-ffi",
  "--allow-read",
  "--allow-run",
  "--allow-sys=cpus",
];

/** Allocators that a machine may not have. */
const MAY_BE_MISSING = ["mimalloc"];

const LIVE = 100;

function bench(...args: string[]): Promise<Outcome> {
  return run(DENO, ["run", "--no-prompt", ...PERMISSIONS, MAIN, ...args]);
}

gatedTest({
  name: "the benchmark measures every case on every allocator",
  needs: [toRun(DENO)],
  async fn() {
    const { code, stdout, stderr } = await bench(
      ...`--json --rounds 1 --turn 1 --live ${LIVE}`.split(" "),
    );
    assertEquals([code, stderr], [0, ""]);
    const results: Result[] = JSON.parse(stdout).results;
    assertEquals(
      results.map((result) => result.case),
      [...CASES, ...CLIENTS].map(({ name }) => name).concat(STARTUP.case),
    );
    CASES.forEach(({ peers }, index) =>
      requirePeers(results[index]!, peers.map(({ name }) => name))
    );
    CLIENTS.forEach((_, index) => requireBoth(results[CASES.length + index]!));
  },
});

function requirePeers({ timings, leftOut }: Result, peers: string[]): void {
  const measured = timings.map(({ peer }) => peer);
  const missing = peers.filter((peer) => !measured.includes(peer));
  assert(missing.every((peer) => MAY_BE_MISSING.includes(peer)), `${leftOut}`);
  assertEquals(leftOut.length, missing.length);
  for (const { median } of timings) assertGreater(median, 0);
}

/** A C library was measured with both allocators, or it is not installed. */
function requireBoth({ timings, calls, leftOut }: Result): void {
  if (leftOut.length > 0) {
    return assertEquals([timings, calls], [[], undefined]);
  }
  assertEquals(
    timings.map(({ peer }) => peer),
    ["osmem", "glibc in plain C"],
  );
  for (const { median } of timings) assertGreater(median, 0);
  assertGreater(calls!, 0);
}

gatedTest({
  name: "an allocator that is not there is left out, and a line says so",
  needs: [{ name: "read" }],
  async fn() {
    const [pair] = CASES;
    const [osmem] = pair!.peers;
    const absent = { name: "absent", module: "absent.ts" };
    const { timings, leftOut } = await measure(
      { ...pair!, peers: [osmem, absent] },
      LIVE,
      { rounds: 1, turn: 1 },
    );
    assertEquals(timings.map(({ peer }) => peer), ["osmem"]);
    assertEquals(leftOut.length, 1);
    assertStringIncludes(leftOut[0]!, "absent is left out: ");
  },
});

Deno.test("a C library that is not there is left out, and a line says so", () => {
  const library = {
    name: "Absent 1",
    file: "libabsent.so.0",
    debianPackage: "libabsent0",
  };
  const client = { name: "Absent at work", library, run: () => {} };
  const result = measureClient(client, { rounds: 1, turn: 1 });
  assertEquals(ratioTable([result]).rows, []);
  assertEquals(clientTable([result]).rows, []);
  assertEquals(notesOf(result), [
    "Absent 1 is left out: there is no libabsent.so.0; Debian has it in the package libabsent0",
  ]);
});

gatedTest({
  name: "a case is found whether or not its capitals are written",
  needs: [toRun(DENO)],
  async fn() {
    const { code, stdout } = await bench(
      ..."--json --rounds 1 --turn 1 --case START".split(" "),
    );
    assertEquals(code, 0);
    const results: Result[] = JSON.parse(stdout).results;
    assertEquals(results.map((result) => result.case), [STARTUP.case]);
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
    assertStringIncludes(stderr, STARTUP.case);
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

/** A result with these medians by allocator, osmem's first. */
function resultOf(
  name: string,
  blocks: number,
  medians: Readonly<Record<string, number>>,
): Result {
  return {
    case: name,
    operation: "malloc",
    blocks,
    timings: Object.entries(medians).map(([peer, median]) => ({
      peer,
      median,
      lowerQuartile: median - 1,
      upperQuartile: median + 1,
    })),
    footprint: {
      heaps: 1,
      peakLive: 102400,
      peakLiveWithHeaders: 204800,
      peakFootprint: 409600,
      tables: 65536 + 8192,
    },
    leftOut: ["other is left out: no such library"],
  };
}

const CHURN = resultOf("random churn", 1000, {
  "osmem": 30,
  "glibc, as people call it": 20,
  "glibc, fastest": 40,
});

Deno.test("a case's table shows medians, quartiles and ratios", () => {
  assertEquals(titleOf(CHURN), "random churn, 1,000 blocks live: malloc");
  assertEquals(
    drawTable(tableOf(CHURN)),
    `
┌──────────────────────────┬────────┬─────────────┬────────────┐
│ allocator                │ median │   quartiles │ osmem ÷ it │
├──────────────────────────┼────────┼─────────────┼────────────┤
│ osmem                    │  30 ns │ 29 ns–31 ns │            │
│ glibc, as people call it │  20 ns │ 19 ns–21 ns │       1.50 │
│ glibc, fastest           │  40 ns │ 39 ns–41 ns │       0.75 │
└──────────────────────────┴────────┴─────────────┴────────────┘`.trim(),
  );
});

Deno.test("below a case's table stand its footprint and who was left out", () => {
  assertEquals(notesOf(CHURN), [
    "Footprint: 400 KiB for 100 KiB live, 4.00 times as much; 2.00 with headers. Tables: 72 KiB.",
    "other is left out: no such library",
  ]);
});

/** A C library at work, with 5,000 calls in a run. */
const CLIENT: Result = {
  ...resultOf("Lua counts words", 700, {
    "osmem": 600,
    "glibc in plain C": 200,
  }),
  calls: 5000,
};

Deno.test("below a C library's table stands what a run takes with either allocator", () => {
  assertEquals(
    notesOf(CLIENT)[0],
    "A run makes 5,000 calls and takes 3 ms instead of 1 ms: 400 ns more a call.",
  );
});

Deno.test("one line sums a C library up, in a table of its own", () => {
  assertEquals(ratioTable([CHURN, CLIENT]).rows.length, 1);
  assertEquals(clientTable([CHURN, CLIENT]).rows, [
    ["Lua counts words", "5,000", "3 ms", "1 ms", "3.00", "400 ns"],
  ]);
});

Deno.test("targets are listed where they were measured, reached or missed", () => {
  const start = resultOf(STARTUP.case, 1, {
    osmem: 30.5e6,
    [EMPTY_SCRIPT]: 20e6,
  });
  assertEquals(
    targetTable([CHURN, start]).rows,
    [
      ["random churn, 1,000 blocks", "glibc, as people call it", "≤ 1", "1.50"],
      ["random churn, 1,000 blocks", "glibc, fastest", "≤ 1.5", "0.75"],
      ["side tables, at most", "the heap, 64 KiB apart", "≤ 3 %", "2.00 %"],
      [STARTUP.case, "over an empty script", "≤ 8 ms", "10.50 ms"],
    ].map((row, index) => [...row, index % 3 === 0 ? "missed" : "reached"]),
  );
});

Deno.test("one line sums a case up: our time, and its ratio to each other's", () => {
  const { head, rows } = ratioTable([CHURN]);
  assertEquals(head.slice(0, 4), [
    "case",
    "live blocks",
    "osmem",
    "÷ glibc, as people call it",
  ]);
  assertEquals(rows[0]!.slice(0, 6), [
    "random churn",
    "1,000",
    "30 ns",
    "1.50",
    "0.75",
    "",
  ]);
});

Deno.test("ways to hold memory stand beside each other, in a table of their own", () => {
  const holding = resultOf("holding 64 bytes", 1000, {
    "heap.allocate": 3000,
    "… stacks: false": 400,
    "glibc, as people call it": 30,
  });
  assertEquals(ratioTable([CHURN, holding]).rows.length, 1);
  assertEquals(holdingTable([CHURN, holding]), {
    head: [
      "case",
      "heap.allocate",
      "… stacks: false",
      "… stacks: false, and bytes",
      "new Uint8Array, pointer",
      "glibc, as people call it",
      "glibc, getArrayBuffer",
    ],
    rows: [["holding 64 bytes", "3,000 ns", "400 ns", "", "", "30 ns", ""]],
  });
});

Deno.test("the table of footprints is there in Markdown too", () => {
  assertEquals(
    drawMarkdownTable(footprintTable([CHURN])),
    `
| case         | live blocks |    held | ÷ live | ÷ live with headers | tables | tables ÷ held |
| :----------- | ----------: | ------: | -----: | ------------------: | -----: | ------------: |
| random churn |       1,000 | 400 KiB |   4.00 |                2.00 | 72 KiB |          0.18 |`
      .trim(),
  );
});
