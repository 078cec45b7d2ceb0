import { Heap } from "../../mod.ts";
import type { ExperimentOptions } from "../runs/experiment.ts";
import { record } from "../runs/record.ts";
import type { Run } from "../runs/run.ts";
import type { Trace } from "../traces/trace.ts";
import { performCall } from "./checked_replay.ts";
import { Replayer } from "./replayer.ts";

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
export function replay(trace: Trace, options: ExperimentOptions = {}): Run {
  const { title = trace.file, ...heapOptions } = options;
  using heap = new Heap(heapOptions);
  using recording = record(heap, { title });
  const replayer = new Replayer(trace, recording);
  for (let call = 0; call < trace.length; call++) {
    performCall(replayer, trace, call);
  }
  return recording.run();
}
