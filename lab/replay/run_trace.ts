import {
  type CheckedReplay,
  type CheckedReplayOptions,
  replayChecked,
} from "./checked_replay.ts";
import { type Latency, measureLatency } from "./latency.ts";
import type { MemoryKind } from "./open_heap.ts";
import { measureSpeed, type Speed } from "./speed.ts";
import type { Trace } from "../traces/trace.ts";

/** Everything that is found out about a trace on a heap. */
export interface TraceRun {
  /** The trace. */
  readonly trace: Trace;
  /** The memory it was replayed on. */
  readonly memory: MemoryKind;
  /** What a replay without a clock found out. */
  readonly replay: CheckedReplay;
  /** How fast a whole replay is. */
  readonly speed: Speed;
  /** How long single calls take. */
  readonly latency: Latency;
}

/** Passes of {@linkcode runTrace} over all calls that report progress. */
export const PASSES = 3;

/**
 * Replays a trace, each time on a new heap: once with all checks, then for its
 * speed, then for the time of single calls. So no measurement disturbs another,
 * and the timed passes run compiled code.
 *
 * @throws {TraceError} If the heap refuses a call, or lost contents.
 * @throws {CorruptionError} If the heap is damaged at the end.
 */
export function runTrace(
  trace: Trace,
  options: CheckedReplayOptions,
): TraceRun {
  const { memory, onProgress } = options;
  return {
    trace,
    memory,
    replay: replayChecked(trace, options),
    speed: measureSpeed(trace, options, onProgress),
    latency: measureLatency(trace, options, onProgress),
  };
}
