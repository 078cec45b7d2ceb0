// Rules 2 to 7 of the contract: NULL, mappings, preallocation, the search,
// growth and splitting.
import { assertEquals, assertNotEquals } from "@std/assert";
import { outline } from "../../support/outline.ts";
import { HEAP_START, mappingPlace } from "../../support/places.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";

const FIRST_MAPPING = mappingPlace(1);
const WHOLE = 131072 - 32;

function allocate(heap: RecordedHeap, sizes: number[]): number[] {
  return sizes.map((size) => heap.malloc(size));
}

Deno.test("malloc(0) is NULL and needs no memory", () => {
  using heap = new RecordedHeap();
  assertEquals(heap.malloc(0), 0);
  assertEquals(heap.takeSystemCalls(), []);
  assertEquals(heap.blocks(), []);
});

Deno.test("malloc() maps a block that reaches the threshold with its header", () => {
  using heap = new RecordedHeap();
  assertEquals(heap.malloc(131072 - 32 - 7), FIRST_MAPPING + 32);
  assertEquals(heap.takeSystemCalls(), [
    { name: "mmap", address: FIRST_MAPPING, length: 131072 },
  ]);
  assertEquals(outline(heap.blocks()), ["mapped 131040"]);
});

Deno.test("malloc() keeps a block just below the threshold on the heap", () => {
  using heap = new RecordedHeap();
  assertEquals(heap.malloc(131072 - 32 - 8), HEAP_START + 32);
  assertEquals(outline(heap.blocks()), ["allocated 131040"]);
});

Deno.test("malloc() follows a threshold of its own", () => {
  using heap = new RecordedHeap({ mmapThreshold: 1024 });
  heap.malloc(1024 - 32);
  heap.malloc(1024 - 32 - 8);
  assertEquals(outline(heap.blocks()), [
    "allocated 984",
    `free ${WHOLE - 984 - 32}`,
    "mapped 992",
  ]);
});

Deno.test("a threshold of 0 maps every block", () => {
  using heap = new RecordedHeap({ mmapThreshold: 0 });
  allocate(heap, [1, 8, 9]);
  assertEquals(outline(heap.blocks()), ["mapped 8", "mapped 8", "mapped 16"]);
});

Deno.test("an infinite threshold maps no block", () => {
  using heap = new RecordedHeap({ mmapThreshold: Infinity });
  heap.malloc(1 << 20);
  assertEquals(outline(heap.blocks()), ["allocated 1048576"]);
});

Deno.test("the first block on the heap moves the break by 128 KiB and is split off", () => {
  using heap = new RecordedHeap();
  assertEquals(heap.malloc(10), HEAP_START + 32);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 131072, length: 131072 },
  ]);
  assertEquals(outline(heap.blocks()), [
    "allocated 16",
    `free ${WHOLE - 16 - 32}`,
  ]);
});

Deno.test("a mapping does not preallocate", () => {
  using heap = new RecordedHeap();
  heap.malloc(200000);
  heap.takeSystemCalls();
  heap.malloc(10);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 131072, length: 131072 },
  ]);
});

Deno.test("the heap is preallocated once", () => {
  using heap = new RecordedHeap();
  heap.malloc(WHOLE - 8);
  heap.takeSystemCalls();
  heap.malloc(10);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 131072 + 48, length: 48 },
  ]);
});

Deno.test("a preallocation too small for the first block grows by what it lacks", () => {
  using heap = new RecordedHeap({ preallocate: 4096 });
  assertEquals(heap.malloc(5000), HEAP_START + 32);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 4096, length: 4096 },
    { name: "brk", address: HEAP_START + 5032, length: 936 },
  ]);
  assertEquals(outline(heap.blocks()), ["allocated 5000"]);
});

Deno.test("without preallocation the first block is a new last block", () => {
  using heap = new RecordedHeap({ preallocate: 0 });
  heap.malloc(10);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 48, length: 48 },
  ]);
  assertEquals(outline(heap.blocks()), ["allocated 16"]);
});

Deno.test("the search takes the smallest block that suffices", () => {
  using heap = new RecordedHeap();
  const places = allocate(heap, [400, 8, 120, 8, 200, 8, 64, 8]);
  for (const index of [0, 2, 4, 6]) heap.free(places[index]!);
  assertEquals(heap.malloc(100), places[2]);
});

Deno.test("of equal blocks the search takes the one at the lowest address", () => {
  using heap = new RecordedHeap();
  const places = allocate(heap, [64, 8, 64, 8, 64, 8]);
  for (const index of [4, 0, 2]) heap.free(places[index]!);
  assertEquals(heap.malloc(64), places[0]);
  assertEquals(heap.malloc(60), places[2]);
  assertEquals(heap.malloc(57), places[4]);
});

Deno.test("of equal blocks the last of the heap is taken last", () => {
  using heap = new RecordedHeap({ preallocate: 0 });
  const places = allocate(heap, [64, 8, 64]);
  heap.free(places[0]!);
  heap.free(places[2]!);
  assertEquals(heap.malloc(64), places[0]);
  assertEquals(heap.malloc(64), places[2]);
});

Deno.test("a smaller last block is better than a larger one before it", () => {
  using heap = new RecordedHeap({ preallocate: 0 });
  const places = allocate(heap, [72, 8, 64]);
  heap.free(places[0]!);
  heap.free(places[2]!);
  assertEquals(heap.malloc(64), places[2]);
});

Deno.test("a block of exactly the size is better than a larger one before it", () => {
  using heap = new RecordedHeap();
  const places = allocate(heap, [72, 8, 64, 8]);
  heap.free(places[0]!);
  heap.free(places[2]!);
  assertEquals(heap.malloc(64), places[2]);
});

Deno.test("neighbouring free blocks are merged before a search, in any order of freeing", () => {
  for (const order of [[1, 2, 3], [3, 2, 1], [1, 3, 2], [2, 3, 1]]) {
    using heap = new RecordedHeap();
    const places = allocate(heap, [8, 40, 40, 40, 8]);
    for (const index of order) heap.free(places[index]!);
    assertEquals(heap.malloc(3 * 40 + 2 * 32), places[1]);
    heap.heap.check();
  }
});

Deno.test("a search that finds a block elsewhere merges all the same", () => {
  using heap = new RecordedHeap();
  const places = allocate(heap, [8, 40, 40, 8, 16, 8]);
  for (const index of [1, 2, 4]) heap.free(places[index]!);
  assertEquals(heap.malloc(16), places[4]);
  assertEquals(outline(heap.blocks()).slice(0, 4), [
    "allocated 8",
    "free 112",
    "allocated 8",
    "allocated 16",
  ]);
});

Deno.test("a mapping is no search: free neighbours stay as they lie", () => {
  using heap = new RecordedHeap();
  const places = allocate(heap, [40, 40, 8]);
  heap.free(places[0]!);
  heap.free(places[1]!);
  heap.malloc(1 << 20);
  assertEquals(outline(heap.blocks()).slice(0, 2), ["free 40", "free 40"]);
});

Deno.test("malloc(0) is no search: free neighbours stay as they lie", () => {
  using heap = new RecordedHeap();
  const places = allocate(heap, [40, 40, 8]);
  heap.free(places[0]!);
  heap.free(places[1]!);
  heap.malloc(0);
  assertEquals(outline(heap.blocks()).slice(0, 2), ["free 40", "free 40"]);
});

Deno.test("freed blocks merge with the free block at the end of the heap", () => {
  using heap = new RecordedHeap();
  const places = allocate(heap, [40, 40]);
  heap.free(places[1]!);
  heap.free(places[0]!);
  heap.takeSystemCalls();
  assertEquals(heap.malloc(WHOLE - 8), places[0]);
  assertEquals(heap.takeSystemCalls(), []);
});

Deno.test("a free last block grows by just what it lacks", () => {
  using heap = new RecordedHeap({ preallocate: 0 });
  const [, last] = allocate(heap, [8, 40]);
  heap.free(last!);
  heap.takeSystemCalls();
  assertEquals(heap.malloc(100), last);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 40 + 136, length: 64 },
  ]);
  assertEquals(outline(heap.blocks()), ["allocated 8", "allocated 104"]);
});

Deno.test("a last block that is merged first lacks less", () => {
  using heap = new RecordedHeap({ preallocate: 0 });
  const [, second, third] = allocate(heap, [8, 40, 40]);
  heap.free(third!);
  heap.free(second!);
  heap.takeSystemCalls();
  assertEquals(heap.malloc(120), second);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 40 + 152, length: 8 },
  ]);
});

Deno.test("a free block elsewhere does not grow", () => {
  using heap = new RecordedHeap({ preallocate: 0 });
  const [first] = allocate(heap, [40, 8]);
  heap.free(first!);
  heap.takeSystemCalls();
  assertEquals(heap.malloc(48), HEAP_START + 72 + 40 + 32);
  assertEquals(heap.takeSystemCalls(), [
    { name: "brk", address: HEAP_START + 72 + 40 + 80, length: 80 },
  ]);
});

Deno.test("a block is split when a header and 8 bytes are left over", () => {
  using heap = new RecordedHeap({ preallocate: 0 });
  const [first] = allocate(heap, [104, 8]);
  heap.free(first!);
  heap.malloc(64);
  assertEquals(outline(heap.blocks()), [
    "allocated 64",
    "free 8",
    "allocated 8",
  ]);
});

Deno.test("a block is used whole when less than a header and 8 bytes are left over", () => {
  using heap = new RecordedHeap({ preallocate: 0 });
  const [first] = allocate(heap, [104, 8]);
  heap.free(first!);
  heap.malloc(65);
  assertEquals(outline(heap.blocks()), ["allocated 104", "allocated 8"]);
});

Deno.test("what was split off is found by the next search", () => {
  using heap = new RecordedHeap({ preallocate: 0 });
  const [first] = allocate(heap, [104, 8]);
  heap.free(first!);
  heap.malloc(64);
  assertEquals(heap.malloc(8), first! + 64 + 32);
  assertEquals(heap.takeSystemCalls().length, 2);
});

Deno.test("heaps beside each other do not share blocks", () => {
  using first = new RecordedHeap();
  using second = new RecordedHeap();
  const one = first.addressOf(first.malloc(8));
  const other = second.addressOf(second.malloc(8));
  assertNotEquals(one, other);
  first.heap.bytes(one).fill(1);
  assertEquals([...second.heap.bytes(other)], Array(8).fill(0));
});
