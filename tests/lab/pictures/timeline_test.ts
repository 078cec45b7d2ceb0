import { assertEquals, assertThrows } from "@std/assert";
import { Heap, type HeapOptions } from "../../../mod.ts";
import { experiment, lifeOf, record, type Run } from "../../../lab/mod.ts";
import { type Lives, STILL_LIVE } from "../../../lab/runs/timeline/lives.ts";
import { randomRun } from "../../support/random_run.ts";
import { seededTests } from "../../support/seed.ts";
import { callsOf } from "../../support/thoroughness.ts";

const randomTest = seededTests("Timelines of random runs");

const HEAPS: readonly (readonly [string, HeapOptions])[] = [
  ["the contract", {}],
  ["no preallocation", { preallocate: 0 }],
  ["immediate coalescing, next fit", { coalesce: "immediate", fit: "next" }],
  ["nothing split or coalesced", { coalesce: "never", split: false }],
  ["a low threshold", { mmapThreshold: 512, callocThreshold: 200 }],
];

for (const [name, options] of HEAPS) {
  randomTest(
    `at every moment of a run the lives are the live blocks: ${name}`,
    (random) => {
      const run = randomRun(options, callsOf(1000), random);
      const { blocks, mappings } = run.timeline();
      for (let calls = 0; calls <= run.length; calls++) {
        const there = [...livesAt(blocks, calls), ...livesAt(mappings, calls)];
        assertEquals(there.sort(), liveBlocks(run, calls).sort());
      }
    },
  );
}

Deno.test("a block that grows in place has a second life at the same address", () => {
  const run = experiment({}, (heap) => {
    heap.realloc(heap.malloc(100, "list"), 500);
  });
  const { blocks } = run.timeline();
  const [first, second] = [lifeOf(blocks, 0), lifeOf(blocks, 1)];
  assertEquals(blocks.length, 2);
  assertEquals([first.from, first.to, first.size], [1, 2, 104]);
  assertEquals([second.from, second.to, second.size], [2, undefined, 504]);
  assertEquals(second.address, first.address);
  assertEquals(second.label, "list");
});

Deno.test("a block that realloc() leaves as it is has one life", () => {
  const run = experiment({}, (heap) => {
    heap.realloc(heap.malloc(100), 100);
  });
  assertEquals(run.timeline().blocks.length, 1);
});

Deno.test("blocks that were live before the recording live from 0 on", () => {
  using heap = new Heap();
  const before = heap.malloc(100);
  const mapped = heap.malloc(200_000);
  using recording = record(heap);
  recording.free(before);
  recording.free(mapped);
  const { blocks, mappings } = recording.run().timeline();
  assertEquals([lifeOf(blocks, 0).from, lifeOf(blocks, 0).to], [0, 1]);
  assertEquals([lifeOf(mappings, 0).from, lifeOf(mappings, 0).to], [0, 2]);
});

Deno.test("a block that was allocated past the recording is nobody's", () => {
  using heap = new Heap();
  using recording = record(heap);
  heap.malloc(100);
  recording.malloc(200);
  const { blocks } = recording.run().timeline();
  assertEquals(lifeOf(blocks, 0).block, undefined);
  assertEquals(lifeOf(blocks, 1).block, 0);
});

Deno.test("raises of the break are steps, each with its reason", () => {
  const run = experiment({ preallocate: 0 }, (heap) => {
    heap.malloc(100);
    heap.malloc(64);
  });
  const { raises, segments, start } = run.timeline();
  assertEquals(raises.map(({ after }) => after), [1, 2]);
  assertEquals(raises.map(({ growth }) => growth?.reason), [
    "first use",
    "nothing free",
  ]);
  assertEquals(raises[0]?.from, start);
  assertEquals(raises[1]?.from, raises[0]?.to);
  assertEquals(segments, [{ start, end: raises[1]!.to }]);
});

Deno.test("mappings have lives of their own", () => {
  const run = experiment({}, (heap) => heap.free(heap.malloc(200_000)));
  const { blocks, mappings, segments } = run.timeline();
  assertEquals([blocks.length, mappings.length, segments.length], [0, 1, 0]);
  assertEquals([...mappings.from, ...mappings.to], [1, 2]);
});

Deno.test("a run of no calls has an empty timeline", () => {
  const { calls, blocks, mappings, raises, segments } = experiment(
    {},
    () => {},
  ).timeline();
  assertEquals(
    [calls, blocks.length, mappings.length, raises.length, segments.length],
    [0, 0, 0, 0, 0],
  );
});

Deno.test("lifeOf() says which lives there are", () => {
  const { blocks } = experiment({}, (heap) => void heap.malloc(8)).timeline();
  assertThrows(
    () => lifeOf(blocks, 1),
    RangeError,
    "Cannot show life 1: expected a whole number below 1",
  );
});

/** The lives at a moment, each as a line of text. */
function livesAt(lives: Lives, calls: number): string[] {
  const found: string[] = [];
  for (let index = 0; index < lives.length; index++) {
    const life = lifeOf(lives, index);
    if (calls < life.from || calls >= (life.to ?? STILL_LIVE)) continue;
    found.push(describe(life));
  }
  return found;
}

function liveBlocks(run: Run, calls: number): string[] {
  return run.at(calls).blocks().filter(({ status }) => status !== "free")
    .map(describe);
}

function describe(
  { block, address, size, requestedBytes, label }: {
    readonly block: number | undefined;
    readonly address: number;
    readonly size: number;
    readonly requestedBytes: number;
    readonly label: string | undefined;
  },
): string {
  return [block, address, size, requestedBytes, label].join(" ");
}
