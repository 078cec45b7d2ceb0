// Rule 9 of the contract.
import { assertEquals } from "@std/assert";
import { outline } from "../../support/outline.ts";
import { mappingPlace } from "../../support/places.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";

Deno.test("free(NULL) does nothing", () => {
  using heap = new RecordedHeap();
  heap.free(0);
  assertEquals(heap.takeSystemCalls(), []);
  assertEquals(heap.blocks(), []);
});

Deno.test("free() marks a heap block free, and merges nothing", () => {
  using heap = new RecordedHeap({ preallocate: 0 });
  const places = [8, 16, 24].map((size) => heap.malloc(size));
  for (const place of places) heap.free(place);
  assertEquals(outline(heap.blocks()), ["free 8", "free 16", "free 24"]);
});

Deno.test("free() of a heap block makes no system call, at the end neither", () => {
  using heap = new RecordedHeap();
  const places = [8, 16, 100000].map((size) => heap.malloc(size));
  heap.takeSystemCalls();
  for (const place of places.reverse()) heap.free(place);
  assertEquals(heap.takeSystemCalls(), []);
});

Deno.test("free() of a mapping unmaps the whole of it", () => {
  using heap = new RecordedHeap();
  const place = heap.malloc(200000);
  heap.takeSystemCalls();
  heap.free(place);
  assertEquals(heap.takeSystemCalls(), [
    { name: "munmap", address: mappingPlace(1), length: 200032 },
  ]);
  assertEquals(heap.blocks(), []);
});

Deno.test("free() leaves the payload's bytes alone", () => {
  using heap = new RecordedHeap();
  const place = heap.malloc(8);
  const bytes = heap.heap.bytes(heap.addressOf(place));
  bytes.fill(7);
  heap.free(place);
  assertEquals([...bytes], Array(8).fill(7));
});

Deno.test("a freed block is found again", () => {
  using heap = new RecordedHeap();
  const [place] = [heap.malloc(40), heap.malloc(8)];
  heap.free(place);
  assertEquals(heap.malloc(33), place);
});

Deno.test("a heap whose blocks are all free becomes one block at the next search", () => {
  using heap = new RecordedHeap();
  const places = [8, 16, 24, 32].map((size) => heap.malloc(size));
  for (const place of places) heap.free(place);
  assertEquals(heap.malloc(131032), places[0]);
  assertEquals(outline(heap.blocks()), ["allocated 131040"]);
});
