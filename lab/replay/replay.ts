import { Heap } from "../../mod.ts";
import type { ExperimentOptions } from "../runs/experiment.ts";
import { record } from "../runs/record.ts";
import type { Run } from "../runs/run.ts";
import type { Trace } from "../traces/trace.ts";
import { performCall } from "./checked_replay.ts";
import { PROGRESS_CALLS } from "./progress.ts";
import { Replayer } from "./replayer.ts";

/** Options for {@linkcode replay}: a policy, a memory, a title, and who follows it. */
export interface ReplayOptions extends ExperimentOptions {
  /** Told now and then how many more calls were made. */
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
 * import { parseTrace, replay } from "@osmem/osmem/lab";
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
