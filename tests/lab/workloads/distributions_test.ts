import { assert, assertEquals, assertThrows } from "@std/assert";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import {
  DISTRIBUTION_NAMES,
  formatDistribution,
  GREATEST_SAMPLE,
  randomSource,
  sampler,
} from "../../../lab/workloads/distributions.ts";
import { parseDistribution } from "../../../lab/workloads/parse_distribution.ts";

const SAMPLES = 20_000;

function draw(specification: string, seed = 1): number[] {
  const sample = sampler(parseDistribution(specification), randomSource(seed));
  return Array.from({ length: SAMPLES }, sample).toSorted((a, b) => a - b);
}

/** The number below which that share of the sorted samples lies. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] as number;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each) / numbers.length;
}

function assertNear(actual: number, expected: number): void {
  const message = `expected about ${expected}, found ${actual}`;
  assert(Math.abs(actual - expected) < 0.05 * expected, message);
}

Deno.test("constant draws its value", () => {
  assertEquals(new Set(draw("constant:64")), new Set([64]));
});

Deno.test("uniform draws every integer from low to high alike", () => {
  const samples = draw("uniform:3:6");
  for (const value of [3, 4, 5, 6]) {
    assertNear(samples.filter((each) => each === value).length, SAMPLES / 4);
  }
});

Deno.test("geometric draws from 1 on, with its mean", () => {
  const samples = draw("geometric:20");
  assertEquals(samples[0], 1);
  assertNear(mean(samples), 20);
});

Deno.test("exponential has its mean, and its median at ln 2 of it", () => {
  const samples = draw("exponential:500");
  assertNear(mean(samples), 500);
  assertNear(quantile(samples, 0.5), 500 * Math.LN2);
});

Deno.test("lognormal has its median, and a deviation of sigma at e^sigma times it", () => {
  const samples = draw("lognormal:1000:0.5");
  assertNear(quantile(samples, 0.5), 1000);
  assertNear(quantile(samples, 0.8413), 1000 * Math.exp(0.5));
});

Deno.test("pareto begins at its minimum and has its heavy tail", () => {
  const samples = draw("pareto:1000:2");
  assert(samples[0] as number >= 1000);
  assertNear(quantile(samples, 0.75), 2000);
  assertNear(quantile(samples, 0.99), 10_000);
});

Deno.test("bimodal draws the other value with its share", () => {
  const samples = draw("bimodal:16:4096:0.2");
  assertEquals(new Set(samples), new Set([16, 4096]));
  assertNear(samples.filter((each) => each === 4096).length, SAMPLES / 5);
});

Deno.test("what is drawn is never beyond the greatest sample", () => {
  assertEquals(draw("pareto:4000000000:0.01").at(-1), GREATEST_SAMPLE);
});

Deno.test("every distribution draws the same integers for the same seed", () => {
  const specifications = [
    "constant:5",
    "uniform:1:9",
    "geometric:9",
    "exponential:9.5",
    "lognormal:9:1",
    "pareto:9:1",
    "bimodal:1:2:0.5",
  ];
  assertEquals(
    specifications.map((each) => parseDistribution(each).name),
    [...DISTRIBUTION_NAMES],
  );
  for (const each of specifications) {
    assertEquals(draw(each, 3), draw(each, 3));
    assert(draw(each).every((value) => Number.isInteger(value) && value >= 0));
    assertEquals(formatDistribution(parseDistribution(each)), each);
  }
});

for (
  const [text, column, expected] of [
    ["normal:1:2", 1, "a distribution, one of constant, uniform"],
    ["", 1, "a distribution, one of constant, uniform"],
    ["lognormal", 10, '":"'],
    ["lognormal:200", 14, '":"'],
    ["lognormal:200:", 15, "sigma, a number from 0.01 to 10"],
    ["lognormal:0:1", 11, "median, a number from 0.01"],
    ["constant:1.5", 10, "value, an integer from 0"],
    ["constant:-1", 10, "value, an integer from 0"],
    ["constant:1:2", 11, "the end of the line"],
    ["uniform:5:3", 11, "high, at least low (5)"],
    ["bimodal:1:2:1.5", 13, "share, a number from 0 to 1"],
  ] as const
) {
  Deno.test(`parseDistribution() refuses ${JSON.stringify(text)} at column ${column}`, () => {
    assertThrows(
      () => parseDistribution(text),
      TraceError,
      `<distribution>:1:${column}: expected ${expected}`,
    );
  });
}
