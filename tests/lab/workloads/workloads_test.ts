import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { replayChecked } from "../../../lab/replay/checked_replay.ts";
import { CallKind, type Trace } from "../../../lab/traces/trace.ts";
import { comb } from "../../../lab/workloads/comb.ts";
import { ramp } from "../../../lab/workloads/ramp.ts";
import { randomWorkload } from "../../../lab/workloads/random_workload.ts";
import { reallocGrowth } from "../../../lab/workloads/realloc_growth.ts";
import { sawtooth } from "../../../lab/workloads/sawtooth.ts";
import { WORKLOADS } from "../../../lab/workloads/workloads.ts";
import { callsOf } from "../../support/traces.ts";

const NOTHING_OMITTED = {
  unknownFrees: 0,
  secondFrees: 0,
  unknownReallocs: 0,
  failedCalls: 0,
  unseenFrees: 0,
  unsizedBlocks: 0,
  surplusOperations: 0,
  skippedLines: 0,
};

/** Calls from a block's allocation to its free, of all blocks that are freed. */
function lifetimesOf({ kinds, blocks }: Trace): number[] {
  const born = new Map<number, number>();
  const lifetimes: number[] = [];
  blocks.forEach((block, call) => {
    if (kinds[call] === CallKind.free) {
      lifetimes.push(call - (born.get(block) as number));
    } else if (!born.has(block)) born.set(block, call);
  });
  return lifetimes;
}

function shareOf(trace: Trace, kind: CallKind): number {
  const calls = trace.kinds.filter((each) => each === kind).length;
  return calls / trace.kinds.filter((each) => each !== CallKind.free).length;
}

Deno.test("comb() frees every second block, then asks for half as many larger ones", () => {
  const trace = comb({ blocks: 4, size: 10, factor: 1.5 });
  assertEquals(callsOf(trace), [
    "malloc #0 1x10",
    "malloc #1 1x10",
    "malloc #2 1x10",
    "malloc #3 1x10",
    "free #1 0x0",
    "free #3 0x0",
    "malloc #4 1x15",
    "malloc #5 1x15",
  ]);
  assertEquals(trace.file, "comb(blocks=4, size=10, factor=1.5)");
  assertEquals(trace.format, "workload");
  assertEquals([...trace.lines], [1, 2, 3, 4, 5, 6, 7, 8]);
});

for (
  const [order, freed] of [
    ["oldest", ["free #0 0x0", "free #1 0x0", "free #2 0x0"]],
    ["newest", ["free #2 0x0", "free #1 0x0", "free #0 0x0"]],
  ] as const
) {
  Deno.test(`ramp() allocates ever larger blocks and frees the ${order} first`, () => {
    const trace = ramp({ blocks: 3, size: 5, step: 2, order });
    assertEquals(callsOf(trace), [
      "malloc #0 1x5",
      "malloc #1 1x7",
      "malloc #2 1x9",
      ...freed,
    ]);
  });
}

Deno.test("ramp() frees in a random order, which the seed decides", () => {
  const freed = (
    seed: number,
  ) => [...ramp({ blocks: 50, order: "random", seed }).blocks.subarray(50)];
  const numbers = Array.from({ length: 50 }, (_, block) => block);
  assertEquals(freed(1), freed(1));
  assertNotEquals(freed(1), freed(2));
  assertNotEquals(freed(1), numbers);
  assertEquals(freed(1).toSorted((a, b) => a - b), numbers);
});

Deno.test("sawtooth() allocates up and frees down, tooth by tooth", () => {
  const trace = sawtooth({ blocks: 2, size: 8, teeth: 2 });
  assertEquals(callsOf(trace), [
    "malloc #0 1x8",
    "malloc #1 1x8",
    "free #1 0x0",
    "free #0 0x0",
    "malloc #2 1x8",
    "malloc #3 1x8",
    "free #3 0x0",
    "free #2 0x0",
  ]);
});

Deno.test("reallocGrowth() grows blocks in turns by a factor", () => {
  const trace = reallocGrowth({ blocks: 2, size: 3, factor: 1.5, growths: 2 });
  assertEquals(callsOf(trace), [
    "malloc #0 1x3",
    "malloc #1 1x3",
    "realloc #0 1x5",
    "realloc #1 1x5",
    "realloc #0 1x8",
    "realloc #1 1x8",
    "free #0 0x0",
    "free #1 0x0",
  ]);
});

Deno.test("reallocGrowth() grows blocks by a step if there is one", () => {
  const { sizes } = reallocGrowth({ blocks: 1, size: 3, step: 4, growths: 3 });
  assertEquals([...sizes], [3, 7, 11, 15, 0]);
});

Deno.test("randomWorkload() makes exactly the calls asked for, all of them possible", () => {
  for (const reallocs of [0, 0.5, 1]) {
    const trace = randomWorkload({ calls: 5000, reallocs });
    assertEquals(trace.length, 5000);
    assertEquals(trace.omissions, NOTHING_OMITTED);
  }
});

Deno.test("randomWorkload() makes the same calls for the same seed only", () => {
  const calls = (seed: number) =>
    callsOf(randomWorkload({ calls: 500, reallocs: 0.2, seed }));
  assertEquals(calls(5), calls(5));
  assertNotEquals(calls(5), calls(6));
});

Deno.test("randomWorkload() draws sizes and lifetimes in calls from their distributions", () => {
  const trace = randomWorkload({
    calls: 2000,
    sizes: { name: "uniform", values: [10, 20] },
    lifetimes: { name: "constant", values: [7] },
  });
  const sizes = trace.sizes.filter((_, call) =>
    trace.kinds[call] === CallKind.malloc
  );
  assertEquals([Math.min(...sizes), Math.max(...sizes)], [10, 20]);
  assertEquals(new Set(lifetimesOf(trace)), new Set([7]));
});

Deno.test("randomWorkload() frees a block later whose time comes while others wait, and never too early", () => {
  const lifetimes = lifetimesOf(randomWorkload({
    calls: 20_000,
    lifetimes: { name: "uniform", values: [100, 300] },
  }));
  const mean = lifetimes.reduce((sum, each) => sum + each) / lifetimes.length;
  assert(Math.min(...lifetimes) >= 100);
  assert(mean > 190 && mean < 260, `the mean is ${mean}`);
});

Deno.test("randomWorkload() reallocates the share asked for", () => {
  const trace = randomWorkload({ calls: 20_000, reallocs: 0.25 });
  const share = shareOf(trace, CallKind.realloc);
  assert(Math.abs(share - 0.25) < 0.02, `the share is ${share}`);
});

Deno.test("randomWorkload() leaves blocks whose time does not come", () => {
  const trace = randomWorkload({
    calls: 10,
    sizes: { name: "constant", values: [8] },
    lifetimes: { name: "constant", values: [1000] },
  });
  assertEquals(trace.remainingBytes, 80);
});

for (const { name, make } of WORKLOADS) {
  Deno.test(`${name}: the workload as it is by default can be replayed`, async () => {
    const trace = make({});
    const { run } = await replayChecked(trace, {
      memory: "arena",
      verify: true,
    });
    const { end } = run.stats();
    assertEquals(end.calls, trace.length);
    assertEquals(end.requestedBytes, trace.remainingBytes);
  });
}

for (
  const [what, make, message] of [
    [
      "a number that is too small",
      () => comb({ blocks: 0 }),
      "blocks is 0: expected blocks that are allocated first: an integer from 1 to 10000000",
    ],
    ["a fraction", () => comb({ size: 1.5 }), "size is 1.5: expected"],
    ["no number", () => comb({ size: NaN }), "size is NaN: expected"],
    [
      "an order that there is not",
      () => ramp({ order: "sideways" as "oldest" }),
      "order is sideways: expected which block is freed first: oldest, newest, random",
    ],
    [
      "a distribution with a wrong parameter",
      () => randomWorkload({ sizes: { name: "constant", values: [-1] } }),
      "sizes is constant:-1: expected bytes of each block: a distribution, with value, an integer from 0",
    ],
    [
      "a distribution with too many parameters",
      () => randomWorkload({ sizes: { name: "constant", values: [1, 2] } }),
      "with 1 parameters of constant",
    ],
    [
      "more blocks in all than can be",
      () => sawtooth({ blocks: 10_000, teeth: 10_000 }),
      "blocks times teeth is 100000000: expected at most 10000000",
    ],
    [
      "more growths in all than can be",
      () => reallocGrowth({ blocks: 10_000, growths: 10_000 }),
      "blocks times growths is 100000000: expected at most 10000000",
    ],
    [
      "growth beyond any memory",
      () => reallocGrowth({ size: 1, growths: 100 }),
      "growths is 100: expected at most 40",
    ],
  ] as const
) {
  Deno.test(`workloads refuse ${what}`, () => {
    assertThrows(make, RangeError, message);
  });
}
