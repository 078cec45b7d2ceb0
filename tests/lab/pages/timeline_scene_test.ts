import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  experiment,
  record,
  type Recording,
  type Run,
} from "../../../lab/mod.ts";
import { AddressScale } from "../../../lab/pages/timeline/address_scale.ts";
import {
  coverLives,
  emptyCoverage,
} from "../../../lab/pages/timeline/coverage.ts";
import { breakRows } from "../../../lab/pages/timeline/break_rows.ts";
import type { Lives } from "../../../lab/pages/timeline/lives.ts";
import {
  firstWindow,
  timelineSceneOf,
  wholeWindow,
} from "../../../lab/pages/timeline/timeline_scene.ts";
import {
  clampWindow,
  moveWindow,
  zoomWindow,
} from "../../../lab/pages/timeline/timeline_window.ts";
import { Heap } from "../../../mod.ts";
import { seededTests } from "../../support/seed.ts";

const randomTest = seededTests("Timelines of random runs");

const WHOLE = { from: 0, to: 100, low: 0, high: 1000 };

/** Lives in a form that can be compared: block, moments, bytes. */
function listed({ length, blocks, from, to, low, high }: Lives): number[][] {
  const lives = Array.from(
    { length },
    (_, at) => [blocks[at], from[at], to[at], low[at], high[at]] as number[],
  );
  return lives.sort((a, b) => (a[1] as number) - (b[1] as number));
}

function heapLives(script: (heap: Recording) => void): number[][] {
  const run = experiment({ preallocate: 0 }, script);
  return listed(timelineSceneOf(run.data).lives.heap);
}

Deno.test("a block lives from the call that allocates it to the one that frees it", () => {
  const lives = heapLives((heap) => {
    const block = heap.malloc(100);
    heap.malloc(0);
    heap.free(block);
  });
  assertEquals(lives, [[0, 1, 3, 0, 136]]);
});

Deno.test("a block that is never freed lives to the end", () => {
  assertEquals(heapLives((heap) => void heap.malloc(8)), [[0, 1, 2, 0, 40]]);
});

Deno.test("realloc begins another life where it moves or resizes a block", () => {
  const lives = heapLives((heap) => {
    const block = heap.malloc(16);
    heap.realloc(block, 12);
    heap.malloc(8);
    heap.realloc(block, 200);
  });
  assertEquals(lives, [
    [0, 1, 4, 0, 48],
    [1, 3, 5, 48, 88],
    [0, 4, 5, 88, 320],
  ]);
});

Deno.test("a refused call ends no life", () => {
  const lives = heapLives((heap) => {
    const block = heap.malloc(16);
    try {
      heap.realloc(block, -1);
    } catch (error) {
      assert(error instanceof Error);
    }
  });
  assertEquals(lives, [[0, 1, 3, 0, 48]]);
});

Deno.test("blocks from before a recording live from its beginning", () => {
  using heap = new Heap();
  heap.malloc(16);
  using recording = record(heap);
  recording.malloc(8);
  const { lives } = timelineSceneOf(recording.run().data);
  assertEquals(listed(lives.heap)[0], [0, 0, 2, 0, 48]);
});

Deno.test("mappings have lives of their own, side by side", () => {
  const run = experiment({}, (heap) => {
    heap.malloc(200_000);
    heap.malloc(200_000);
  });
  const { lives, footprint } = timelineSceneOf(run.data);
  assertEquals(lives.heap.length, 0);
  const [first, second] = [...lives.mappings.low].sort((a, b) => a - b);
  assertEquals([first, second], [0, footprint.mappings.length / 2]);
});

Deno.test("addresses are laid end to end, whatever lies between", () => {
  const scale = new AddressScale([
    { start: 5000, end: 5100 },
    { start: 1000, end: 1200 },
    { start: 1200, end: 1300 },
  ]);
  assertEquals(scale.ranges.length, 2);
  assertEquals(scale.length, 400);
  assertEquals(scale.offsetOf(1250), 250);
  assertEquals(scale.offsetOf(5000), 300);
  assertEquals(scale.offsetOf(3000), 300);
  assertEquals(scale.addressAt(310), 5010);
  assertEquals(scale.addressAt(400), undefined);
});

Deno.test("the first window cuts off memory that was obtained but never used", () => {
  const scenes = [
    timelineSceneOf(experiment({}, (heap) => void heap.malloc(8)).data),
  ];
  assert(wholeWindow(scenes).high > 131_072);
  assert(firstWindow(scenes).high < 2000);
});

randomTest(
  "the pixels of a timeline are covered as much as blocks cover them",
  (random) => {
    const run = experiment({ preallocate: 0 }, (heap) => {
      const live: number[] = [];
      for (let call = 0; call < 500; call++) {
        const address = live.pop();
        if (address !== undefined && random.oneIn(2)) heap.free(address);
        else {
          if (address !== undefined) live.push(address);
          live.push(heap.malloc(random.between(1, 300)));
        }
      }
    });
    for (const width of [7, 40, 501]) {
      assertAlmostEquals(coveredShare(run, width), usedShare(run), 1e-3);
    }
  },
);

Deno.test("the break's rows are as high as the heap", () => {
  const steps = [{ moment: 0, offset: 0 }, { moment: 50, offset: 500 }];
  const rows = breakRows(steps, WHOLE, 10, 100);
  assertEquals([...rows], [100, 100, 100, 100, 100, 50, 50, 50, 50, 50]);
});

Deno.test("a window never shows more than there is, nor next to nothing", () => {
  const large = zoomWindow(WHOLE, { moments: 3, bytes: 3 }, 10, 10);
  assertEquals(clampWindow(large, WHOLE), WHOLE);
  const small = clampWindow({ from: 50, to: 50, low: 500, high: 501 }, WHOLE);
  assertEquals(small.to - small.from, 4);
  assertEquals(small.high - small.low, 128);
});

Deno.test("a window is moved no further than to the end", () => {
  const part = { from: 10, to: 20, low: 100, high: 300 };
  assertEquals(
    clampWindow(moveWindow(part, 1000, -1000), WHOLE),
    { from: 90, to: 100, low: 0, high: 200 },
  );
});

Deno.test("zooming leaves a point where it is", () => {
  const zoomed = zoomWindow(WHOLE, { moments: 0.5, bytes: 0.1 }, 20, 1000);
  assertEquals(zoomed, { from: 10, to: 60, low: 900, high: 1000 });
});

function coveredShare(run: Run, width: number): number {
  const scene = timelineSceneOf(run.data);
  const height = 33;
  const coverage = emptyCoverage(width, height);
  coverLives(coverage, scene.lives.heap, wholeWindow([scene]));
  return coverage.shares.reduce((a, b) => a + b, 0) / (width * height);
}

/** The used share of the timeline, from the blocks of every moment. */
function usedShare(run: Run): number {
  const { high, to } = wholeWindow([timelineSceneOf(run.data)]);
  let used = 0;
  for (let calls = 0; calls <= run.length; calls++) {
    const { liveBytes, liveBlocks } = run.at(calls).figures();
    used += liveBytes + 32 * liveBlocks;
  }
  return used / (high * to);
}
