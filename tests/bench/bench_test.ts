// The benchmark measures every case, and draws its figures. Whether they are good is
// not tested.
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
  drawMarkdownTable,
  drawTable,
  footprintTable,
  notesOf,
  owningTable,
  ratioTable,
  tableOf,
  targetTable,
  titleOf,
} from "../../bench/report.ts";
import type { Result } from "../../bench/result.ts";
import { EMPTY_SCRIPT, STARTUP } from "../../bench/startup.ts";
import { BENCH_LIBRARY, whyNotBuilt } from "../support/built.ts";
import { ROOT } from "../support/command.ts";
import { gatedTest, toRun } from "../support/permissions.ts";
import { DENO, type Outcome, run } from "../support/run_deno.ts";
import { seededRandom } from "../support/seed.ts";
import { casesOf, IS_THOROUGH } from "../support/thoroughness.ts";

const MAIN = decodeURIComponent(new URL("bench/main.ts", ROOT).pathname);
const PERMISSIONS = [
  "--allow-ffi",
  "--allow-read",
  "--allow-run",
  "--allow-sys=cpus",
  "--allow-write=dist",
];

/** Allocators that a machine may not have. */
const MAY_BE_MISSING = ["mimalloc"];

const LIVE = 100;

function bench(...args: string[]): Promise<Outcome> {
  return run(DENO, ["run", "--no-prompt", ...PERMISSIONS, MAIN, ...args]);
}

/** The names of all cases, in the order in which they are measured. */
const NAMES = [...CASES, ...CLIENTS].map(({ name }) => name)
  .concat(STARTUP.case);

/** The cases to measure: all together, or a few, each by a process of its own. */
const MEASURED = IS_THOROUGH ? [""] : casesOf(NAMES, seededRandom());

gatedTest({
  name: "the benchmark measures every case on every allocator",
  needs: [toRun(DENO)],
  leftOut: whyNotBuilt(BENCH_LIBRARY),
  async fn() {
    for (const part of MEASURED) {
      const { code, stdout, stderr } = await bench(
        ...`--json --rounds 1 --turn 1 --live ${LIVE}`.split(" "),
        ...(part === "" ? [] : ["--case", part]),
      );
      assertEquals([code, stderr], [0, ""]);
      const results: Result[] = JSON.parse(stdout).results;
      assertEquals(
        results.map((result) => result.case),
        NAMES.filter((name) => name.includes(part)),
      );
      for (const result of results) requireMeasured(result);
    }
  },
});

function requireMeasured(result: Result): void {
  const found = CASES.find(({ name }) => name === result.case);
  if (found) requirePeers(result, found.peers.map(({ name }) => name));
  else if (result.case !== STARTUP.case) requireBoth(result);
}

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
  name: "an allocator that is not installed is left out, and a line says so",
  needs: [{ name: "read" }],
  async fn() {
    const [pair] = CASES;
    const [osmem] = pair!.peers;
    const absent = {
      name: "absent",
      runs: { module: "absent.ts", open: "open" },
    };
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

Deno.test("a C library that is not installed is left out, and a line says so", () => {
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
  name: "a case is found in capitals or not",
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
  name: "the benchmark refuses a case of an unknown name, and lists the names",
  needs: [toRun(DENO)],
  async fn() {
    const { code, stderr } = await bench("--case", "sorting");
    assertEquals(code, 2);
    assertStringIncludes(stderr, "no case has such a name");
    assertStringIncludes(stderr, "random churn");
    assertStringIncludes(stderr, STARTUP.case);
  },
});

gatedTest({
  name: "the benchmark refuses numbers of blocks that are not numbers",
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
  "glibc through FFI": 20,
  "glibc, wrapped": 40,
});

Deno.test("a case's table shows medians, quartiles and ratios", () => {
  assertEquals(titleOf(CHURN), "random churn, 1,000 blocks live: malloc");
  assertEquals(
    drawTable(tableOf(CHURN)),
    `
┌───────────────────┬────────┬─────────────┬───────────────────┐
│ allocator         │ median │   quartiles │ osmem ÷ allocator │
├───────────────────┼────────┼─────────────┼───────────────────┤
│ osmem             │  30 ns │ 29 ns–31 ns │                   │
│ glibc through FFI │  20 ns │ 19 ns–21 ns │              1.50 │
│ glibc, wrapped    │  40 ns │ 39 ns–41 ns │              0.75 │
└───────────────────┴────────┴─────────────┴───────────────────┘`.trim(),
  );
});

Deno.test("below a case's table are its footprint and who was left out", () => {
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

Deno.test("below a C library's table is the time of a run with either allocator", () => {
  assertEquals(
    notesOf(CLIENT)[0],
    "A run makes 5,000 calls and takes 3 ms instead of 1 ms: 400 ns more a call.",
  );
});

Deno.test("a C library takes one line, in a table of its own", () => {
  assertEquals(ratioTable([CHURN, CLIENT]).rows.length, 1);
  assertEquals(clientTable([CHURN, CLIENT]).rows, [
    ["Lua counts words", "5,000", "3 ms", "1 ms", "3.00", "400 ns"],
  ]);
});

Deno.test("targets are listed where they were measured, reached or missed", () => {
  const start = resultOf(STARTUP.case, 1, {
    osmem: 30e6,
    [EMPTY_SCRIPT]: 20e6,
  });
  const object = resultOf("allocation object, 64 bytes", 1000, {
    "heap.allocate": 400,
  });
  assertEquals(
    targetTable([object, CHURN, start]).rows,
    [
      ["allocation object, 64 bytes: heap.allocate", "the clock"]
        .concat("≤ 0.35 μs", "0.40 μs", "missed"),
      ["random churn, 1,000 blocks", "glibc through FFI"]
        .concat("≤ 1.4", "1.50", "missed"),
      ["random churn, 1,000 blocks", "glibc, wrapped"]
        .concat("≤ 2.1", "0.75", "reached"),
      ["side tables, at most", "the heap, 64 KiB apart"]
        .concat("≤ 3 %", "2.00 %", "reached"),
      [STARTUP.case, "an empty script"].concat("≤ 1.8", "1.50", "reached"),
    ],
  );
});

Deno.test("a case takes one line: osmem's time, and its ratio to each other time", () => {
  const { head, rows } = ratioTable([CHURN]);
  assertEquals(head.slice(0, 4), [
    "case",
    "live blocks",
    "osmem",
    "÷ glibc through FFI",
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

Deno.test("blocks that an object owns are compared in a table of their own", () => {
  const object = resultOf("allocation object, 64 bytes", 1000, {
    "heap.allocate": 400,
    "heap.allocate, all stacks": 3000,
    "glibc through FFI": 30,
  });
  assertEquals(ratioTable([CHURN, object]).rows.length, 1);
  assertEquals(owningTable([CHURN, object]), {
    head: [
      "case",
      "heap.allocate",
      "heap.allocate, bytes",
      "heap.allocate, all stacks",
      "new Uint8Array, pointer",
      "glibc through FFI",
      "glibc, getArrayBuffer",
    ],
    rows: [[
      "allocation object, 64 bytes",
      ...["400 ns", "", "3,000 ns", "", "30 ns", ""],
    ]],
  });
});

Deno.test("a table is drawn in Markdown", () => {
  assertEquals(
    drawMarkdownTable(footprintTable([CHURN])),
    `
| case         | live blocks | footprint | ÷ live | ÷ live with headers | tables | tables ÷ footprint |
| :----------- | ----------: | --------: | -----: | ------------------: | -----: | -----------------: |
| random churn |       1,000 |   400 KiB |   4.00 |                2.00 | 72 KiB |               0.18 |`
      .trim(),
  );
});
