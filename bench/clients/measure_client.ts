import { bindCalls } from "../../heap/c/c_bindings.ts";
import type { HeapCalls } from "../../heap/c/c_calls.ts";
import { arenaMemory, Heap } from "../../mod.ts";
import { CountedHeap } from "../footprint.ts";
import { type Effort, takeTurns } from "../measure.ts";
import { inC, osmem } from "../peers/all.ts";
import { RESERVE } from "../peers/osmem.ts";
import type { Result } from "../result.ts";
import type { Workload } from "../workload.ts";
import { type Client, whyMissing } from "./client.ts";

/**
 * Measures a C library that gets its memory from a heap, beside the same library on
 * glibc's malloc: the two take turns in this process. The time is that of the library's
 * work from opening to closing, divided by the calls of the allocator in it.
 */
export function measureClient(client: Client, effort: Effort): Result {
  const { name, library } = client;
  const asResult = {
    case: name,
    operation: "a call of the allocator, the library's own work included",
  };
  const missing = whyMissing(library);
  if (missing) {
    const leftOut = [`${library.name} is left out: ${missing}`];
    return { ...asResult, blocks: 1, timings: [], leftOut };
  }
  const { calls, blocks, footprint } = count(client);
  using memory = arenaMemory({ reserve: RESERVE });
  using heap = new Heap({ memory });
  const contestants = [
    { peer: osmem, workload: inRuns(calls, () => runOn(client, heap)) },
    { peer: inC, workload: inRuns(calls, () => client.run()) },
  ];
  const timings = takeTurns(contestants, effort);
  return { ...asResult, blocks, timings, footprint, calls, leftOut: [] };
}

/** A workload whose smallest part is a whole run, which makes this many calls. */
function inRuns(calls: number, run: () => void): Workload {
  return {
    operations: calls,
    run(parts) {
      for (let part = 0; part < parts; part++) run();
    },
    end() {},
  };
}

/** Runs a client that gets its memory from this heap. */
function runOn(client: Client, calls: HeapCalls): void {
  using bindings = bindCalls(calls);
  client.run({ calls, bindings });
  if (bindings.errorCount > 0) {
    throw new Error(`${client.name}: C passed an invalid pointer`, {
      cause: bindings.errors[0],
    });
  }
}

/** Counts the calls that a client makes: doing so while it is timed would cost time. */
function count(client: Client) {
  using heap = new CountedHeap();
  runOn(client, heap);
  const { calls, peakBlocks: blocks } = heap;
  return { calls, blocks, footprint: heap.footprint() };
}
