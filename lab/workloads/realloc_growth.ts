import type { Trace } from "../traces/trace.ts";
import {
  bytes,
  count,
  describeWorkload,
  GREATEST_COUNT,
  GREATEST_SIZE,
  real,
  withDefaults,
  type WorkloadParameters,
} from "./parameters.ts";
import { WorkloadBuilder } from "./workload_builder.ts";

/** What {@linkcode reallocGrowth} can be told. */
export interface ReallocGrowthOptions {
  /** Blocks that grow in turns. */
  readonly blocks: number;
  /** Bytes they begin with. */
  readonly size: number;
  /** Bytes that a growth adds; 0 to grow by the factor. */
  readonly step: number;
  /** What a growth multiplies the size by, if there is no step. */
  readonly factor: number;
  /** How often each block grows. */
  readonly growths: number;
}

/** The parameters of {@linkcode reallocGrowth}. */
export const REALLOC_GROWTH_PARAMETERS: WorkloadParameters<
  ReallocGrowthOptions
> = {
  blocks: count("blocks that grow in turns", 4),
  size: bytes("bytes they begin with", 16),
  step: bytes("bytes that a growth adds; 0 to grow by the factor", 0),
  factor: real("what a growth multiplies the size by", 2, 1, 1024),
  growths: count("how often each block grows", 12),
};

/**
 * Blocks that grow by realloc in turns, as arrays and strings do, and are freed.
 * Each stands in the way of the one before.
 *
 * ```text
 *   [1][2]  →  [ ][2][ 1 ]  →  [      ][ 1 ][ 2 ]  →  …
 * ```
 *
 * @param options What differs from the defaults.
 * @throws {RangeError} If an option is out of range, there are too many calls in
 * all, or the blocks grow too large.
 *
 * @example Let two lists grow in turns
 * ```ts
 * import { reallocGrowth, replay } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const run = replay(reallocGrowth({ blocks: 2 }));
 * assertEquals(run.data.blockCount, 2);
 * ```
 */
export function reallocGrowth(
  options: Partial<ReallocGrowthOptions> = {},
): Trace {
  const all = withDefaults(REALLOC_GROWTH_PARAMETERS, options);
  if (all.blocks * all.growths > GREATEST_COUNT) {
    throw new RangeError(
      `blocks times growths is ${all.blocks * all.growths}: ` +
        `expected at most ${GREATEST_COUNT}`,
    );
  }
  const workload = new WorkloadBuilder();
  const blocks = Array.from(
    { length: all.blocks },
    () => workload.malloc(all.size),
  );
  for (const size of growingSizes(all)) {
    for (const block of blocks) workload.realloc(block, size);
  }
  for (const block of blocks) workload.free(block);
  return workload.build(describeWorkload("realloc-growth", all));
}

function growingSizes(
  { size, step, factor, growths }: ReallocGrowthOptions,
): number[] {
  const sizes: number[] = [];
  let next = size;
  while (sizes.length < growths) {
    next = step > 0 ? next + step : Math.ceil(next * factor);
    if (next > GREATEST_SIZE) {
      throw new RangeError(
        `growths is ${growths}: expected at most ${sizes.length}, ` +
          `as a block would grow beyond ${GREATEST_SIZE} bytes`,
      );
    }
    sizes.push(next);
  }
  return sizes;
}
