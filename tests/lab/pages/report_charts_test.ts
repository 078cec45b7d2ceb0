import { assertEquals } from "@std/assert";
import { experiment } from "../../../lab/mod.ts";
import { decimate } from "../../../lab/pages/client/charts/decimate.ts";
import {
  lifetimesOf,
  sizesOf,
} from "../../../lab/pages/client/charts/distribution.ts";
import {
  binaryTicks,
  decimalTicks,
} from "../../../lab/pages/client/timeline/draw_axes.ts";
import { growthWords, policyWords } from "../../../lab/pages/run_words.ts";

const VALUES = [1, 5, 3, null, 9, 0, 4, 4];

function decimated(pixels: number) {
  const source = {
    length: VALUES.length,
    callsAt: (index: number) => 10 * index,
    lines: [(index: number) => VALUES[index] ?? null],
  };
  return decimate(source, 0, VALUES.length, pixels);
}

Deno.test("a chart with room shows every point", () => {
  assertEquals(decimated(8), [[0, 10, 20, 30, 40, 50, 60, 70], VALUES]);
});

Deno.test("a chart without room keeps the lowest and the highest, in order", () => {
  assertEquals(decimated(2), [[0, 30, 40, 70], [1, 5, 9, 0]]);
});

Deno.test("sizes are counted by powers of two, empty ones between others too", () => {
  const { data } = experiment({}, (heap) => {
    for (const size of [1, 16, 9, 100, 0]) heap.malloc(size);
  });
  assertEquals(
    sizesOf(data).map(({ most, count }) => [most, count]),
    [[1, 1], [2, 0], [4, 0], [8, 0], [16, 2], [32, 0], [64, 0], [128, 1]],
  );
});

Deno.test("lifetimes are counted in calls, and blocks that are never freed apart", () => {
  const { data } = experiment({}, (heap) => {
    heap.free(heap.malloc(8));
    const block = heap.malloc(8);
    heap.malloc(8);
    heap.realloc(heap.realloc(block, 100), 0);
  });
  assertEquals(lifetimesOf(data), {
    buckets: [{ most: 1, count: 1 }, { most: 2, count: 0 }, {
      most: 4,
      count: 1,
    }],
    unfreed: 1,
  });
});

Deno.test("ticks are round numbers, no more than fit", () => {
  assertEquals(decimalTicks(3, 28, 5), [5, 10, 15, 20, 25]);
  assertEquals(decimalTicks(0, 3, 100), [0, 1, 2, 3]);
  assertEquals(binaryTicks(100, 2000, 4), [512, 1024, 1536]);
});

Deno.test("every growth says why in words", () => {
  const run = experiment({ preallocate: 0 }, (heap) => {
    const blocks = [64, 64, 64, 8].map((size) => heap.malloc(size));
    heap.free(blocks[0] as number);
    heap.malloc(80);
    heap.free(blocks[2] as number);
    heap.realloc(heap.malloc(128), 400);
  });
  assertEquals(
    run.growths.map(growthWords).filter((words, at, all) =>
      all.indexOf(words) === at
    ),
    [
      "It needed 64 bytes, and the heap had no memory yet.",
      "It needed 64 bytes, and no block was free.",
      "It needed 8 bytes, and no block was free.",
      "It needed 80 bytes, more than the 64 bytes that were free in all; the largest free block had 64.",
      "It needed 128 bytes; 128 bytes were free, but scattered: the largest free block had 64.",
      "realloc made the last block larger where it lies, to 400 bytes; that uses no free block (the largest had 64).",
    ],
  );
});

Deno.test("a policy is told point by point", () => {
  const { policy } = experiment(
    { preallocate: 0, mmapThreshold: Infinity, callocThreshold: Infinity },
    () => {},
  );
  assertEquals(policyWords(policy), [
    "best fit",
    "splits blocks",
    "merges free neighbours at the next search",
    "makes no mappings",
    "preallocates nothing",
    "raises the break by multiples of 8 B",
  ]);
});
