// @ts-types="./d3_random.d.ts"
// @ts-types="./d3_random.d.ts"
import {
  randomBernoulli,
  randomExponential,
  randomGeometric,
  randomInt,
  randomLogNormal,
  randomPareto,
} from "d3-random";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Gives numbers from 0 (included) to 1 (excluded), evenly. */
export type RandomSource = () => number;

/** A source that gives the same numbers for the same seed, a 32-bit integer. */
export function randomSource(seed: number): RandomSource {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** An integer from 0 to below a number. */
export function randomIndex(source: RandomSource, below: number): number {
  return Math.floor(source() * below);
}

/** What a parameter of a distribution may be. */
export interface ValueRange {
  /** Its name in messages. */
  readonly name: string;
  /** The least value. */
  readonly minimum: number;
  /** The greatest value. */
  readonly maximum: number;
  /** Whether it must be an integer. */
  readonly integer: boolean;
}

/** A way in which sizes or lifetimes are spread. */
interface DistributionKind {
  readonly parameters: readonly ValueRange[];
  /** Draws numbers, which need not be integers. */
  sampler(values: readonly number[], source: RandomSource): () => number;
}

/** The greatest number that is drawn; what lies above is cut to it. */
export const GREATEST_SAMPLE = 2 ** 32;

const natural = (name: string, minimum = 0): ValueRange => ({
  name,
  minimum,
  maximum: GREATEST_SAMPLE,
  integer: true,
});
const positive = (name: string, maximum = 100): ValueRange => ({
  name,
  minimum: 0.01,
  maximum,
  integer: false,
});
const SHARE = { name: "share", minimum: 0, maximum: 1, integer: false };

/** The name of a distribution. */
export type DistributionName =
  | "constant"
  | "uniform"
  | "geometric"
  | "exponential"
  | "lognormal"
  | "pareto"
  | "bimodal";

/** By their names. */
const KINDS = {
  constant: {
    parameters: [natural("value")],
    sampler: ([value = 0]) => () => value,
  },
  uniform: {
    parameters: [natural("low"), natural("high")],
    sampler: ([low = 0, high = 0], source) =>
      randomInt.source(source)(low, high + 1),
  },
  geometric: {
    parameters: [natural("mean", 1)],
    sampler: ([mean = 1], source) => randomGeometric.source(source)(1 / mean),
  },
  exponential: {
    parameters: [positive("mean", GREATEST_SAMPLE)],
    sampler: ([mean = 1], source) => randomExponential.source(source)(1 / mean),
  },
  lognormal: {
    parameters: [positive("median", GREATEST_SAMPLE), positive("sigma", 10)],
    sampler: ([median = 1, sigma = 1], source) =>
      randomLogNormal.source(source)(Math.log(median), sigma),
  },
  pareto: {
    parameters: [positive("minimum", GREATEST_SAMPLE), positive("shape")],
    sampler([minimum = 1, shape = 1], source) {
      const sample = randomPareto.source(source)(shape);
      return () => minimum * sample();
    },
  },
  bimodal: {
    parameters: [natural("usual"), natural("other"), SHARE],
    sampler([usual = 0, other = 0, share = 0], source) {
      const isOther = randomBernoulli.source(source)(share);
      return () => isOther() ? other : usual;
    },
  },
} satisfies Record<DistributionName, DistributionKind>;

/** The names of the distributions. */
export const DISTRIBUTION_NAMES = Object.keys(
  KINDS,
) as readonly DistributionName[];

/**
 * How sizes or lifetimes are spread. What is drawn is rounded to an integer, and
 * cut to {@linkcode GREATEST_SAMPLE}.
 *
 * ```text
 *   constant:VALUE              always the same
 *   uniform:LOW:HIGH            every integer from LOW to HIGH alike
 *   geometric:MEAN              1, 2, 3, …, each less likely by the same factor
 *   exponential:MEAN            the same without steps, from 0
 *   lognormal:MEDIAN:SIGMA      its logarithm is normal, with deviation SIGMA
 *   pareto:MINIMUM:SHAPE        P(X > x) = (MINIMUM / x)^SHAPE: Zipf's law without
 *                               steps; the mean is infinite if SHAPE is 1 or less
 *   bimodal:USUAL:OTHER:SHARE   OTHER with probability SHARE, else USUAL
 * ```
 *
 * d3-random draws them. What they are, and how they are drawn, is in Luc Devroye,
 * "Non-Uniform Random Variate Generation", 1986.
 */
export interface Distribution {
  /** Which one. */
  readonly name: DistributionName;
  /** Its parameters, in the order above. */
  readonly values: readonly number[];
}

/** The parameters of a distribution, in order. */
export function parametersOf(
  name: DistributionName,
): readonly ValueRange[] {
  return KINDS[name].parameters;
}

/** A distribution as a specification, as in `lognormal:200:1.5`. */
export function formatDistribution({ name, values }: Distribution): string {
  return [name, ...values].join(":");
}

/** What a parameter of a distribution must be, in words. */
export function describeValue(
  { name, minimum, maximum, integer }: ValueRange,
): string {
  const what = integer ? "an integer" : "a number";
  return `${name}, ${what} from ${minimum} to ${maximum}`;
}

/** Whether a value is what a parameter of a distribution must be. */
export function isGoodValue(
  { minimum, maximum, integer }: ValueRange,
  value: number | undefined,
): value is number {
  return value !== undefined && value >= minimum && value <= maximum &&
    (!integer || Number.isInteger(value));
}

/**
 * Checks a distribution's parameters.
 *
 * @returns What was expected, or `undefined` if it is good.
 */
export function refuseDistribution(
  { name, values }: Distribution,
): string | undefined {
  const parameters = parametersOf(name);
  if (values.length > parameters.length) {
    return `${parameters.length} parameters of ${name}`;
  }
  for (const [index, parameter] of parameters.entries()) {
    if (!isGoodValue(parameter, values[index])) return describeValue(parameter);
  }
  const [low = 0, high = 0] = values;
  if (name === "uniform" && high < low) return `high, at least low (${low})`;
  return undefined;
}

/**
 * Draws integers, 0 or more.
 *
 * @param distribution How they are spread.
 * @param source Where chance comes from.
 */
export function sampler(
  { name, values }: Distribution,
  source: RandomSource,
): () => number {
  const kind: DistributionKind = KINDS[name];
  const sample = kind.sampler(values, source);
  return () => Math.min(Math.round(sample()), GREATEST_SAMPLE);
}
