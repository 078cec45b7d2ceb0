import type { Trace } from "../traces/trace.ts";
import { openHeap, type ReplayHeapOptions } from "./open_heap.ts";
import {
  PROGRESS_CALLS,
  reportProgress,
  type Supervision,
} from "./progress.ts";
import { Replayer } from "./replayer.ts";

/** How long single calls take. Times are in nanoseconds. */
export interface Latency {
  /** Half of the calls took no longer. */
  readonly medianNanoseconds: number;
  /** 99 of 100 calls took no longer. */
  readonly p99Nanoseconds: number;
  /** What reading the clock takes, which was taken off each call. */
  readonly clockNanoseconds: number;
}

const CALLS_BY_CLOCK_SAMPLE = 4;

/**
 * Replays a trace with the clock read before and after every call. Contents are
 * neither written nor verified.
 *
 * A pair of readings with nothing in between takes time too. Such pairs are
 * taken all along, so under the same conditions, and their median is taken off
 * each call. Calls that are shorter than the clock's uncertainty, some tens of
 * nanoseconds, come out near 0.
 *
 * @param trace The calls.
 * @param options The heap to replay on, and who receives the progress.
 * @returns What was measured; `null` if it was stopped.
 */
export async function measureLatency(
  trace: Trace,
  options: ReplayHeapOptions & Supervision,
): Promise<Latency | null> {
  using open = openHeap(options);
  const replayer = new Replayer(trace, open.heap);
  const times = new Float64Array(trace.length);
  const clocks = new Float64Array(
    Math.ceil(trace.length / CALLS_BY_CLOCK_SAMPLE),
  );
  for (let call = 0; call < trace.length; call++) {
    times[call] = timeOf(() => replayer.perform(call));
    if (call % CALLS_BY_CLOCK_SAMPLE === 0) {
      clocks[call / CALLS_BY_CLOCK_SAMPLE] = timeOf(() => {});
    }
    const isReportDue = (call + 1) % PROGRESS_CALLS === 0;
    if (isReportDue && !await reportProgress(options, PROGRESS_CALLS)) {
      return null;
    }
  }
  return summarise(times, quantile(clocks, 0.5));
}

/** Milliseconds between a reading of the clock before and one after. */
function timeOf(work: () => void): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}

function summarise(times: Float64Array, clock: number): Latency {
  return {
    medianNanoseconds: nanoseconds(quantile(times, 0.5) - clock),
    p99Nanoseconds: nanoseconds(quantile(times, 0.99) - clock),
    clockNanoseconds: nanoseconds(clock),
  };
}

/** Whole ones, not below 0: the clock tells no less. */
function nanoseconds(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * 1e6));
}

/**
 * The smallest of the values that at least this share of them does not exceed
 * (nearest rank). Sorts them in place.
 *
 * @param values At least one.
 * @param share Above 0, at most 1; 0.5 for the median.
 */
export function quantile(values: Float64Array, share: number): number {
  values.sort();
  return values[Math.ceil(share * values.length) - 1] as number;
}
