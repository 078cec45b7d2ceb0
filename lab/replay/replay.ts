import { Heap, type HeapPolicy } from "@osmem/osmem";
import type { ExperimentOptions } from "../runs/experiment.ts";
import { record } from "../runs/recording.ts";
import type { Run } from "../runs/run.ts";
import type { Trace } from "../traces/trace.ts";
import { performCall } from "./checked_replay.ts";
import { PROGRESS_CALLS } from "./progress.ts";
import { Replayer } from "./replayer.ts";

/** Options for {@linkcode replay}: a policy, a memory, a title, and who follows it. */
export interface ReplayOptions extends ExperimentOptions {
  /** Called now and then with the number of calls made since the last report. */
  readonly onProgress?: (calls: number) => void;
}

/**
 * Replays a trace on a new heap and records what the heap did.
 *
 * @param trace The calls.
 * @param options The heap's policy; the run is called like the trace's file by
 * default.
 * @throws {TraceError} If the heap refuses a call.
 *
 * @example Replay a workload under another policy
 * ```ts
 * import { parseTrace, replay } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const trace = await parseTrace("0 2 3 1\na 0 100\na 1 40\nf 0\n", "two.rep");
 * assertEquals(replay(trace, { preallocate: 0 }).at(3).freeBlocks().length, 1);
 * ```
 */
export function replay(trace: Trace, options: ReplayOptions = {}): Run {
  const { title = trace.file, onProgress, ...heapOptions } = options;
  using heap = new Heap(heapOptions);
  using recording = record(heap, { title });
  const replayer = new Replayer(trace, recording);
  for (let call = 0; call < trace.length; call++) {
    performCall(replayer, trace, call);
    if ((call + 1) % PROGRESS_CALLS === 0) onProgress?.(PROGRESS_CALLS);
  }
  return recording.run();
}

/**
 * Replays a trace as a program would go on in C: where the heap refuses a call it
 * gives NULL, which is recorded, and the next call is made.
 *
 * @param trace The calls.
 * @param policy The heap's policy.
 */
export function replayWithRefusals(
  trace: Trace,
  policy: Partial<HeapPolicy>,
): Run {
  using heap = new Heap(policy);
  using recording = record(heap, { title: trace.file });
  const replayer = new Replayer(trace, recording);
  for (let call = 0; call < trace.length; call++) {
    try {
      replayer.perform(call);
    } catch (error) {
      if (recording.length <= call) throw error; // not what the heap said
    }
  }
  return recording.run();
}
