// Scenarios in the format of the reference traces, one rule of the contract or
// the meeting of two in each: a clone without those traces tests the same rules.
import { assertEquals } from "@std/assert";
import { SCENARIOS } from "../../scenarios/all.ts";
import { Model } from "../../../model/model.ts";
import { gatedTest } from "../../support/permissions.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";
import { formatTrace, parseTrace } from "../../support/reference_trace.ts";
import { replay } from "../../support/replay.ts";

const FOLDER = new URL("../../scenarios/", import.meta.url);

for (const [name, text] of Object.entries(SCENARIOS)) {
  Deno.test(`the heap reproduces the scenario ${name}`, () => {
    using heap = new RecordedHeap();
    assertEquals(formatTrace(replay(heap, parseTrace(text))), text);
    heap.heap.check();
  });

  Deno.test(`the model reproduces the scenario ${name}`, () => {
    assertEquals(formatTrace(replay(new Model(), parseTrace(text))), text);
  });
}

gatedTest({
  name: "every scenario in the folder is replayed",
  needs: [{ name: "read", path: FOLDER }],
  fn() {
    const traces = Array.from(Deno.readDirSync(FOLDER), ({ name }) => name)
      .filter((name) => name.endsWith(".ref"))
      .map((name) => name.slice(0, -".ref".length));
    assertEquals(traces.sort(), Object.keys(SCENARIOS).sort());
  },
});
