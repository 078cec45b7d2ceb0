// Rules 2, 3 and 8 of the contract, for calloc.
import { assert, assertEquals } from "@std/assert";
import { outline } from "../../support/outline.ts";
import { HEAP_START, mappingPlace } from "../../support/places.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";

const FIRST_MAPPING = mappingPlace(1);

/** The whole payload at a place, including what rounding added. */
function payload(heap: RecordedHeap, place: number): Uint8Array {
  return heap.heap.bytes(heap.addressOf(place));
}

for (const [nmemb, size] of [[0, 8], [8, 0], [0, 0]] as const) {
  Deno.test(`calloc(${nmemb}, ${size}) is NULL and needs no memory`, () => {
    using heap = new RecordedHeap();
    assertEquals(heap.calloc(nmemb, size), 0);
    assertEquals(heap.takeSystemCalls(), []);
  });
}

Deno.test("calloc(0, ...) is NULL however large the other factor", () => {
  using heap = new RecordedHeap();
  assertEquals(heap.calloc(0, Number.MAX_SAFE_INTEGER), 0);
  assertEquals(heap.calloc(Number.MAX_SAFE_INTEGER, 0), 0);
});

Deno.test("calloc() rounds the product, not its factors", () => {
  using heap = new RecordedHeap();
  heap.calloc(3, 5);
  assertEquals(heap.blocks()[0]?.size, 16);
});

Deno.test("calloc() maps a block that reaches a page with its header", () => {
  using heap = new RecordedHeap();
  assertEquals(heap.calloc(4057, 1), FIRST_MAPPING + 32);
  assertEquals(heap.takeSystemCalls(), [
    { name: "mmap", address: FIRST_MAPPING, length: 4096 },
  ]);
});

Deno.test("calloc() keeps a block just below a page on the heap", () => {
  using heap = new RecordedHeap();
  assertEquals(heap.calloc(4056, 1), HEAP_START + 32);
  assertEquals(outline(heap.blocks())[0], "allocated 4056");
});

Deno.test("calloc() preallocates when it needs the heap first", () => {
  using heap = new RecordedHeap();
  heap.calloc(1, 1);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 131072, length: 131072 },
  ]);
});

Deno.test("calloc() follows a threshold of its own", () => {
  using heap = new RecordedHeap({ callocThreshold: 1024 });
  heap.malloc(4096);
  heap.calloc(124, 8);
  heap.calloc(123, 8);
  assertEquals(outline(heap.blocks()).filter((block) => /[^e] /.test(block)), [
    "allocated 4096",
    "allocated 984",
    "mapped 992",
  ]);
});

Deno.test("calloc() searches like malloc()", () => {
  using heap = new RecordedHeap();
  const places = [72, 8, 64, 8].map((size) => heap.malloc(size));
  heap.free(places[0]!);
  heap.free(places[2]!);
  assertEquals(heap.calloc(8, 8), places[2]);
});

Deno.test("calloc() zeroes a block that was used before, rounding included", () => {
  using heap = new RecordedHeap();
  const [place] = [heap.malloc(64), heap.malloc(8)];
  payload(heap, place).fill(0xff);
  heap.free(place);
  assertEquals(heap.calloc(57, 1), place);
  assert(payload(heap, place).every((byte) => byte === 0));
  assertEquals(payload(heap, place).length, 64);
});

Deno.test("calloc() zeroes what was too little to split off", () => {
  using heap = new RecordedHeap();
  const [place] = [heap.malloc(64), heap.malloc(8)];
  payload(heap, place).fill(0xff);
  heap.free(place);
  assertEquals(heap.calloc(40, 1), place);
  assertEquals(payload(heap, place).length, 64);
  assert(payload(heap, place).every((byte) => byte === 0));
});

Deno.test("calloc() zeroes the headers of blocks that were merged", () => {
  using heap = new RecordedHeap();
  const places = [40, 40, 40, 8].map((size) => heap.malloc(size));
  for (const place of places.slice(0, 3)) {
    payload(heap, place).fill(0xff);
    heap.free(place);
  }
  assertEquals(heap.calloc(184, 1), places[0]);
  assert(payload(heap, places[0]!).every((byte) => byte === 0));
});

Deno.test("calloc() zeroes a last block that grew", () => {
  using heap = new RecordedHeap({ preallocate: 0 });
  const place = heap.malloc(40);
  payload(heap, place).fill(0xff);
  heap.free(place);
  assertEquals(heap.calloc(100, 2), place);
  assert(payload(heap, place).every((byte) => byte === 0));
});

Deno.test("calloc() leaves the blocks on both sides as they are", () => {
  using heap = new RecordedHeap();
  const places = [8, 64, 8].map((size) => heap.malloc(size));
  for (const place of places) payload(heap, place).fill(0xff);
  heap.free(places[1]!);
  heap.calloc(64, 1);
  assert(payload(heap, places[0]!).every((byte) => byte === 0xff));
  assert(payload(heap, places[2]!).every((byte) => byte === 0xff));
  heap.heap.check();
});

Deno.test("a mapping from calloc() is zero", () => {
  using heap = new RecordedHeap();
  assert(payload(heap, heap.calloc(1000, 9)).every((byte) => byte === 0));
});
