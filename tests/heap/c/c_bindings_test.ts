// A heap as C sees it: through the pointers of its bindings, and through os_*.
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { type CBindings, Heap } from "../../../mod.ts";
import { record } from "../../../lab/runs/recording.ts";
import {
  boundFunctions,
  type CFunctions,
  osFunctions,
} from "../../support/c_functions.ts";
import { StderrLines } from "../../support/stderr_lines.ts";

const SIZE_MAX = 2n ** 64n - 1n;

type Way = (bindings: CBindings) => CFunctions;

const WAYS: Readonly<Record<string, Way>> = {
  "bound ": boundFunctions,
  "os_": osFunctions,
};

/** Gives a bound heap, which is whole afterwards and to which nothing went wrong. */
function withHeap(
  way: Way,
  use: (functions: CFunctions, heap: Heap) => void,
): void {
  using heap = new Heap();
  using bindings = heap.bindToC({ os: true });
  use(way(bindings), heap);
  heap.check();
  assertEquals(bindings.errors, []);
  assertEquals(bindings.refusedCalls, {
    otherThread: 0,
    nested: 0,
    deepStack: 0,
  });
}

for (const [prefix, way] of Object.entries(WAYS)) {
  Deno.test(`${prefix}malloc gives a block of the heap`, () => {
    withHeap(way, ({ malloc }, heap) => {
      const address = malloc(100);
      assertEquals(heap.usableSize(address), 104);
      const mapped = malloc(200_000);
      assertEquals(heap.stats().mappedBlocks, 1);
      assertEquals(heap.usableSize(mapped), 200_000);
    });
  });

  Deno.test(`${prefix}calloc gives zeroes where something had been written`, () => {
    withHeap(way, ({ malloc, calloc, free }, heap) => {
      const used = malloc(96);
      heap.bytes(used).fill(0xff);
      free(used);
      const address = calloc(12, 8);
      assertEquals(address, used);
      assert(heap.bytes(address).every((byte) => byte === 0));
    });
  });

  Deno.test(`${prefix}realloc keeps the contents`, () => {
    withHeap(way, ({ malloc, realloc }, heap) => {
      const address = malloc(16);
      malloc(16);
      heap.bytes(address).fill(7);
      const moved = realloc(address, 400);
      assertNotEquals(moved, address);
      assert(heap.bytes(moved, 16).every((byte) => byte === 7));
    });
  });

  Deno.test(`${prefix}realloc of NULL allocates, and to 0 bytes frees`, () => {
    withHeap(way, ({ realloc }, heap) => {
      const address = realloc(0, 40);
      assertEquals(heap.stats().liveBlocks, 1);
      assertEquals(realloc(address, 0), 0);
      assertEquals(heap.stats().liveBlocks, 0);
    });
  });

  Deno.test(`${prefix}realloc of memory that is free is NULL, and no error`, () => {
    withHeap(way, ({ malloc, realloc, free }) => {
      const address = malloc(40);
      malloc(40);
      free(address);
      assertEquals(realloc(address, 80), 0);
    });
  });

  Deno.test(`${prefix}free frees heap blocks and mappings, and ignores NULL`, () => {
    withHeap(way, ({ malloc, free }, heap) => {
      for (const size of [8, 5000, 300_000]) free(malloc(size));
      free(0);
      assertEquals(heap.stats().liveBlocks, 0);
    });
  });

  Deno.test(`${prefix}functions answer NULL to a request of no bytes`, () => {
    withHeap(way, ({ malloc, calloc, realloc }, heap) => {
      assertEquals(malloc(0), 0);
      assertEquals([calloc(0, 8), calloc(8, 0), calloc(0, 0)], [0, 0, 0]);
      assertEquals([calloc(0, SIZE_MAX), calloc(SIZE_MAX, 0)], [0, 0]);
      assertEquals(realloc(0, 0), 0);
      assertEquals([...heap.blocks()], []);
    });
  });

  Deno.test(`${prefix}functions answer NULL to what is more than any memory`, () => {
    withHeap(way, ({ malloc, calloc, realloc }, heap) => {
      const address = malloc(24);
      heap.bytes(address).fill(9);
      const sizes = [
        SIZE_MAX,
        SIZE_MAX - 31n,
        SIZE_MAX / 2n,
        SIZE_MAX / 2n + 1n,
        2n ** 53n + 1n,
        2n ** 53n,
        2n ** 53n - 1n,
        2n ** 47n,
      ];
      for (const size of sizes) {
        assertEquals(malloc(size), 0, `malloc(${size})`);
        assertEquals(calloc(1, size), 0, `calloc(1, ${size})`);
        assertEquals(calloc(size, 1), 0, `calloc(${size}, 1)`);
        assertEquals(realloc(address, size), 0, `realloc(${size})`);
        assertEquals(realloc(0, size), 0, `realloc(NULL, ${size})`);
      }
      assert(heap.bytes(address).every((byte) => byte === 9));
    });
  });

  Deno.test(`${prefix}calloc answers NULL where the product overflows`, () => {
    withHeap(way, ({ malloc, calloc }) => {
      malloc(8); // there is room in the heap for a small product
      assertEquals(calloc(2n ** 32n, 2n ** 32n), 0); // 0 in 64 bits
      assertEquals(calloc(2n ** 63n, 2n), 0);
      assertEquals(calloc(SIZE_MAX, SIZE_MAX), 0); // 1 in 64 bits
      assertEquals(calloc(2n ** 33n, 2n ** 31n + 1n), 0);
    });
  });
}

Deno.test("usableSize() tells what a block holds, and 0 of NULL", () => {
  using heap = new Heap();
  using bindings = heap.bindToC();
  const { malloc, usableSize } = boundFunctions(bindings);
  assertEquals(usableSize(malloc(10)), 16);
  assertEquals(usableSize(malloc(200_001)), 200_008);
  assertEquals(usableSize(0), 0);
});

Deno.test("heaps that are bound at once get their own blocks", () => {
  using one = new Heap();
  using other = new Heap();
  using bindingsOfOne = one.bindToC();
  using bindingsOfOther = other.bindToC();
  const [ofOne, ofOther] = [bindingsOfOne, bindingsOfOther].map(boundFunctions);
  for (let calls = 0; calls < 3; calls++) ofOne!.malloc(8);
  ofOther!.malloc(8);
  assertEquals([one, other].map((heap) => heap.stats().liveBlocks), [3, 1]);
});

Deno.test("a heap can be bound more than once", () => {
  using heap = new Heap();
  using first = heap.bindToC();
  using second = heap.bindToC();
  boundFunctions(second).free(boundFunctions(first).malloc(8));
  assertEquals(heap.stats().liveBlocks, 0);
  assertEquals([first.errorCount, second.errorCount], [0, 0]);
});

Deno.test("os_* go to the heap that asked for them last", () => {
  using one = new Heap();
  using other = new Heap();
  using _bindingsOfOne = one.bindToC({ os: true });
  const os = osFunctions();
  os.malloc(8);
  using _bindingsOfOther = other.bindToC({ os: true });
  os.malloc(8);
  using _notAsked = one.bindToC();
  os.malloc(8);
  assertEquals([one, other].map((heap) => heap.stats().liveBlocks), [1, 2]);
});

Deno.test("os_* stay with a heap when bindings that they left are disposed of", () => {
  using one = new Heap();
  using other = new Heap();
  const left = one.bindToC({ os: true });
  using _bindings = other.bindToC({ os: true });
  left[Symbol.dispose]();
  osFunctions().malloc(8);
  assertEquals(other.stats().liveBlocks, 1);
});

Deno.test("a recording that is bound records what C calls", () => {
  using heap = new Heap();
  using recording = record(heap);
  using bindings = recording.bindToC();
  const { malloc, calloc, realloc, free } = boundFunctions(bindings);
  const moved = realloc(malloc(10), 20);
  calloc(0, 8);
  malloc(SIZE_MAX);
  free(moved);
  const run = recording.run();
  assertEquals(
    Array.from({ length: run.length }, (_, call) => run.call(call).name),
    ["malloc", "realloc", "calloc", "malloc", "free"],
  );
  assertEquals(run.call(2).refusal, undefined);
  assert(run.call(3).refusal?.includes("malloc with size -1"));
});

Deno.test("bindings of a recording that has ended refuse, and say so", () => {
  using heap = new Heap();
  const recording = record(heap);
  using bindings = recording.bindToC();
  recording[Symbol.dispose]();
  using stderr = new StderrLines();
  assertEquals(boundFunctions(bindings).malloc(8), 0);
  assertEquals(stderr.lines, [
    "osmem: Cannot record a call: the recording has ended; use the heap itself",
  ]);
});

Deno.test("a recording that has ended cannot be bound", () => {
  using heap = new Heap();
  const recording = record(heap);
  recording[Symbol.dispose]();
  assertThrows(() => recording.bindToC(), TypeError, "Cannot bind a recording");
});

Deno.test("a heap that is disposed of while it is bound refuses, and says so", () => {
  const heap = new Heap();
  using bindings = heap.bindToC();
  const { malloc, calloc, realloc, free, usableSize } = boundFunctions(
    bindings,
  );
  const address = malloc(8);
  heap[Symbol.dispose]();
  using stderr = new StderrLines();
  assertEquals([malloc(8), malloc(0), calloc(1, 8), calloc(0, 8)], [
    0,
    0,
    0,
    0,
  ]);
  assertEquals([realloc(address, 8), realloc(0, 8)], [0, 0]);
  free(address);
  assertEquals(usableSize(address), 0);
  assertEquals(bindings.errorCount, 8);
  assertEquals(
    stderr.lines.at(-1),
    "osmem: Cannot take the usableSize of this heap: it was disposed; make a new one",
  );
});

Deno.test("a heap that was disposed of cannot be bound", () => {
  const heap = new Heap();
  heap[Symbol.dispose]();
  assertThrows(() => heap.bindToC(), TypeError, "Cannot bind this heap");
});
