import type { Trace } from "../traces/trace.ts";
import {
  bytes,
  count,
  describeWorkload,
  seed,
  withDefaults,
  type WorkloadParameters,
} from "./parameters.ts";
import { randomIndex, randomSource } from "./distributions.ts";
import { WorkloadBuilder } from "./workload_builder.ts";

/** In which order {@linkcode ramp} frees: which block comes first. */
export type RampOrder = "oldest" | "newest" | "random";

/** All of them. */
export const RAMP_ORDERS: readonly RampOrder[] = [
  "oldest",
  "newest",
  "random",
];

/** What {@linkcode ramp} can be told. */
export interface RampOptions {
  /** Blocks. */
  readonly blocks: number;
  /** Bytes of the first. */
  readonly size: number;
  /** Bytes that each one is larger than the one before. */
  readonly step: number;
  /** Which block is freed first. */
  readonly order: RampOrder;
  /** Where chance begins, if the order is random. */
  readonly seed: number;
}

/** The parameters of {@linkcode ramp}. */
export const RAMP_PARAMETERS: WorkloadParameters<RampOptions> = {
  blocks: count("blocks", 1000),
  size: bytes("bytes of the first", 16),
  step: bytes("bytes that each one is larger than the one before", 16),
  order: {
    type: "choice",
    meaning: "which block is freed first",
    default: "oldest",
    choices: RAMP_ORDERS,
  },
  seed: seed(),
};

/**
 * Allocates blocks that are ever larger, so that none fits where a smaller one
 * was, and frees all.
 *
 * ```text
 *   [1][ 2 ][  3  ][   4   ]
 * ```
 *
 * @param options What differs from the defaults.
 * @throws {RangeError} If an option is out of range.
 *
 * @example Free in random order
 * ```ts
 * import { ramp, replay } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const run = replay(ramp({ blocks: 10, order: "random", seed: 7 }));
 * assertEquals(run.at(run.length).figures().liveBlocks, 0);
 * ```
 */
export function ramp(options: Partial<RampOptions> = {}): Trace {
  const all = withDefaults(RAMP_PARAMETERS, options);
  const workload = new WorkloadBuilder();
  for (let block = 0; block < all.blocks; block++) {
    workload.malloc(all.size + block * all.step);
  }
  for (const block of freeOrder(all)) workload.free(block);
  return workload.build(describeWorkload("ramp", all));
}

function freeOrder({ blocks, order, seed }: RampOptions): number[] {
  const numbers = Array.from({ length: blocks }, (_, block) => block);
  if (order === "newest") return numbers.reverse();
  return order === "random" ? shuffle(numbers, seed) : numbers;
}

/** Fisher and Yates's shuffle, in place (Knuth, volume 2, algorithm 3.4.2P). */
function shuffle(numbers: number[], seed: number): number[] {
  const source = randomSource(seed);
  for (let last = numbers.length - 1; last > 0; last--) {
    const other = randomIndex(source, last + 1);
    const held = numbers[last] as number;
    numbers[last] = numbers[other] as number;
    numbers[other] = held;
  }
  return numbers;
}
