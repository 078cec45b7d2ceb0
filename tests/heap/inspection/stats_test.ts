// The counts and bytes of a heap, against what its blocks add up to.
import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import {
  arenaMemory,
  type Block,
  Heap,
  type HeapStats,
  OutOfMemoryError,
} from "../../../mod.ts";
import { RefusingMemory } from "../../support/refusing_memory.ts";
import { seededRandom } from "../../support/seed.ts";

const NOTHING: Omit<HeapStats, "tableBytes" | "steps"> = {
  liveBlocks: 0,
  liveBytes: 0,
  mappedBlocks: 0,
  mappedBytes: 0,
  freeBlocks: 0,
  freeBytes: 0,
  largestFreeBytes: 0,
  headerBytes: 0,
  footprintBytes: 0,
  peakLiveBytes: 0,
  peakFootprintBytes: 0,
  systemCalls: { sbrk: 0, mmap: 0, munmap: 0 },
};

function bytesOf(blocks: Block[]): number {
  return blocks.reduce((sum, { size }) => sum + size, 0);
}

/** What the blocks of a heap add up to. */
function addUp(heap: Heap) {
  const blocks = [...heap.blocks()];
  const free = blocks.filter(({ status }) => status === "free");
  const mapped = blocks.filter(({ status }) => status === "mapped");
  const live = blocks.filter(({ status }) => status !== "free");
  return {
    liveBlocks: live.length,
    liveBytes: bytesOf(live),
    mappedBlocks: mapped.length,
    mappedBytes: bytesOf(mapped),
    freeBlocks: free.length,
    freeBytes: bytesOf(free),
    largestFreeBytes: Math.max(0, ...free.map(({ size }) => size)),
    headerBytes: 32 * blocks.length,
    footprintBytes: bytesOf(blocks) + 32 * blocks.length,
  };
}

Deno.test("an empty heap has no blocks and no footprint", () => {
  using heap = new Heap();
  const stats = heap.stats();
  assertEquals({ ...stats, ...NOTHING }, stats);
});

Deno.test("the numbers after a few calls are those of the contract", () => {
  using heap = new Heap();
  const first = heap.malloc(100);
  heap.malloc(200_000);
  heap.malloc(50);
  heap.free(first);
  const { tableBytes, steps: _steps, ...stats } = heap.stats();
  assertEquals(stats, {
    liveBlocks: 2,
    liveBytes: 200_000 + 56,
    mappedBlocks: 1,
    mappedBytes: 200_000,
    freeBlocks: 2,
    freeBytes: 104 + 131072 - 104 - 56 - 3 * 32,
    largestFreeBytes: 131072 - 104 - 56 - 3 * 32,
    headerBytes: 4 * 32,
    footprintBytes: 131072 + 200_032,
    peakLiveBytes: 104 + 200_000 + 56,
    peakFootprintBytes: 131072 + 200_032,
    systemCalls: { sbrk: 1, mmap: 1, munmap: 0 },
  });
  assertGreater(tableBytes, 0);
});

Deno.test("the peaks stay when memory is given back", () => {
  using heap = new Heap();
  const address = heap.malloc(200_000);
  heap.free(address);
  const { peakLiveBytes, peakFootprintBytes, footprintBytes, liveBytes } = heap
    .stats();
  assertEquals([liveBytes, footprintBytes], [0, 0]);
  assertEquals([peakLiveBytes, peakFootprintBytes], [200_000, 200_032]);
});

Deno.test("a refused system call is not counted", () => {
  using arena = arenaMemory();
  const memory = new RefusingMemory(arena, () => true);
  using heap = new Heap({ memory });
  assertThrows(() => heap.malloc(8), OutOfMemoryError);
  assertThrows(() => heap.malloc(200_000), OutOfMemoryError);
  const { systemCalls, footprintBytes } = heap.stats();
  assertEquals(systemCalls, { sbrk: 0, mmap: 0, munmap: 0 });
  assertEquals(footprintBytes, 0);
  memory.refuses = () => false;
});

Deno.test("the numbers are what the blocks add up to, after every call", () => {
  const random = seededRandom();
  using heap = new Heap({ preallocate: 512, mmapThreshold: 3000 });
  const live: number[] = [];
  for (let calls = 0; calls < 3000; calls++) {
    const size = random.between(1, random.oneOf([40, 400, 4000]));
    const index = random.between(0, 40);
    const address = live[index];
    if (address === undefined) live.push(heap.malloc(size));
    else if (random.oneIn(2)) live[index] = heap.realloc(address, size);
    else heap.free(live.splice(index, 1)[0]!);
    const stats = heap.stats();
    assertEquals({ ...stats, ...addUp(heap) }, stats);
  }
});
