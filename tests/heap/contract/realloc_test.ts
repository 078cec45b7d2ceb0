// Rule 10 of the contract, clause by clause in its order, and rule 11.
import {
  assertEquals,
  assertGreaterOrEqual,
  assertNotEquals,
} from "@std/assert";
import { outline } from "../../support/outline.ts";
import { HEAP_START, mappingPlace } from "../../support/places.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";

/** A heap without preallocation that holds blocks of these sizes. */
function heapOf(...sizes: number[]) {
  const heap = new RecordedHeap({ preallocate: 0 });
  const places = sizes.map((size) => heap.malloc(size));
  heap.takeSystemCalls();
  return { heap, places, [Symbol.dispose]: () => heap[Symbol.dispose]() };
}

function write(heap: RecordedHeap, place: number): void {
  heap.heap.bytes(heap.addressOf(place)).forEach((_, index, bytes) => {
    bytes[index] = (index * 7 + 1) % 251;
  });
}

/** How many bytes from the payload's start on are as written. */
function intact(heap: RecordedHeap, place: number): number {
  const bytes = heap.heap.bytes(heap.addressOf(place));
  const end = bytes.findIndex((byte, index) => byte !== (index * 7 + 1) % 251);
  return end < 0 ? bytes.length : end;
}

Deno.test("realloc(NULL) is malloc()", () => {
  using heap = new RecordedHeap();
  assertEquals(heap.realloc(0, 100), HEAP_START + 32);
  assertEquals(outline(heap.blocks())[0], "allocated 104");
});

Deno.test("realloc(NULL, 0) is NULL", () => {
  using heap = new RecordedHeap();
  assertEquals(heap.realloc(0, 0), 0);
  assertEquals(heap.takeSystemCalls(), []);
});

Deno.test("realloc(NULL) of the threshold's size maps", () => {
  using heap = new RecordedHeap();
  assertEquals(heap.realloc(0, 131040), mappingPlace(1) + 32);
});

Deno.test("realloc() of a free block is NULL and changes nothing", () => {
  using setup = heapOf(40, 8);
  const { heap, places } = setup;
  heap.free(places[0]!);
  const before = heap.blocks();
  for (const size of [0, 8, 40, 4096, 1 << 20]) {
    assertEquals(heap.realloc(places[0]!, size), 0);
  }
  assertEquals(heap.blocks(), before);
  assertEquals(heap.takeSystemCalls(), []);
});

Deno.test("realloc() of memory inside a free block is NULL and changes nothing", () => {
  using setup = heapOf(40, 8);
  const { heap, places } = setup;
  heap.free(places[0]!);
  const before = heap.blocks();
  for (const offset of [-32, -8, 1, 8, 39]) {
    assertEquals(heap.realloc(places[0]! + offset, 8), 0);
  }
  assertEquals(heap.blocks(), before);
});

Deno.test("realloc() of a block that was merged away is NULL", () => {
  using setup = heapOf(40, 40, 8);
  const { heap, places } = setup;
  heap.free(places[0]!);
  heap.free(places[1]!);
  heap.malloc(4096);
  assertEquals(outline(heap.blocks())[0], "free 112");
  assertEquals(heap.realloc(places[1]!, 8), 0);
});

Deno.test("realloc() to size 0 frees a heap block", () => {
  using setup = heapOf(40, 8);
  const { heap, places } = setup;
  assertEquals(heap.realloc(places[0]!, 0), 0);
  assertEquals(outline(heap.blocks()), ["free 40", "allocated 8"]);
});

Deno.test("realloc() to size 0 unmaps a mapping", () => {
  using heap = new RecordedHeap();
  const place = heap.malloc(200000);
  heap.takeSystemCalls();
  assertEquals(heap.realloc(place, 0), 0);
  assertEquals(heap.takeSystemCalls(), [
    { name: "munmap", address: mappingPlace(1), length: 200032 },
  ]);
});

Deno.test("realloc() moves a mapping to the heap: obtain, copy, unmap", () => {
  using heap = new RecordedHeap();
  const place = heap.malloc(200000);
  write(heap, place);
  heap.takeSystemCalls();
  const moved = heap.realloc(place, 1000);
  assertEquals(moved, HEAP_START + 32);
  assertEquals(intact(heap, moved), 1000);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 131072, length: 131072 },
    { name: "munmap", address: mappingPlace(1), length: 200032 },
  ]);
});

Deno.test("realloc() moves a mapping into a new one, also of the same size", () => {
  using heap = new RecordedHeap();
  const place = heap.malloc(200000);
  write(heap, place);
  heap.takeSystemCalls();
  const moved = heap.realloc(place, 200000);
  assertEquals(moved, mappingPlace(2) + 32);
  assertEquals(intact(heap, moved), 200000);
  assertEquals(heap.takeSystemCalls(), [
    { name: "mmap", address: mappingPlace(2), length: 200032 },
    { name: "munmap", address: mappingPlace(1), length: 200032 },
  ]);
});

Deno.test("realloc() of a mapping copies no more than it held", () => {
  using heap = new RecordedHeap();
  const place = heap.malloc(200000);
  write(heap, place);
  const moved = heap.realloc(place, 300000);
  assertEquals(intact(heap, moved), 200000);
});

Deno.test("realloc() of a small mapping from calloc() moves it to the heap", () => {
  using heap = new RecordedHeap();
  const place = heap.calloc(5000, 1);
  assertEquals(heap.realloc(place, 6000), HEAP_START + 32);
  assertEquals(outline(heap.blocks())[0], "allocated 6000");
});

Deno.test("realloc() to the threshold moves a heap block into a mapping", () => {
  using setup = heapOf(64, 8);
  const { heap, places } = setup;
  write(heap, places[0]!);
  const moved = heap.realloc(places[0]!, 131040);
  assertEquals(moved, mappingPlace(1) + 32);
  assertEquals(intact(heap, moved), 64);
  assertEquals(heap.takeSystemCalls(), [
    { name: "mmap", address: mappingPlace(1), length: 131072 },
  ]);
  assertEquals(outline(heap.blocks()).slice(0, 2), ["free 64", "allocated 8"]);
});

Deno.test("realloc() to the threshold maps although the block would suffice", () => {
  using heap = new RecordedHeap({ mmapThreshold: 1024, preallocate: 1048 });
  const place = heap.malloc(984);
  assertEquals(outline(heap.blocks()), ["allocated 1016"]);
  assertEquals(heap.realloc(place, 992), mappingPlace(1) + 32);
});

Deno.test("realloc() to less splits in place when a block is left over", () => {
  using setup = heapOf(104, 8);
  const { heap, places } = setup;
  assertEquals(heap.realloc(places[0]!, 64), places[0]);
  assertEquals(outline(heap.blocks()), [
    "allocated 64",
    "free 8",
    "allocated 8",
  ]);
});

Deno.test("realloc() to less keeps the block whole when no block is left over", () => {
  using setup = heapOf(104, 8);
  const { heap, places } = setup;
  assertEquals(heap.realloc(places[0]!, 65), places[0]);
  assertEquals(outline(heap.blocks()), ["allocated 104", "allocated 8"]);
});

Deno.test("realloc() to less does not merge what it splits off", () => {
  using setup = heapOf(104, 8, 8);
  const { heap, places } = setup;
  heap.free(places[1]!);
  heap.realloc(places[0]!, 64);
  assertEquals(outline(heap.blocks()), [
    "allocated 64",
    "free 8",
    "free 8",
    "allocated 8",
  ]);
});

Deno.test("realloc() within the block's size changes nothing", () => {
  using setup = heapOf(104, 8);
  const { heap, places } = setup;
  for (const size of [104, 103, 97, 73]) {
    assertEquals(heap.realloc(places[0]!, size), places[0]);
  }
  assertEquals(outline(heap.blocks()), ["allocated 104", "allocated 8"]);
});

Deno.test("realloc() of the last block to less leaves a free last block", () => {
  using setup = heapOf(8, 104);
  const { heap, places } = setup;
  assertEquals(heap.realloc(places[1]!, 8), places[1]);
  assertEquals(outline(heap.blocks()), [
    "allocated 8",
    "allocated 8",
    "free 64",
  ]);
  assertEquals(heap.takeSystemCalls(), []);
});

Deno.test("realloc() grows the last block by the difference", () => {
  using setup = heapOf(8, 40);
  const { heap, places } = setup;
  write(heap, places[1]!);
  assertEquals(heap.realloc(places[1]!, 97), places[1]);
  assertEquals(intact(heap, places[1]!), 40);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 40 + 136, length: 64 },
  ]);
});

Deno.test("realloc() grows the last block although a free block would suffice", () => {
  using setup = heapOf(400, 40);
  const { heap, places } = setup;
  heap.free(places[0]!);
  assertEquals(heap.realloc(places[1]!, 80), places[1]);
  assertEquals(outline(heap.blocks()), ["free 400", "allocated 80"]);
});

Deno.test("realloc() absorbs the free block that follows, then splits", () => {
  using setup = heapOf(40, 104, 8);
  const { heap, places } = setup;
  write(heap, places[0]!);
  heap.free(places[1]!);
  assertEquals(heap.realloc(places[0]!, 96), places[0]);
  assertEquals(intact(heap, places[0]!), 40);
  assertEquals(outline(heap.blocks()), [
    "allocated 96",
    "free 48",
    "allocated 8",
  ]);
  assertEquals(heap.takeSystemCalls(), []);
});

Deno.test("realloc() absorbs one free block at a time, and no more than it needs", () => {
  using setup = heapOf(40, 8, 8, 8, 8);
  const { heap, places } = setup;
  for (const index of [3, 1, 2]) heap.free(places[index]!);
  assertEquals(heap.realloc(places[0]!, 120), places[0]);
  assertEquals(outline(heap.blocks()), [
    "allocated 120",
    "free 8",
    "allocated 8",
  ]);
});

Deno.test("realloc() absorbs a merged block as one", () => {
  using setup = heapOf(40, 8, 8, 8, 8);
  const { heap, places } = setup;
  for (const index of [3, 1, 2]) heap.free(places[index]!);
  heap.malloc(4096);
  assertEquals(heap.realloc(places[0]!, 120), places[0]);
  assertEquals(outline(heap.blocks()).slice(0, 3), [
    "allocated 120",
    "free 8",
    "allocated 8",
  ]);
});

Deno.test("realloc() does not absorb the free block before it", () => {
  using setup = heapOf(104, 40, 8);
  const { heap, places } = setup;
  heap.free(places[0]!);
  const moved = heap.realloc(places[1]!, 80);
  assertEquals(moved, places[0]);
  assertEquals(outline(heap.blocks()), [
    "allocated 104",
    "free 40",
    "allocated 8",
  ]);
});

Deno.test("realloc() moves a block when what follows is in use", () => {
  using setup = heapOf(40, 8);
  const { heap, places } = setup;
  write(heap, places[0]!);
  const moved = heap.realloc(places[0]!, 80);
  assertNotEquals(moved, places[0]);
  assertEquals(intact(heap, moved), 40);
  assertEquals(outline(heap.blocks()), [
    "free 40",
    "allocated 8",
    "allocated 80",
  ]);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 72 + 40 + 112, length: 112 },
  ]);
});

Deno.test("realloc() frees all that it absorbed when that was not enough", () => {
  using setup = heapOf(40, 8, 8, 8);
  const { heap, places } = setup;
  write(heap, places[0]!);
  heap.free(places[1]!);
  heap.free(places[2]!);
  const moved = heap.realloc(places[0]!, 200);
  assertEquals(intact(heap, moved), 40);
  assertEquals(outline(heap.blocks()), [
    "free 120",
    "allocated 8",
    "allocated 200",
  ]);
});

Deno.test("realloc() that absorbed a free end of the heap does not grow it", () => {
  using setup = heapOf(40, 8);
  const { heap, places } = setup;
  heap.free(places[1]!);
  const moved = heap.realloc(places[0]!, 200);
  assertEquals(moved, HEAP_START + 72 + 40 + 32);
  assertEquals(outline(heap.blocks()), ["free 80", "allocated 200"]);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 72 + 40 + 232, length: 232 },
  ]);
});

Deno.test("realloc() that moves searches like malloc(), neighbours merged", () => {
  using setup = heapOf(40, 40, 8, 40, 8);
  const { heap, places } = setup;
  heap.free(places[0]!);
  heap.free(places[1]!);
  assertEquals(heap.realloc(places[3]!, 100), places[0]);
});

Deno.test("realloc() grows step by step without losing a byte", () => {
  using heap = new RecordedHeap();
  let place = heap.malloc(1);
  for (let size = 1; size < 300000; size = Math.ceil(size * 1.7)) {
    write(heap, place);
    const held = heap.heap.usableSize(heap.addressOf(place));
    place = heap.realloc(place, size);
    assertGreaterOrEqual(intact(heap, place), Math.min(held, size));
    if (size % 3 === 0) heap.malloc(8);
    heap.heap.check();
  }
});
