import { assertEquals, assertThrows } from "@std/assert";
import { Heap, OutOfMemoryError } from "../../../mod.ts";
import {
  experiment,
  parseTrace,
  record,
  type Recording,
  replay,
} from "../../../lab/mod.ts";
import { traceOfRun } from "../../../lab/runs/trace_of_run.ts";
import { callsOf } from "../../support/traces.ts";

function traceOf(script: (heap: Recording) => void) {
  return traceOfRun(experiment({}, script).data, "run.json");
}

Deno.test("the trace of a replayed trace is that trace", async () => {
  const text = "1 2 6 1\na 0 100\na 1 40\nr 0 300\nf 1\nf -1\nf 0\n";
  const trace = await parseTrace(text, "calls.rep");
  const again = traceOfRun(replay(trace).data, "run.json");
  assertEquals(callsOf(again), callsOf(trace));
  assertEquals(again.blockCount, trace.blockCount);
  assertEquals(again.peak, trace.peak);
  assertEquals(again.file, "run.json");
});

Deno.test("the trace of a run replays as the run was", () => {
  const run = experiment({}, (heap) => {
    const first = heap.malloc(100);
    heap.malloc(0);
    heap.realloc(0, 0);
    heap.calloc(0, 9);
    heap.free(0);
    const moved = heap.realloc(heap.calloc(2, 5000), 40);
    heap.realloc(first, 0);
    heap.realloc(0, 7);
    heap.free(moved);
  });
  const again = replay(traceOfRun(run.data, "run.json"));
  assertEquals(again.length, run.length);
  for (let calls = 0; calls <= run.length; calls++) {
    const sizes = (of: typeof run) =>
      of.at(calls).blocks().map(({ size, status }) => [size, status]);
    assertEquals(sizes(again), sizes(run));
  }
});

Deno.test("calls that the heap refused are left out of a run's trace", () => {
  const trace = traceOf((heap) => {
    assertThrows(() => heap.malloc(2 ** 50), OutOfMemoryError);
    heap.malloc(8);
  });
  assertEquals([trace.length, trace.omissions.failedCalls], [1, 1]);
});

Deno.test("realloc of free memory, which does nothing, is left out", () => {
  const trace = traceOf((heap) => {
    const block = heap.malloc(8);
    heap.free(block);
    assertEquals(heap.realloc(block, 20), 0);
  });
  assertEquals([trace.length, trace.omissions.failedCalls], [2, 1]);
});

Deno.test("blocks that were there before a run are not in its trace", () => {
  using heap = new Heap();
  const [freed, moved] = [heap.malloc(100), heap.malloc(200)];
  using recording = record(heap);
  recording.free(freed);
  recording.realloc(moved, 300);
  const { length, omissions } = traceOfRun(recording.run().data, "run.json");
  assertEquals(length, 1);
  assertEquals([omissions.unknownFrees, omissions.unknownReallocs], [1, 1]);
});
