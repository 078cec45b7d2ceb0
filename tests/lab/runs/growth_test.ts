import { assertEquals } from "@std/assert";
import { experiment, record } from "../../../lab/mod.ts";
import { Heap } from "../../../mod.ts";

const HEADER = 32;

Deno.test("the first growth is the heap's first use", () => {
  const run = experiment({}, (heap) => void heap.malloc(8));
  assertEquals(run.growths, [{
    call: 0,
    length: 131_072,
    request: 8,
    freeBytes: 0,
    largestFreeBytes: 0,
    reason: "first use",
  }]);
});

Deno.test("a growth of a heap without any free block says so", () => {
  const run = experiment({ preallocate: 0 }, (heap) => {
    heap.malloc(100);
    heap.malloc(50);
  });
  assertEquals(run.growths[1], {
    call: 1,
    length: HEADER + 56,
    request: 56,
    freeBytes: 0,
    largestFreeBytes: 0,
    reason: "nothing free",
  });
});

Deno.test("a growth with less free than was asked for says how much there was", () => {
  const run = experiment({ preallocate: 0 }, (heap) => {
    const block = heap.malloc(100);
    heap.malloc(8);
    heap.free(block);
    heap.malloc(200);
  });
  const { reason, freeBytes, largestFreeBytes } = run.growths[2]!;
  assertEquals([reason, freeBytes, largestFreeBytes], ["too small", 104, 104]);
});

Deno.test("a growth with enough free in pieces too small calls it scattered", () => {
  const run = experiment({ preallocate: 0 }, (heap) => {
    const first = heap.malloc(100);
    heap.malloc(8);
    const second = heap.malloc(100);
    heap.malloc(8);
    heap.free(first);
    heap.free(second);
    heap.malloc(208);
  });
  const { reason, freeBytes, largestFreeBytes } = run.growths.at(-1)!;
  assertEquals([reason, freeBytes, largestFreeBytes], ["scattered", 208, 104]);
  assertEquals(run.stats().blockedRequests, 1);
});

Deno.test("a realloc of the last block grows in place without looking at what is free", () => {
  const run = experiment({ preallocate: 0 }, (heap) => {
    const free = heap.malloc(1000);
    const last = heap.malloc(100);
    heap.free(free);
    heap.realloc(last, 200);
  });
  const { reason, length, freeBytes } = run.growths.at(-1)!;
  assertEquals([reason, length, freeBytes], ["grows in place", 96, 1000]);
});

Deno.test("a run counts its growths by their reasons", () => {
  const run = experiment({ preallocate: 0 }, (heap) => {
    heap.malloc(100);
    heap.malloc(100);
    heap.malloc(100);
  });
  assertEquals(run.stats().growthsByReason, {
    "first use": 1,
    "nothing free": 2,
    "too small": 0,
    "scattered": 0,
    "grows in place": 0,
  });
});

Deno.test("a growth in place counts neighbours that are free as the block they will be", () => {
  const run = experiment({ preallocate: 0 }, (heap) => {
    const blocks = [1000, 2000, 3000].map((size) => heap.malloc(size));
    const last = heap.malloc(100);
    for (const block of blocks) heap.free(block);
    heap.realloc(last, 200);
  });
  const { freeBytes, largestFreeBytes } = run.growths.at(-1)!;
  assertEquals([freeBytes, largestFreeBytes], [6000 + 64, 6000 + 64]);
});

Deno.test("a growth in place sees what was freed past the recording", () => {
  using heap = new Heap({ preallocate: 0 });
  using recording = record(heap);
  const other = recording.malloc(1000);
  const last = recording.malloc(100);
  recording.realloc(last, 200);
  heap.free(other);
  recording.realloc(last, 300);
  const free = recording.run().growths.map(({ freeBytes }) => freeBytes);
  assertEquals(free, [0, 0, 0, 1000]);
});
