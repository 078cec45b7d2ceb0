import { assert, assertEquals, assertThrows } from "@std/assert";
import { OutOfMemoryError } from "../../../mod.ts";
import { experiment, type Run } from "../../../lab/mod.ts";
import { writeRun } from "../../../lab/runs/write_run_json.ts";

const MANY = 10_000; // calls, more than are written at once

function written(run: Run): string {
  return [...writeRun(run.data)].join("");
}

Deno.test("a run that is written in parts is the document that JSON.stringify gives", () => {
  const run = experiment({
    title: 'a "title" ✓',
    mmapThreshold: Infinity,
  }, (heap) => {
    const first = heap.malloc(100, "first");
    heap.mark("half");
    heap.free(heap.calloc(2, 5000));
    heap.free(first);
    heap.free(0);
    assertThrows(() => heap.malloc(2 ** 50, "huge"), OutOfMemoryError);
  });
  assertEquals(written(run), JSON.stringify(run));
});

Deno.test("a run without calls is written like one with some", () => {
  const run = experiment({}, () => {});
  assertEquals(written(run), JSON.stringify(run));
});

Deno.test("a long run is written in many parts, and is the same document", () => {
  const run = experiment({}, (heap) => {
    let list = 0;
    for (let call = 0; call < MANY; call++) {
      list = heap.realloc(list, 8 + call % 99, `after ${call}`);
      heap.mark(`mark ${call}`);
    }
  });
  assertEquals(written(run), JSON.stringify(run));
  for (const part of writeRun(run.data)) assert(part.length < 1_000_000);
});
