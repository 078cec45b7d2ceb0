// What C calls of a recording is recorded call for call.
import { assertEquals } from "@std/assert";
import { CallKind } from "../../../lab/traces/trace.ts";
import { record } from "../../../lab/mod.ts";
import { Heap } from "../../../mod.ts";

Deno.test("a free of NULL by C is recorded, as one by TypeScript is", () => {
  using heap = new Heap();
  using recording = record(heap);
  using bindings = recording.bindToC();
  const free = new Deno.UnsafeFnPointer(bindings.free, {
    parameters: ["pointer"],
    result: "void",
  });
  free.call(null);
  recording.free(0);
  const run = recording.run();
  assertEquals([...run.data.kinds], [CallKind.free, CallKind.free]);
});
