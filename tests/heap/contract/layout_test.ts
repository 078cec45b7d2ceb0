// Rule 1 of the contract: sizes, the header, and the list of heap blocks.
import { assertEquals } from "@std/assert";
import { HEAP_START } from "../../support/places.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";

const FREE = 0;
const ALLOCATED = 1;
const MAPPED = 2;

/** What a C program finds that follows `next` from the first header on. */
function walk(heap: RecordedHeap) {
  const found = [];
  let prev = 0;
  for (let place = HEAP_START; place !== 0;) {
    const header = heap.header(place);
    assertEquals(header.prev, prev, "prev leads back");
    assertEquals(header.padding, 0);
    found.push({ address: place, size: header.size, status: header.status });
    prev = place;
    place = header.next;
  }
  return found;
}

/** The heap blocks that `blocks()` lists, as the headers in memory describe them. */
function listed(heap: RecordedHeap) {
  return heap.blocks().filter(({ status }) => status !== "mapped").map((
    { address, size, status },
  ) => ({ address, size, status: status === "free" ? FREE : ALLOCATED }));
}

Deno.test("a payload lies 32 bytes behind the start of its block", () => {
  using heap = new RecordedHeap();
  assertEquals(heap.malloc(24), HEAP_START + 32);
  assertEquals(heap.blocks()[0]?.address, HEAP_START);
  assertEquals(heap.blocks()[0]?.payload, HEAP_START + 32);
});

for (const [size, rounded] of [[1, 8], [7, 8], [8, 8], [9, 16], [4095, 4096]]) {
  Deno.test(`malloc(${size}) gives ${rounded} bytes`, () => {
    using heap = new RecordedHeap();
    heap.malloc(size!);
    assertEquals(heap.blocks()[0]?.size, rounded);
  });
}

Deno.test("usableSize() is the rounded size", () => {
  using heap = new RecordedHeap();
  const place = heap.malloc(13);
  assertEquals(heap.heap.usableSize(heap.addressOf(place)), 16);
});

Deno.test("usableSize() counts what was too little to split off", () => {
  using heap = new RecordedHeap();
  const place = heap.malloc(131072 - 32 - 39);
  assertEquals(heap.heap.usableSize(heap.addressOf(place)), 131072 - 32);
});

Deno.test("an allocated block's header reads as C reads it", () => {
  using heap = new RecordedHeap();
  heap.malloc(100);
  assertEquals(heap.header(HEAP_START), {
    size: 104,
    status: ALLOCATED,
    padding: 0,
    prev: 0,
    next: HEAP_START + 136,
  });
});

Deno.test("a free block's header reads as C reads it", () => {
  using heap = new RecordedHeap();
  heap.malloc(100);
  assertEquals(heap.header(HEAP_START + 136), {
    size: 131072 - 136 - 32,
    status: FREE,
    padding: 0,
    prev: HEAP_START,
    next: 0,
  });
});

Deno.test("a mapping's header reads as C reads it, in no list", () => {
  using heap = new RecordedHeap();
  const place = heap.malloc(200001);
  assertEquals(heap.header(place - 32), {
    size: 200008,
    status: MAPPED,
    padding: 0,
    prev: 0,
    next: 0,
  });
});

Deno.test("free() writes the status at once", () => {
  using heap = new RecordedHeap();
  const place = heap.malloc(100);
  heap.malloc(100);
  heap.free(place);
  assertEquals(heap.header(HEAP_START).status, FREE);
  assertEquals(heap.header(HEAP_START).size, 104);
});

Deno.test("the headers form one list in address order, also after a split", () => {
  using heap = new RecordedHeap();
  for (const size of [8, 80, 800, 8000]) heap.malloc(size);
  assertEquals(walk(heap), listed(heap));
  assertEquals(walk(heap).length, 5);
});

Deno.test("the list is whole after neighbours were merged", () => {
  using heap = new RecordedHeap();
  const places = [1, 2, 3, 4, 5].map((size) => heap.malloc(size * 40));
  for (const index of [3, 1, 2]) heap.free(places[index]!);
  heap.malloc(8);
  assertEquals(walk(heap), listed(heap));
  assertEquals(walk(heap).map(({ status }) => status), [1, 1, 0, 1, 0]);
});

Deno.test("the list is whole between a free and the next search", () => {
  using heap = new RecordedHeap();
  const places = [1, 2, 3, 4, 5].map((size) => heap.malloc(size * 40));
  for (const index of [3, 1, 2]) heap.free(places[index]!);
  assertEquals(walk(heap), listed(heap));
  assertEquals(walk(heap).map(({ status }) => status), [1, 0, 0, 0, 1, 0]);
});

Deno.test("the list is whole after realloc() absorbed what follows", () => {
  using heap = new RecordedHeap();
  const places = [1, 2, 3, 4, 5].map((size) => heap.malloc(size * 40));
  heap.free(places[2]!);
  heap.free(places[3]!);
  heap.realloc(places[1]!, 200);
  assertEquals(walk(heap), listed(heap));
});

Deno.test("the list is whole after the last block grew", () => {
  using heap = new RecordedHeap({ preallocate: 0 });
  const first = heap.malloc(8);
  heap.malloc(8);
  heap.free(heap.malloc(16));
  heap.malloc(64);
  heap.free(first);
  assertEquals(walk(heap), listed(heap));
  assertEquals(walk(heap).map(({ size }) => size), [8, 8, 64]);
});

Deno.test("mappings stay out of the list", () => {
  using heap = new RecordedHeap();
  heap.malloc(8);
  heap.malloc(1 << 20);
  heap.malloc(8);
  assertEquals(walk(heap), listed(heap));
  assertEquals(walk(heap).length, 3);
});
