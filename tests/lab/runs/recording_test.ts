import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  arenaMemory,
  Heap,
  InvalidPointerError,
  OutOfMemoryError,
} from "../../../mod.ts";
import { experiment, parseRun, record, TraceError } from "../../../lab/mod.ts";
import { headersInMemory } from "../../../lab/replay/headers_in_memory.ts";
import { RefusingMemory } from "../../support/refusing_memory.ts";

const HEADER = 32;
const PREALLOCATED = 131_072;

Deno.test("a recording gives the addresses that the heap gives", () => {
  using heap = new Heap();
  using recording = record(heap);
  const address = recording.malloc(100);
  assertEquals(recording.usableSize(address), 104);
  assertEquals(heap.usableSize(address), 104);
});

Deno.test("a run knows each call, with its block, request, result and label", () => {
  let first = 0;
  const run = experiment({}, (heap) => {
    first = heap.malloc(10, "name");
    heap.calloc(3, 4);
    heap.realloc(first, 6);
    heap.free(first);
    heap.free(0);
  });
  assertEquals(run.length, 5);
  assertEquals(run.call(0), {
    call: 0,
    name: "malloc",
    block: 0,
    requestedBytes: 10,
    result: first,
    label: "name",
    refusal: undefined,
  });
  assertEquals(run.call(1).requestedBytes, 12);
  assertEquals([run.call(2).name, run.call(2).block], ["realloc", 0]);
  assertEquals([run.call(3).name, run.call(3).block], ["free", 0]);
  assertEquals([run.call(4).name, run.call(4).block], ["free", undefined]);
});

Deno.test("a block keeps its number and its label through realloc", () => {
  const run = experiment({}, (heap) => {
    const block = heap.malloc(10, "list");
    heap.malloc(8);
    heap.realloc(block, 5000);
  });
  const moved = run.at(3).blocks().find(({ block }) => block === 0);
  assertEquals(moved?.label, "list");
  assertEquals(moved?.requestedBytes, 5000);
  assertEquals([moved?.since, moved?.age], [1, 2]);
});

Deno.test("a label that realloc gives takes the place of the old one", () => {
  const run = experiment({}, (heap) => {
    heap.realloc(heap.malloc(10, "old"), 12, "new");
  });
  assertEquals(run.at(1).blocks()[0]?.label, "old");
  assertEquals(run.at(2).blocks()[0]?.label, "new");
});

Deno.test("a free block tells since when it is free", () => {
  const run = experiment({}, (heap) => {
    const block = heap.malloc(10);
    heap.malloc(10);
    heap.free(block);
    heap.malloc(5000);
  });
  const [free] = run.at(4).freeBlocks();
  assertEquals([free?.size, free?.since, free?.age], [16, 3, 1]);
});

Deno.test("blocks are linked as the headers in memory are", () => {
  using heap = new Heap();
  using recording = record(heap);
  recording.free(recording.malloc(10));
  recording.malloc(5000);
  recording.malloc(200_000);
  const blocks = recording.run().at(4).blocks();
  const linked = blocks.map(({ prev, next }) => [prev, next]);
  const [first = 0, second = 0] = blocks.map(({ address }) => address);
  assertEquals(linked, [[0, second], [first, 0], [0, 0]]);
});

Deno.test("marks stand between the calls", () => {
  const run = experiment({}, (heap) => {
    heap.mark("begin");
    heap.malloc(8);
    heap.mark("half");
  });
  assertEquals(run.marks, [{ after: 0, text: "begin" }, {
    after: 1,
    text: "half",
  }]);
});

Deno.test("a refused call is recorded, and what the heap said", () => {
  using heap = new Heap();
  using recording = record(heap);
  const block = recording.malloc(8);
  assertThrows(() => recording.free(block + 1), InvalidPointerError);
  assertThrows(() => recording.malloc(0.5), RangeError);
  const run = recording.run();
  assertEquals(run.length, 3);
  assert(run.call(1).refusal?.includes("Cannot free"));
  assert(run.call(2).refusal?.includes("Cannot malloc"));
  assertEquals(run.at(3).figures().liveBlocks, 1);
});

Deno.test("a growth that the system refuses is no growth of the run", () => {
  using arena = arenaMemory();
  const memory = new RefusingMemory(arena, () => true);
  using heap = new Heap({ memory });
  using recording = record(heap);
  assertThrows(() => recording.malloc(8), OutOfMemoryError);
  const run = recording.run();
  assertEquals(run.growths, []);
  assertEquals(run.stats().refusedCalls, 1);
});

Deno.test("a run of a heap in use begins with the blocks that it has", () => {
  using heap = new Heap();
  const old = heap.malloc(100);
  const mapped = heap.malloc(200_000);
  using recording = record(heap);
  recording.free(old);
  recording.free(mapped);
  const run = recording.run();
  assertEquals(
    run.at(0).blocks().map(({ size, status }) => [size, status]),
    [
      [104, "allocated"],
      [PREALLOCATED - 2 * HEADER - 104, "free"],
      [200_000, "mapped"],
    ],
  );
  assertEquals(run.at(0).figures().footprintBytes, PREALLOCATED + 200_032);
  assertEquals(run.at(2).figures().liveBlocks, 0);
  assertEquals(run.at(2).figures().footprintBytes, PREALLOCATED);
  assertEquals(run.at(2).figures().requestedBytes, 0);
});

Deno.test("what is done to the heap past the recording shows with the next call", () => {
  using heap = new Heap();
  using recording = record(heap);
  recording.malloc(8);
  heap.malloc(500);
  recording.malloc(16);
  const sizes = recording.run().at(2).blocks()
    .filter(({ status }) => status === "allocated")
    .map(({ size, block }) => [size, block]);
  assertEquals(sizes, [[8, 0], [504, undefined], [16, 1]]);
});

Deno.test("a run does not change any more when recording goes on", () => {
  using heap = new Heap();
  using recording = record(heap);
  recording.malloc(8);
  const run = recording.run();
  recording.malloc(16);
  assertEquals(run.length, 1);
  assertEquals(recording.run().length, 2);
});

Deno.test("a heap is recorded by one recording at a time", () => {
  using heap = new Heap();
  {
    using _first = record(heap);
    assertThrows(
      () => record(heap),
      TypeError,
      "Cannot record this heap: it is being recorded already",
    );
  }
  using _second = record(heap);
});

Deno.test("a heap goes on after its recording as if there had been none", () => {
  using heap = new Heap();
  const recording = record(heap);
  const block = recording.malloc(100);
  recording[Symbol.dispose]();
  heap.free(block);
  heap.malloc(200);
  heap.check();
  assertEquals(recording.length, 1);
});

Deno.test("a moment or a call that the run does not have is refused", () => {
  const run = experiment({}, (heap) => void heap.malloc(8));
  assertThrows(
    () => run.at(2),
    RangeError,
    "Cannot show a moment 2 of this run: expected a whole number from 0 to 1",
  );
  assertThrows(() => run.at(0.5), RangeError);
  assertThrows(
    () => run.call(1),
    RangeError,
    "expected a whole number from 0 to 0",
  );
});

Deno.test("an experiment passes on what its script throws", () => {
  assertThrows(
    () => experiment({}, (heap) => heap.free(8)),
    InvalidPointerError,
  );
});

Deno.test("an asynchronous script is refused, since its heap would be gone", () => {
  assertThrows(
    // deno-lint-ignore require-await
    () => experiment({}, async (heap) => void heap.malloc(8)),
    TypeError,
    "Cannot run an asynchronous script as an experiment",
  );
});

Deno.test("a recording that has ended records no more calls", () => {
  using heap = new Heap();
  const recording = record(heap);
  recording.malloc(8);
  recording[Symbol.dispose]();
  assertThrows(
    () => recording.malloc(8),
    TypeError,
    "the recording has ended; use the heap itself",
  );
  assertEquals(recording.run().length, 1);
});

Deno.test("a call on a heap that was disposed says so, and is recorded as refused", () => {
  const heap = new Heap();
  using recording = record(heap);
  heap[Symbol.dispose]();
  assertThrows(
    () => recording.malloc(8),
    TypeError,
    "Cannot malloc on this heap",
  );
  assertEquals(recording.run().data.refusals.size, 1);
});

Deno.test("a realloc that is refused leaves the label as it was", () => {
  using heap = new Heap();
  using recording = record(heap);
  const block = recording.malloc(8, "small");
  assertThrows(
    () => recording.realloc(block, 2 ** 50, "huge"),
    OutOfMemoryError,
  );
  assertEquals(recording.run().at(2).blocks()[0]?.label, "small");
});

Deno.test("a refused call is told with what the heap said", () => {
  using heap = new Heap();
  using recording = record(heap);
  assertThrows(() => recording.malloc(-5), RangeError);
  assertStringIncludes(
    recording.run().at(1).lastCall ?? "",
    "malloc was refused: Cannot malloc",
  );
});

Deno.test("what was done past the recording since the last call is not part of a run", () => {
  using heap = new Heap({ preallocate: 0 });
  using recording = record(heap);
  recording.malloc(8);
  heap.malloc(500);
  heap.malloc(200_000);
  const run = recording.run();
  assertEquals(run.at(1).blocks().length, 1);
  assertEquals([run.systemCalls.length, run.growths.length], [1, 1]);
  assertEquals(parseRun(JSON.stringify(run), "run.json").data, run.data);
});

Deno.test("a growth that was refused past the recording is no growth of the run", () => {
  using arena = arenaMemory();
  const memory = new RefusingMemory(arena, (number) => number === 1);
  using heap = new Heap({ memory });
  using recording = record(heap);
  assertThrows(() => heap.malloc(8), OutOfMemoryError);
  recording.malloc(8);
  assertEquals(recording.run().growths.map(({ length }) => length), [
    PREALLOCATED,
  ]);
});

Deno.test("a block that was freed past the recording leaves no negative fragmentation", () => {
  using heap = new Heap();
  using recording = record(heap);
  heap.free(recording.malloc(1000));
  recording.malloc(64);
  assertEquals(recording.run().at(2).figures().internalFragmentationBytes, 0);
});

Deno.test("a block that is freed at once and again after another call is free since then", () => {
  const run = experiment({}, (heap) => {
    heap.malloc(24);
    const latest = heap.malloc(40);
    heap.free(latest);
    heap.malloc(5000);
    heap.malloc(8);
  });
  assertEquals(run.at(3).blocks()[1]?.since, 3);
});

Deno.test("the memory of a run that cannot be made again is not shown", () => {
  using heap = new Heap();
  using recording = record(heap);
  recording.malloc(100);
  heap.malloc(50);
  recording.malloc(8);
  const run = recording.run();
  assertEquals(headersInMemory(run, 1).length, 2);
  assertThrows(
    () => headersInMemory(run, 2),
    TraceError,
    "replaying its calls gives another heap",
  );
});
