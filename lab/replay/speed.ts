import { openHeap, type ReplayHeapOptions } from "./open_heap.ts";
import {
  PROGRESS_CALLS,
  reportProgress,
  type Supervision,
} from "./progress.ts";
import { quantile } from "./latency.ts";
import { Replayer } from "./replayer.ts";
import type { Trace } from "../traces/trace.ts";

/** How fast a whole replay is. */
export interface Speed {
  /** Calls made in a second, the median of the passes. */
  readonly callsPerSecond: number;
  /** Whole replays that it was taken from. */
  readonly passes: number;
}

const ENOUGH_MILLISECONDS = 250;
const MOST_PASSES = 25;

/**
 * Replays a trace with nothing in between the calls: contents are neither
 * written nor verified, and no clock is read but once every
 * {@linkcode PROGRESS_CALLS} calls.
 *
 * A short trace is replayed several times, except on the process's break, which
 * every replay moves up for good.
 *
 * @param trace The calls.
 * @param options The heap to replay on, and who receives the progress of the
 * first pass.
 * @returns What was measured; `null` if it was stopped, or if there is no call.
 */
export async function measureSpeed(
  trace: Trace,
  options: ReplayHeapOptions & Supervision,
): Promise<Speed | null> {
  if (trace.length === 0) return null;
  const first = await timePass(trace, options);
  if (first === null) return null;
  const times = [first];
  const quiet = { ...options, onProgress: () => {} };
  const mostPasses = options.memory === "arena" ? MOST_PASSES : 1;
  while (times.length < mostPasses && sum(times) < ENOUGH_MILLISECONDS) {
    const time = await timePass(trace, quiet);
    if (time === null) break;
    times.push(time);
  }
  const time = quantile(Float64Array.from(times), 0.5);
  return {
    callsPerSecond: Math.round(trace.length / time * 1000),
    passes: times.length,
  };
}

/** Milliseconds of all calls together; `null` if it was stopped. */
async function timePass(
  trace: Trace,
  options: ReplayHeapOptions & Supervision,
): Promise<number | null> {
  using open = openHeap(options);
  const replayer = new Replayer(trace, open.heap);
  let time = 0;
  for (let first = 0; first < trace.length; first += PROGRESS_CALLS) {
    const end = Math.min(first + PROGRESS_CALLS, trace.length);
    const before = performance.now();
    for (let call = first; call < end; call++) replayer.perform(call);
    time += performance.now() - before;
    if (!await reportProgress(options, end - first)) return null;
  }
  return time;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
