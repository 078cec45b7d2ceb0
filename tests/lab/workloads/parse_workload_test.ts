import { assertEquals, assertThrows } from "@std/assert";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { comb } from "../../../lab/workloads/comb.ts";
import { parseWorkload } from "../../../lab/workloads/parse_workload.ts";
import { WORKLOAD_NAMES } from "../../../lab/workloads/workloads.ts";
import { callsOf } from "../../support/traces.ts";

Deno.test("parseWorkload() makes the workload that is specified", () => {
  const trace = parseWorkload("workload:comb,blocks=10,size=64,factor=1.5");
  const same = comb({ blocks: 10, size: 64, factor: 1.5 });
  assertEquals(callsOf(trace), callsOf(same));
  assertEquals(trace.file, same.file);
});

Deno.test("parseWorkload() takes distributions, words and seeds", () => {
  assertEquals(
    parseWorkload(
      "random,calls=100,sizes=lognormal:200:1.5,lifetimes=exponential:50,seed=7",
    ).file,
    "random(calls=100, sizes=lognormal:200:1.5, lifetimes=exponential:50, reallocs=0, seed=7)",
  );
  assertEquals(
    parseWorkload("ramp,order=newest,blocks=2").file,
    "ramp(blocks=2, size=16, step=16, order=newest, seed=1)",
  );
});

Deno.test("parseWorkload() knows every workload by its name alone", () => {
  for (const name of WORKLOAD_NAMES) {
    assertEquals(parseWorkload(name).file.startsWith(`${name}(`), true);
  }
});

for (
  const [text, place, expected] of [
    ["workload:", ":1:10", "a workload, one of random, comb, ramp, sawtooth"],
    ["workload:combs", ":1:10", "a workload, one of"],
    ["workload:comb,", ":1:15", "a parameter, one of blocks, size, factor"],
    ["workload:comb,color=1", ":1:15", "a parameter, one of blocks"],
    ["workload:comb,constructor=1", ":1:15", "a parameter, one of blocks"],
    ["workload:comb,size", ":1:19", '"="'],
    ["workload:comb,size=", ":1:20", "their size in bytes: an integer from 0"],
    ["workload:comb,size=x", ":1:20", "their size in bytes: an integer from 0"],
    ["workload:comb,size=-1", ":1:20", "their size in bytes: an integer"],
    ["workload:comb,size=1.5", ":1:20", "their size in bytes: an integer"],
    ["workload:comb,blocks=0", ":1:22", "blocks that are allocated first"],
    ["workload:comb,size=1;", ":1:21", '","'],
    ["workload:comb,size=1,size=2", ":1:22", "size once"],
    ["workload:ramp,order=up", ":1:21", "which block is freed first: oldest"],
    ["workload:random,sizes=7", ":1:23", "a distribution, one of"],
    ["workload:random,sizes=uniform:1:2:3", ":1:34", '","'],
  ] as const
) {
  Deno.test(`parseWorkload() refuses ${JSON.stringify(text)} with its column`, () => {
    assertThrows(
      () => parseWorkload(text),
      TraceError,
      `<workload>${place}: expected ${expected}`,
    );
  });
}

Deno.test("parseWorkload() refuses parameters that do not go together", () => {
  assertThrows(
    () => parseWorkload("sawtooth,blocks=10000,teeth=10000"),
    TraceError,
    "<workload>: blocks times teeth is 100000000: expected at most 10000000",
  );
});
