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
  /** How fast a whole replay is; `null` if that was stopped. */
  readonly speed: Speed | null;
  /** How long single calls take; `null` if that was stopped. */
  readonly latency: Latency | null;
}

/** Passes of {@linkcode runTrace} over all calls that report progress. */
export const PASSES = 3;

/**
 * Replays a trace, each time on a new heap: once with all checks, then for its
 * speed, then for the time of single calls. So no measurement disturbs another,
 * and the timed passes run compiled code. If it is stopped, what was measured
 * until then is what there is.
 *
 * @throws {TraceError} If the heap refuses a call, or lost contents.
 * @throws {CorruptionError} If the heap is damaged at the end.
 */
export async function runTrace(
  trace: Trace,
  options: CheckedReplayOptions,
): Promise<TraceRun> {
  const replay = await replayChecked(trace, options);
  const isWhole = !options.signal?.aborted;
  const speed = isWhole ? await measureSpeed(trace, options) : null;
  const latency = speed && await measureLatency(trace, options);
  return { trace, memory: options.memory, replay, speed, latency };
}
