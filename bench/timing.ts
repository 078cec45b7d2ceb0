import { quantile } from "../lab/replay/latency.ts";
import type { Timing } from "./result.ts";

/** What the rounds of an allocator come to; nanoseconds an operation. */
export function timingOf(peer: string, times: Float64Array): Timing {
  return {
    peer,
    median: quantile(times, 0.5),
    lowerQuartile: quantile(times, 0.25),
    upperQuartile: quantile(times, 0.75),
  };
}
