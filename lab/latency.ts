import { type MemoryKind, openHeap } from "./open_heap.ts";
import { PROGRESS_CALLS, type ProgressListener } from "./progress.ts";
import { quantile } from "./quantile.ts";
import { Replayer } from "./replayer.ts";
import type { Trace } from "./trace.ts";

/** How long single calls take. Times are in nanoseconds. */
export interface Latency {
  /** Half of the calls took no longer. */
  readonly medianNanoseconds: number;
  /** 99 of 100 calls took no longer. */
  readonly p99Nanoseconds: number;
  /** What reading the clock takes, which was taken off each call. */
  readonly clockNanoseconds: number;
}

const CLOCK_SAMPLES = 20_000;
const NANOSECONDS = 1e6; // in a millisecond

/**
 * Replays a trace with the clock read before and after every call. Contents are
 * neither written nor verified. The clock's own time is measured first and
 * taken off, so calls that are shorter than the clock's uncertainty (some tens
 * of nanoseconds) come out near 0.
 *
 * @param trace The calls.
 * @param memory The memory to replay on.
 * @param onProgress Told of calls made.
 */
export function measureLatency(
  trace: Trace,
  memory: MemoryKind,
  onProgress: ProgressListener = () => {},
): Latency {
  const clock = clockTime();
  using open = openHeap(memory);
  const replayer = new Replayer(trace, open.heap);
  const times = new Float64Array(trace.length);
  for (let call = 0; call < trace.length; call++) {
    const before = performance.now();
    replayer.perform(call);
    times[call] = performance.now() - before;
    if (call % PROGRESS_CALLS === 0) onProgress(PROGRESS_CALLS);
  }
  return {
    medianNanoseconds: NANOSECONDS * Math.max(0, quantile(times, 0.5) - clock),
    p99Nanoseconds: NANOSECONDS * Math.max(0, quantile(times, 0.99) - clock),
    clockNanoseconds: NANOSECONDS * clock,
  };
}

/** Milliseconds between two readings with nothing in between, the median. */
function clockTime(): number {
  const times = new Float64Array(CLOCK_SAMPLES);
  for (let sample = 0; sample < CLOCK_SAMPLES; sample++) {
    const before = performance.now();
    times[sample] = performance.now() - before;
  }
  return quantile(times, 0.5);
}
