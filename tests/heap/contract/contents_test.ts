// What is written into a block stays there: through splits, merges, moves and
// growth, and in views that were made before them.
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  type Address,
  arenaMemory,
  Heap,
  type HeapOptions,
  OutOfMemoryError,
} from "../../../mod.ts";
import { Contents } from "../../support/contents.ts";
import { areZeros } from "../../support/patterns.ts";
import { RefusingMemory } from "../../support/refusing_memory.ts";
import {
  chooseSeed,
  howToReplay,
  Random,
  seededRandom,
} from "../../support/seed.ts";
import { callsOf } from "../../support/thoroughness.ts";

const CALLS = callsOf(8000);
const LIVE = 60;

/** Makes a random call, and verifies every block that it touches. */
function call(heap: Heap, contents: Contents, random: Random): void {
  const { addresses } = contents;
  const address = addresses[random.between(0, LIVE)];
  const size = random.between(1, random.oneOf([64, 64, 700, 5000]));
  if (address === undefined) {
    const nmemb = Math.ceil(size / 8);
    if (random.oneIn(3)) allocateZeros(heap, contents, nmemb);
    else contents.write(heap.malloc(size));
  } else if (random.oneIn(2)) {
    contents.moved(address, heap.realloc(address, size), size);
  } else {
    contents.verify(address);
    heap.free(address);
    contents.forget(address);
  }
}

function allocateZeros(heap: Heap, contents: Contents, nmemb: number): void {
  const address = heap.calloc(nmemb, 8);
  assert(areZeros(heap.bytes(address)));
  contents.write(address);
}

/** Repeats random calls; every live block is verified every 100 calls. */
function exercise(heap: Heap, random: Random): void {
  const contents = new Contents(heap);
  for (let calls = 1; calls <= CALLS; calls++) {
    try {
      call(heap, contents, random);
    } catch (error) {
      assertInstanceOf(error, OutOfMemoryError);
    }
    if (calls % 100 === 0) {
      contents.verifyAll();
      heap.check();
    }
  }
  contents.verifyAll();
}

const OPTIONS: Readonly<Record<string, HeapOptions>> = {
  "the course's numbers": {},
  "a heap that grows block by block": { preallocate: 0 },
  "many mappings": { mmapThreshold: 600, callocThreshold: 300 },
  "no mapping": { mmapThreshold: Infinity, callocThreshold: Infinity },
  "a debug heap": { debug: true, onLeak: () => {} },
};

for (const [name, options] of Object.entries(OPTIONS)) {
  Deno.test(`every byte stays through random splits, merges and moves: ${name}`, () => {
    using heap = new Heap(options);
    exercise(heap, seededRandom());
  });
}

Deno.test("every byte stays while one allocating system call in three is refused", () => {
  const seed = chooseSeed();
  console.log(howToReplay(seed));
  const random = new Random(seed);
  using arena = arenaMemory();
  const memory = new RefusingMemory(
    arena,
    (_, syscall) => syscall !== "munmap" && random.oneIn(3),
  );
  using heap = new Heap({ memory, mmapThreshold: 2048, preallocate: 0 });
  exercise(heap, new Random(seed));
  assert(memory.refused > 10);
});

Deno.test("bytes() shows the memory itself, not a copy", () => {
  using heap = new Heap();
  const address = heap.malloc(16);
  const [one, other] = [heap.bytes(address), heap.bytes(address, 4)];
  one[3] = 77;
  assertEquals(other[3], 77);
});

Deno.test("bytes() shows what C reads at the pointer", () => {
  using heap = new Heap();
  const address = heap.malloc(16);
  heap.bytes(address).set([1, 2, 3, 4]);
  const pointer = heap.pointer(address);
  assert(pointer);
  assertEquals(new Deno.UnsafePointerView(pointer).getUint32(), 0x04030201);
});

Deno.test("bytes() of length 0 is an empty view", () => {
  using heap = new Heap();
  assertEquals(heap.bytes(heap.malloc(16), 0).length, 0);
});

Deno.test("a view stays good when the heap grows far beyond where it ended", () => {
  using heap = new Heap({ mmapThreshold: Infinity });
  const address = heap.malloc(64);
  const view = heap.bytes(address);
  for (let size = 100_000; size < 40_000_000; size *= 3) heap.malloc(size);
  view.fill(9);
  assert(heap.bytes(address).every((byte) => byte === 9));
  heap.bytes(address).fill(8);
  assert(view.every((byte) => byte === 8));
});

Deno.test("a view stays good when its block grows in place", () => {
  using heap = new Heap({ preallocate: 0, mmapThreshold: Infinity });
  const address = heap.malloc(64);
  const view = heap.bytes(address);
  assertEquals(heap.realloc(address, 5_000_000), address);
  heap.bytes(address).fill(3);
  assertEquals(view.length, 64);
  assert(view.every((byte) => byte === 3));
});

Deno.test("a view of a mapping that was freed is empty", () => {
  using heap = new Heap();
  const address = heap.malloc(200_000);
  const views = [heap.bytes(address), heap.bytes(address, 10)];
  heap.free(address);
  for (const view of views) {
    assertEquals([view.length, view[0]], [0, undefined]);
  }
});

Deno.test("a view of a mapping that was moved is empty", () => {
  using heap = new Heap();
  const address = heap.malloc(200_000);
  const view = heap.bytes(address);
  heap.realloc(address, 300_000);
  assertEquals(view.length, 0);
});

Deno.test("views of a heap that was disposed are empty", () => {
  const heap = new Heap();
  const addresses = [100, 200_000].map((size): Address => heap.malloc(size));
  const views = addresses.map((address) => heap.bytes(address));
  heap[Symbol.dispose]();
  for (const view of views) {
    assertEquals([view.length, view[0]], [0, undefined]);
  }
});

Deno.test("views of an arena that was disposed are empty, those made before growth too", () => {
  const arena = arenaMemory();
  const heap = new Heap({ memory: arena, mmapThreshold: Infinity });
  const early = heap.bytes(heap.malloc(64));
  const late = heap.bytes(heap.malloc(30_000_000));
  heap[Symbol.dispose]();
  arena[Symbol.dispose]();
  assertEquals([early.length, late.length], [0, 0]);
});
