import type { Trace } from "../traces/trace.ts";
import {
  type Distribution,
  randomIndex,
  randomSource,
  sampler,
} from "./distributions.ts";
import { LiveBlocks } from "./live_blocks.ts";
import {
  count,
  describeWorkload,
  real,
  seed,
  withDefaults,
  type WorkloadParameters,
} from "./parameters.ts";
import { WorkloadBuilder } from "./workload_builder.ts";

/** What {@linkcode randomWorkload} can be told. */
export interface RandomWorkloadOptions {
  /** Calls in all. */
  readonly calls: number;
  /** Bytes of each block. */
  readonly sizes: Distribution;
  /** Calls between a block's allocation and its free. */
  readonly lifetimes: Distribution;
  /** The share of reallocs among the calls that free nothing, from 0 to 1. */
  readonly reallocs: number;
  /** Where chance begins: the same seed gives the same calls. */
  readonly seed: number;
}

/** The parameters of {@linkcode randomWorkload}. */
export const RANDOM_WORKLOAD_PARAMETERS: WorkloadParameters<
  RandomWorkloadOptions
> = {
  calls: count("calls", 10_000),
  sizes: {
    type: "distribution",
    meaning: "bytes of each block",
    default: { name: "lognormal", values: [64, 1] },
  },
  lifetimes: {
    type: "distribution",
    meaning: "calls between a block's allocation and its free",
    default: { name: "exponential", values: [500] },
  },
  reallocs: real("the share of reallocs, frees left aside", 0, 0, 1),
  seed: seed(),
};

/**
 * Blocks of random sizes and lifetimes, which do not depend on each other. Each
 * call frees the block that is due for the longest time; if none is due, it
 * reallocates a random live block, or allocates. A block whose time comes while
 * others wait is freed so much later; one whose time does not come is left.
 *
 * @param options What differs from the defaults.
 * @throws {RangeError} If an option is out of range.
 *
 * @example The same seed gives the same calls
 * ```ts
 * import { parseDistribution, randomWorkload } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const options = {
 *   calls: 1000,
 *   sizes: parseDistribution("lognormal:200:1.5"),
 *   lifetimes: parseDistribution("exponential:50"),
 *   seed: 7,
 * };
 * assertEquals(randomWorkload(options).sizes, randomWorkload(options).sizes);
 * ```
 */
export function randomWorkload(
  options: Partial<RandomWorkloadOptions> = {},
): Trace {
  const all = withDefaults(RANDOM_WORKLOAD_PARAMETERS, options);
  const source = randomSource(all.seed);
  const size = sampler(all.sizes, source);
  const lifetime = sampler(all.lifetimes, source);
  const workload = new WorkloadBuilder();
  const live = new LiveBlocks();
  while (workload.calls < all.calls) {
    const due = live.takeDue(workload.calls);
    if (due !== undefined) workload.free(due);
    else if (live.count > 0 && source() < all.reallocs) {
      workload.realloc(live.at(randomIndex(source, live.count)), size());
    } else {
      const born = workload.calls;
      live.add(workload.malloc(size()), born + Math.max(lifetime(), 1));
    }
  }
  return workload.build(describeWorkload("random", all));
}
