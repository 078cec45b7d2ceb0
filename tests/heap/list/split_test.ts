// A heap that never splits a block.
import { assertEquals } from "@std/assert";
import { outline } from "../../support/outline.ts";
import { HEAP_START } from "../../support/places.ts";
import { FITS } from "../../support/policies.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";

const WHOLE = 131072 - 32;

for (const fit of FITS) {
  Deno.test(`without splitting a block is used whole: ${fit} fit`, () => {
    using heap = new RecordedHeap({ fit, split: false, preallocate: 0 });
    const [first] = [400, 8].map((size) => heap.malloc(size));
    heap.free(first!);
    assertEquals(heap.malloc(8), first);
    assertEquals(outline(heap.blocks()), ["allocated 400", "allocated 8"]);
  });

  Deno.test(`without splitting the first block has all that is preallocated: ${fit} fit`, () => {
    using heap = new RecordedHeap({ fit, split: false });
    assertEquals(heap.malloc(8), HEAP_START + 32);
    assertEquals(outline(heap.blocks()), [`allocated ${WHOLE}`]);
  });
}

Deno.test("without splitting realloc() to a smaller size keeps the whole block", () => {
  using heap = new RecordedHeap({ split: false, preallocate: 0 });
  const place = heap.malloc(400);
  assertEquals(heap.realloc(place, 8), place);
  assertEquals(outline(heap.blocks()), ["allocated 400"]);
});

Deno.test("without splitting realloc() keeps the whole of what it absorbs", () => {
  using heap = new RecordedHeap({ split: false, preallocate: 0 });
  const [first, second] = [40, 400, 8].map((size) => heap.malloc(size));
  heap.free(second!);
  assertEquals(heap.realloc(first!, 48), first);
  assertEquals(outline(heap.blocks()), ["allocated 472", "allocated 8"]);
});

Deno.test("without splitting calloc() clears the whole block", () => {
  using heap = new RecordedHeap({ split: false, preallocate: 0 });
  const place = heap.malloc(400);
  heap.heap.bytes(heap.addressOf(place)).fill(0xff);
  heap.free(place);
  assertEquals(heap.calloc(1, 8), place);
  const bytes = heap.heap.bytes(heap.addressOf(place));
  assertEquals([...bytes], new Array(400).fill(0));
});
