import type { Trace } from "../traces/trace.ts";
import {
  bytes,
  count,
  describeWorkload,
  GREATEST_COUNT,
  withDefaults,
  type WorkloadParameters,
} from "./parameters.ts";
import { WorkloadBuilder } from "./workload_builder.ts";

/** What {@linkcode sawtooth} can be told. */
export interface SawtoothOptions {
  /** Blocks that are live at a tooth's tip. */
  readonly blocks: number;
  /** Their size in bytes. */
  readonly size: number;
  /** Teeth. */
  readonly teeth: number;
}

/** The parameters of {@linkcode sawtooth}. */
export const SAWTOOTH_PARAMETERS: WorkloadParameters<SawtoothOptions> = {
  blocks: count("blocks that are live at a tooth's tip", 1000),
  size: bytes("their size in bytes", 64),
  teeth: count("teeth", 10),
};

/**
 * Allocates blocks one by one and frees them, the newest first, again and again,
 * as recursion does:
 *
 * ```text
 *   live   ╱╲  ╱╲  ╱╲
 *         ╱  ╲╱  ╲╱  ╲
 * ```
 *
 * @param options What differs from the defaults.
 * @throws {RangeError} If an option is out of range, or there are too many blocks
 * in all.
 *
 * @example Count the calls
 * ```ts
 * import { sawtooth } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sawtooth({ teeth: 3, blocks: 10 }).length, 60);
 * ```
 */
export function sawtooth(options: Partial<SawtoothOptions> = {}): Trace {
  const all = withDefaults(SAWTOOTH_PARAMETERS, options);
  if (all.blocks * all.teeth > GREATEST_COUNT) {
    throw new RangeError(
      `blocks times teeth is ${all.blocks * all.teeth}: ` +
        `expected at most ${GREATEST_COUNT}`,
    );
  }
  const workload = new WorkloadBuilder();
  for (let tooth = 0; tooth < all.teeth; tooth++) {
    const blocks = Array.from(
      { length: all.blocks },
      () => workload.malloc(all.size),
    );
    for (const block of blocks.reverse()) workload.free(block);
  }
  return workload.build(describeWorkload("sawtooth", all));
}
