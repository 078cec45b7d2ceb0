import { Heap, type HeapPolicy } from "../../mod.ts";
import { record } from "../runs/record.ts";
import type { Run } from "../runs/run.ts";
import type { Trace } from "../traces/trace.ts";
import { Replayer } from "./replayer.ts";

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
