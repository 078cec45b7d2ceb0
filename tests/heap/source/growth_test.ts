// By how much the break is raised.
import { assertEquals, assertThrows } from "@std/assert";
import { Heap, OutOfMemoryError } from "../../../mod.ts";
import { outline } from "../../support/outline.ts";
import { HEAP_START } from "../../support/places.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";

const PAGES = { preallocate: 0, growth: 4096 };

Deno.test("the break is raised by a multiple of the growth, and the rest is free", () => {
  using heap = new RecordedHeap(PAGES);
  assertEquals(heap.malloc(100), HEAP_START + 32);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 4096, length: 4096 },
  ]);
  assertEquals(outline(heap.blocks()), ["allocated 104", "free 3928"]);
});

Deno.test("what is over but not enough for a block belongs to the block", () => {
  using heap = new RecordedHeap(PAGES);
  heap.malloc(4096 - 32 - 32);
  assertEquals(outline(heap.blocks()), ["allocated 4064"]);
});

Deno.test("what is over belongs to the block if none is split", () => {
  using heap = new RecordedHeap({ ...PAGES, split: false });
  heap.malloc(100);
  assertEquals(outline(heap.blocks()), ["allocated 4064"]);
});

Deno.test("a free last block grows by a multiple of the growth", () => {
  using heap = new RecordedHeap(PAGES);
  heap.malloc(100);
  heap.takeSystemCalls();
  heap.malloc(5000);
  assertEquals(heap.takeSystemCalls().map(({ length }) => length), [4096]);
  assertEquals(outline(heap.blocks()), [
    "allocated 104",
    "allocated 5000",
    "free 2992",
  ]);
});

Deno.test("realloc() of the last block raises the break by a multiple of the growth", () => {
  using heap = new RecordedHeap({ ...PAGES, split: false });
  const place = heap.malloc(100);
  heap.takeSystemCalls();
  assertEquals(heap.realloc(place, 5000), place);
  assertEquals(heap.takeSystemCalls().map(({ length }) => length), [4096]);
  assertEquals(outline(heap.blocks()), ["allocated 8160"]);
});

Deno.test("realloc() of the last block frees what is over, and it was never allocated", () => {
  using heap = new RecordedHeap(PAGES);
  const place = heap.malloc(4064);
  assertEquals(heap.realloc(place, 5000), place);
  assertEquals(outline(heap.blocks()), ["allocated 5000", "free 3128"]);
  const over = heap.addressOf(place + 5000 + 32 + 1000);
  assertThrows(() => heap.heap.free(over), Error, "never allocated");
  heap.heap.check();
});

Deno.test("the preallocation is as given, whatever the growth", () => {
  using heap = new RecordedHeap({ preallocate: 1000, growth: 4096 });
  heap.malloc(100);
  assertEquals(heap.takeSystemCalls().map(({ length }) => length), [1000]);
});

Deno.test("a growth that no memory has is out of memory, and the heap goes on", () => {
  using heap = new Heap({ preallocate: 1000, growth: 2 ** 52 });
  const address = heap.malloc(100);
  assertThrows(() => heap.malloc(2000), OutOfMemoryError, "malloc(2000)");
  assertThrows(() => heap.realloc(address, 2000), OutOfMemoryError);
  heap.free(address);
  assertEquals(heap.malloc(200), address);
  heap.check();
});
