// The program break is shared: others raise it between two of our calls.
import { assert, assertEquals, assertGreater } from "@std/assert";
import {
  type Address,
  type ArenaMemory,
  arenaMemory,
  Heap,
  type Memory,
  processMemory,
} from "../mod.ts";
import { Contents } from "./support/contents.ts";
import { Lockstep } from "./support/lockstep.ts";
import { Model, type ModelOptions } from "./support/model.ts";
import { outline } from "./support/outline.ts";
import { gatedTest } from "./support/permissions.ts";
import { HEAP_START } from "./support/places.ts";
import { RecordedHeap } from "./support/recorded_heap.ts";
import { chooseSeed, howToReplay, Random } from "./support/seed.ts";

/** A heap beside somebody who moves the same break, and the model of both. */
class Neighbours implements Disposable {
  readonly arena: ArenaMemory = arenaMemory();
  readonly heap: RecordedHeap;
  readonly model: Model;

  constructor(options: Partial<ModelOptions> = {}) {
    this.heap = new RecordedHeap(options, this.arena);
    this.model = new Model(options);
  }

  raise(bytes: number): void {
    this.arena.sbrk(bytes);
    this.model.moveBreak(bytes);
  }

  /** Makes a call on both sides; they must do the same. */
  both(call: (side: RecordedHeap | Model) => number | void): number {
    const expected = call(this.model) ?? 0;
    assertEquals(call(this.heap) ?? 0, expected);
    assertEquals(this.heap.takeSystemCalls(), this.model.takeSystemCalls());
    assertEquals(this.heap.blocks(), this.model.blocks());
    this.heap.heap.check();
    return expected;
  }

  [Symbol.dispose](): void {
    this.heap[Symbol.dispose]();
    this.arena[Symbol.dispose]();
  }
}

for (
  const gap of [1, 4, 7, 8, 9, 16, 24, 32, 39, 40, 41, 48, 4095, 4096, 12345]
) {
  Deno.test(`a gap of ${gap} bytes starts a new segment with a new last block`, () => {
    using sides = new Neighbours({ preallocate: 0 });
    const first = sides.both((side) => side.malloc(40));
    sides.raise(gap);
    const second = sides.both((side) => side.malloc(40));
    assertEquals(second, HEAP_START + 72 + Math.ceil(gap / 8) * 8 + 32);
    sides.both((side) => side.free(first));
    sides.both((side) => side.free(second));
    sides.both((side) => side.malloc(200));
    assertEquals(outline(sides.heap.blocks()), ["free 40", "allocated 200"]);
  });

  Deno.test(`a free last block does not grow across a gap of ${gap} bytes`, () => {
    using sides = new Neighbours({ preallocate: 0 });
    const first = sides.both((side) => side.malloc(40));
    sides.both((side) => side.free(first));
    sides.raise(gap);
    sides.both((side) => side.malloc(100));
  });
}

Deno.test("a free last block is not grown across a gap, and is found by later searches", () => {
  using sides = new Neighbours({ preallocate: 0 });
  const first = sides.both((side) => side.malloc(40));
  sides.both((side) => side.free(first));
  sides.raise(64);
  sides.both((side) => side.malloc(100));
  assertEquals(sides.both((side) => side.malloc(40)), first);
});

Deno.test("realloc() of the last block moves it when the break was moved", () => {
  using sides = new Neighbours({ preallocate: 0 });
  const first = sides.both((side) => side.malloc(40));
  sides.raise(64);
  const moved = sides.both((side) => side.realloc(first, 100));
  assert(moved > first + 64);
  assertEquals(outline(sides.heap.blocks()), ["free 40", "allocated 104"]);
});

Deno.test("realloc() does not absorb a free block across a gap", () => {
  using sides = new Neighbours({ preallocate: 0 });
  const first = sides.both((side) => side.malloc(40));
  sides.raise(8);
  const second = sides.both((side) => side.malloc(40));
  sides.both((side) => side.malloc(8));
  sides.both((side) => side.free(second));
  sides.both((side) => side.realloc(first, 100));
});

Deno.test("free blocks on both sides of a gap stay two", () => {
  using sides = new Neighbours({ preallocate: 0 });
  const first = sides.both((side) => side.malloc(40));
  sides.raise(8);
  const second = sides.both((side) => side.malloc(40));
  sides.both((side) => side.free(first));
  sides.both((side) => side.free(second));
  sides.both((side) => side.malloc(4000));
  assertEquals(outline(sides.heap.blocks()), ["free 40", "allocated 4000"]);
});

Deno.test("the headers of two segments form one list", () => {
  using sides = new Neighbours({ preallocate: 0 });
  sides.both((side) => side.malloc(40));
  sides.raise(4096);
  const second = sides.both((side) => side.malloc(40)) - 32;
  assertEquals(sides.heap.header(HEAP_START).next, second);
  assertEquals(sides.heap.header(second).prev, HEAP_START);
});

Deno.test("a break that was unaligned before the first call is aligned", () => {
  using sides = new Neighbours();
  sides.raise(13);
  assertEquals(sides.both((side) => side.malloc(8)), HEAP_START + 16 + 32);
});

Deno.test("what lies in a gap is left alone", () => {
  using arena = arenaMemory();
  using heap = new Heap({ memory: arena, preallocate: 0 });
  const gap = (bytes: number) => {
    const address = arena.sbrk(bytes);
    const view = new Uint8Array(arena.buffer(address, bytes));
    return view.fill(0xee);
  };
  const gaps = [1, 8, 24, 40, 100].map((bytes) => {
    heap.bytes(heap.malloc(50)).fill(0x11);
    return gap(bytes);
  });
  for (const { payload } of [...heap.blocks()]) heap.free(payload);
  for (const size of [20, 50, 500]) heap.bytes(heap.calloc(size, 1)).fill(0x22);
  for (const view of gaps) assert(view.every((byte) => byte === 0xee));
  heap.check();
});

Deno.test("random calls match the model while somebody else raises the break", () => {
  const seed = chooseSeed();
  console.log(howToReplay(seed));
  const random = new Random(seed);
  using pair = new Lockstep({ preallocate: 256, mmapThreshold: 8192 });
  while (pair.calls < 30_000) {
    if (random.oneIn(9)) pair.raiseBreak(random.oneOf([1, 8, 8, 24, 40, 777]));
    const index = random.between(0, Math.max(pair.live.length - 1, 0));
    const size = random.between(0, random.oneOf([60, 300, 1200]));
    if (pair.live.length < random.between(0, 40)) pair.malloc(size);
    else if (random.oneIn(2)) pair.realloc(index, size);
    else pair.free(index);
    if (pair.calls % 64 === 0) pair.heap.heap.check();
  }
});

/** Somebody who moves the break between asking where it is and raising it. */
class Racing implements Memory {
  readonly pageSize: number;
  readonly #inner: Memory;
  readonly #bytes: number;
  /** How many more times to come in between. */
  races = 0;

  constructor(inner: Memory, bytes: number) {
    this.#inner = inner;
    this.#bytes = bytes;
    this.pageSize = inner.pageSize;
  }

  sbrk(increment: number): Address {
    if (increment !== 0 && this.races > 0) {
      this.races--;
      this.#inner.sbrk(this.#bytes);
    }
    return this.#inner.sbrk(increment);
  }

  mmap(length: number): Address {
    return this.#inner.mmap(length);
  }

  munmap(address: Address, length: number): void {
    this.#inner.munmap(address, length);
  }

  buffer(address: Address, length: number): ArrayBuffer {
    return this.#inner.buffer(address, length);
  }
}

for (const bytes of [1, 8, 40, 4096]) {
  Deno.test(`a break that another thread raises by ${bytes} in the middle of a growth corrupts nothing`, () => {
    using arena = arenaMemory();
    const memory = new Racing(arena, bytes);
    using heap = new Heap({ memory, preallocate: 0 });
    const contents = new Contents(heap);
    const race = (call: () => Address) => {
      memory.races = 1;
      const address = call();
      assertEquals(memory.races, 0, "the call grew the heap");
      heap.check();
      return address;
    };
    const first = race(() => heap.malloc(40));
    contents.write(first);
    heap.free(heap.malloc(40));
    contents.write(race(() => heap.malloc(100)));
    const last = race(() => heap.malloc(200));
    contents.write(last);
    contents.moved(last, race(() => heap.realloc(last, 300)), 300);
    contents.verifyAll();
  });
}

// The process's own break, which the C library moves as well.

Deno.test("a heap on the program break works beside another user of sbrk()", () => {
  const seed = chooseSeed();
  console.log(howToReplay(seed));
  const random = new Random(seed);
  const memory = processMemory();
  using heap = new Heap({ memory, preallocate: 0 });
  const contents = new Contents(heap);
  const gaps: Uint8Array[] = [];
  for (let calls = 0; calls < 500; calls++) {
    if (random.oneIn(4)) {
      const bytes = random.oneOf([8, 3, 100, 4096]);
      const address = memory.sbrk(bytes);
      gaps.push(new Uint8Array(memory.buffer(address, bytes)).fill(0xee));
    }
    const address = heap.malloc(random.between(1, 300));
    contents.write(address);
    if (random.oneIn(3)) {
      heap.free(address);
      contents.forget(address);
    }
    heap.check();
  }
  contents.verifyAll();
  for (const gap of gaps) assert(gap.every((byte) => byte === 0xee));
  for (const address of contents.addresses) heap.free(address);
});

Deno.test("a heap never lowers the program break", () => {
  const moves: number[] = [];
  const memory = processMemory();
  using heap = new Heap({
    memory: {
      ...memory,
      sbrk: (increment) => (moves.push(increment), memory.sbrk(increment)),
    },
  });
  const addresses = [50_000, 100_000, 90_000].map((size) => heap.malloc(size));
  for (const address of addresses.reverse()) heap.free(address);
  heap.realloc(heap.malloc(100_000), 8);
  assert(moves.every((increment) => increment >= 0));
});

Deno.test("a heap on the program break keeps its contents while JSON is read and written", () => {
  using heap = new Heap({ memory: processMemory() });
  const contents = new Contents(heap);
  for (let round = 0; round < 40; round++) {
    contents.write(heap.malloc(1000 + round * 500));
    const people = Array.from({ length: 2000 }, (_, id) => ({ id, round }));
    const text = JSON.stringify(people);
    assertEquals(JSON.parse(text).length, 2000);
    assertGreater(new TextEncoder().encode(text).length, 2000);
    heap.check();
  }
  contents.verifyAll();
  for (const address of contents.addresses) heap.free(address);
});

gatedTest({
  name:
    "a heap on the program break keeps its contents while files are written and read",
  needs: [{ name: "read" }, { name: "write" }],
  async fn() {
    using heap = new Heap({ memory: processMemory() });
    const contents = new Contents(heap);
    const folder = await Deno.makeTempDir();
    try {
      for (let round = 0; round < 40; round++) {
        contents.write(heap.malloc(1000 + round * 500));
        const path = `${folder}/${round}.txt`;
        await Deno.writeTextFile(path, "line\n".repeat(20_000));
        assertEquals((await Deno.readTextFile(path)).length, 100_000);
        heap.check();
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    contents.verifyAll();
    for (const address of contents.addresses) heap.free(address);
  },
});

gatedTest({
  name:
    "Workers with heaps of their own on the program break do not disturb each other",
  needs: [{ name: "read" }],
  fn: () => runWorkers("process"),
});

gatedTest({
  name: "Workers with heaps of their own in arenas do not disturb each other",
  needs: [{ name: "read" }],
  fn: () => runWorkers("arena"),
});

/** Four Workers exercise a heap each at the same time. */
async function runWorkers(kind: "process" | "arena"): Promise<void> {
  const url = new URL("./programs/heap_worker.ts", import.meta.url);
  const workers = [1, 2, 3, 4].map(() => new Worker(url, { type: "module" }));
  try {
    const answers = workers.map((worker, index) =>
      askWorker(worker, { kind, seed: index + 1 })
    );
    for (const calls of await Promise.all(answers)) assertEquals(calls, 3000);
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

function askWorker(worker: Worker, order: unknown): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve, reject) => {
    port1.onmessage = ({ data }) => {
      port1.close();
      resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      port1.close();
      reject(new Error(event.message));
    };
    worker.postMessage(order, [port2]);
  });
}
