import type { Trace } from "../traces/trace.ts";
import {
  bytes,
  count,
  describeWorkload,
  real,
  withDefaults,
  type WorkloadParameters,
} from "./parameters.ts";
import { WorkloadBuilder } from "./workload_builder.ts";

/** What {@linkcode comb} can be told. */
export interface CombOptions {
  /** Blocks that are allocated first. */
  readonly blocks: number;
  /** Their size in bytes. */
  readonly size: number;
  /** How many times as large the blocks are that are allocated afterwards. */
  readonly factor: number;
}

/** The parameters of {@linkcode comb}. */
export const COMB_PARAMETERS: WorkloadParameters<CombOptions> = {
  blocks: count("blocks that are allocated first", 1000),
  size: bytes("their size in bytes", 64),
  factor: real("how many times as large the later blocks are", 2, 1, 1024),
};

/**
 * Allocates blocks, frees every second, then asks for half as many larger ones:
 * half of the memory is free, and none of it can be used.
 *
 * ```text
 *   [1][2][3][4][5][6]  →  [1]   [3]   [5]     →  [1]   [3]   [5]   [  7  ][  8  ]
 * ```
 *
 * @param options What differs from the defaults.
 * @throws {RangeError} If an option is out of range.
 *
 * @example See how much a comb lets the heap grow
 * ```ts
 * import { comb, replay } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const run = replay(comb({ blocks: 100, size: 40 }), { preallocate: 0 });
 * assertEquals(run.growths.at(-1)?.reason, "scattered");
 * ```
 */
export function comb(options: Partial<CombOptions> = {}): Trace {
  const all = withDefaults(COMB_PARAMETERS, options);
  const workload = new WorkloadBuilder();
  for (let made = 0; made < all.blocks; made++) workload.malloc(all.size);
  for (let block = 1; block < all.blocks; block += 2) workload.free(block);
  for (let freed = 1; freed < all.blocks; freed += 2) {
    workload.malloc(Math.round(all.size * all.factor));
  }
  return workload.build(describeWorkload("comb", all));
}
