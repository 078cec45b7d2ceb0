// The course's own traces, where a folder with them lies beside the repository.
import { assertEquals } from "@std/assert";
import type { Allocator } from "../../support/allocator.ts";
import { Model } from "../../../model/model.ts";
import { gatedTest, isGranted } from "../../support/permissions.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";
import { formatTrace, parseTrace } from "../../support/reference_trace.ts";
import { replay } from "../../support/replay.ts";

const FOLDER = new URL("../../../../shared/conformance/", import.meta.url);
const toReadIt = { name: "read", path: FOLDER } as const;

/** The traces in the folder, `undefined` where there is no such folder. */
function findTraces(): string[] | undefined {
  if (!isGranted(toReadIt)) return undefined;
  try {
    return Array.from(Deno.readDirSync(FOLDER), ({ name }) => name)
      .filter((name) => name.endsWith(".ref")).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function reproduces(allocator: Allocator, trace: string): void {
  const text = Deno.readTextFileSync(new URL(trace, FOLDER));
  assertEquals(formatTrace(replay(allocator, parseTrace(text))), text);
}

const traces = findTraces();

gatedTest({
  name: "../shared/conformance holds the sixteen reference traces",
  needs: [toReadIt],
  leftOut: traces ? undefined : "there is no such folder",
  fn: () => assertEquals(traces?.length, 16),
});

for (const trace of traces ?? []) {
  gatedTest({
    name: `the heap reproduces ${trace}, every result and system call`,
    needs: [toReadIt],
    fn() {
      using heap = new RecordedHeap();
      reproduces(heap, trace);
      heap.heap.check();
    },
  });

  gatedTest({
    name: `the model reproduces ${trace}, every result and system call`,
    needs: [toReadIt],
    fn: () => reproduces(new Model(), trace),
  });
}
