// The program break is shared: others raise it between two of our calls. In an
// arena, where they can be made to, and the model says what a heap has to do.
import { assert, assertEquals } from "@std/assert";
import { type ArenaMemory, arenaMemory, Heap } from "../../mod.ts";
import { Lockstep } from "../support/lockstep.ts";
import { Model, type ModelOptions } from "../../model/model.ts";
import { outline } from "../support/outline.ts";
import { HEAP_START } from "../support/places.ts";
import { nameOf, POLICIES } from "../support/policies.ts";
import { RecordedHeap } from "../support/recorded_heap.ts";
import { seededRandom } from "../support/seed.ts";
import { callsOf, IS_THOROUGH } from "../support/thoroughness.ts";

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

/** Makes random calls on both sides, and moves the break in between. */
function shareTheBreak(calls: number, options: Partial<ModelOptions>): void {
  const random = seededRandom();
  using pair = new Lockstep(
    { preallocate: 256, mmapThreshold: 8192, ...options },
    { blocksEvery: IS_THOROUGH ? 1 : 4 },
  );
  while (pair.calls < calls) {
    if (random.oneIn(9)) pair.raiseBreak(random.oneOf([1, 8, 8, 24, 40, 777]));
    const index = random.between(0, Math.max(pair.live.length - 1, 0));
    const size = random.between(0, random.oneOf([60, 300, 1200]));
    if (pair.live.length < random.between(0, 40)) pair.malloc(size);
    else if (random.oneIn(2)) pair.realloc(index, size);
    else pair.free(index);
    if (pair.calls % 64 === 0) pair.heap.heap.check();
  }
}

Deno.test("random calls match the model while somebody else raises the break", () => {
  shareTheBreak(callsOf(30_000), {});
});

for (const policy of POLICIES) {
  Deno.test(`random calls match the model while somebody else raises the break: ${nameOf(policy)}`, () => {
    for (const growth of [8, 256]) {
      shareTheBreak(callsOf(1500), { ...policy, growth });
    }
  });
}
