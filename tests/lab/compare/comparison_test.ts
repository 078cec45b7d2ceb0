import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  COMPARED_FIGURES,
  type ComparisonRow,
  isBest,
} from "../../../lab/compare/comparison.ts";
import { comparisonToCsv } from "../../../lab/commands/csv.ts";
import { drawComparison } from "../../../lab/compare/comparison_table.ts";
import { measurePolicy } from "../../../lab/compare/measure_policy.ts";
import { PLAIN } from "../../../lab/pictures/palette.ts";
import { traceOfOperations } from "../../support/traces.ts";

const POLICY = {
  fit: "best",
  split: true,
  coalesce: "deferred",
  mmapThreshold: 131_072,
  callocThreshold: 4096,
  preallocate: 131_072,
  growth: 8,
} as const;

function row(change: Partial<ComparisonRow> = {}): ComparisonRow {
  return {
    trace: "a.rep",
    policy: POLICY,
    utilisation: 0.5,
    peakLiveBytes: 1000,
    peakFootprintBytes: 2000,
    internalFragmentationBytes: 10,
    externalFragmentation: 0.25,
    headerBytes: 320,
    blockedRequests: 3,
    meanSearchLength: 12.5,
    worstSearchLength: 40,
    brkCalls: 7,
    mmapCalls: 0,
    munmapCalls: 0,
    callsPerSecond: 1_000_000,
    ...change,
  };
}

Deno.test("the best value is the highest where more is better, else the lowest", () => {
  const rows = [
    row(),
    row({ utilisation: 0.6, brkCalls: 9, callsPerSecond: 2_000_000 }),
  ];
  const best = rows.map((one) => ({
    utilisation: isBest(one, "utilisation", rows),
    brkCalls: isBest(one, "brkCalls", rows),
    callsPerSecond: isBest(one, "callsPerSecond", rows),
  }));
  assertEquals(best, [
    { utilisation: false, brkCalls: true, callsPerSecond: false },
    { utilisation: true, brkCalls: false, callsPerSecond: true },
  ]);
});

Deno.test("where all rows have the same value, none is best", () => {
  const rows = [row(), row()];
  assert(!isBest(rows[0]!, "brkCalls", rows));
});

Deno.test("values are compared within a trace only", () => {
  const rows = [row(), row({ trace: "b.rep", brkCalls: 1 })];
  assert(!isBest(rows[1]!, "brkCalls", rows));
});

Deno.test("a value that there is none of is never best", () => {
  const rows = [
    row({ externalFragmentation: null }),
    row(),
    row({
      externalFragmentation: 0.5,
    }),
  ];
  assert(!isBest(rows[0]!, "externalFragmentation", rows));
  assert(isBest(rows[1]!, "externalFragmentation", rows));
});

for (const width of [40, 80, 120, 200]) {
  Deno.test(`a comparison has every column on ${width} columns, and no longer line`, () => {
    const text = drawComparison([row()], { width, palette: PLAIN });
    for (const line of text.split("\n")) assert(line.length <= width, line);
    for (const part of ["utili-", "footprint", "worst", "munmap", "calls/s"]) {
      assertStringIncludes(text, part);
    }
  });
}

Deno.test("a comparison names the parts of the policies that differ", () => {
  const rows = [
    row(),
    row({ policy: { ...POLICY, fit: "first", mmapThreshold: Infinity } }),
  ];
  const text = drawComparison(rows, { width: 200, palette: PLAIN });
  assertStringIncludes(text, "best, mmap from 128 KiB");
  assertStringIncludes(text, "first, mmap from never");
  assert(!text.includes("growth"));
});

Deno.test("a comparison as CSV has a heading and a record for each row", () => {
  const lines = comparisonToCsv([row({ trace: 'a, "b".rep' })]).split("\n");
  assertEquals(lines.length, 2);
  assertEquals(
    lines[0],
    ["trace", ...Object.keys(POLICY), ...Object.keys(COMPARED_FIGURES)].join(),
  );
  assertEquals(
    lines[1],
    '"a, ""b"".rep",best,true,deferred,131072,4096,131072,8,' +
      "0.5,1000,2000,10,0.25,320,3,12.5,40,7,0,0,1000000",
  );
});

Deno.test("measurePolicy() measures a trace under the policy that is given", async () => {
  const trace = await traceOfOperations([
    "a 0 100",
    "a 1 50",
    "f 0",
    "a 2 200",
  ]);
  const { callsPerSecond, ...figures } = await measurePolicy(trace, {
    preallocate: 0,
  });
  assert(callsPerSecond);
  assertEquals(
    figures,
    {
      trace: "test.trace",
      policy: { ...POLICY, preallocate: 0 },
      utilisation: 250 / (3 * 32 + 104 + 56 + 200),
      peakLiveBytes: 250,
      peakFootprintBytes: 3 * 32 + 104 + 56 + 200,
      internalFragmentationBytes: 6,
      externalFragmentation: 0,
      headerBytes: 96,
      blockedRequests: 0,
      meanSearchLength: 1.5,
      worstSearchLength: 2,
      brkCalls: 3,
      mmapCalls: 0,
      munmapCalls: 0,
    },
  );
});
