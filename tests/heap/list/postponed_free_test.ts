// The free of the block allocated last is postponed, and cancelled if the next request
// is for the same size. No caller can notice.
import { assertEquals, assertThrows } from "@std/assert";
import { Heap, InvalidPointerError } from "../../../mod.ts";
import { Lockstep } from "../../support/lockstep.ts";
import type { ModelOptions } from "../../../model/model.ts";
import { nameOf, POLICIES } from "../../support/policies.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";
import { type Random, seededRandom } from "../../support/seed.ts";
import { callsOf } from "../../support/thoroughness.ts";

/** To list all blocks after each call would have a free recorded before the next. */
const UNSEEN = { blocksEvery: Infinity };

/** Two blocks with a free one between them, then one that is freed at once. */
function withOneFreedLast(options: Partial<ModelOptions> = {}): Lockstep {
  const pair = new Lockstep(options, UNSEEN);
  for (const size of [40, 200, 40]) pair.malloc(size);
  pair.free(1);
  pair.malloc(64);
  pair.free(2);
  return pair;
}

type Calls = (pair: Lockstep) => void;

/** What may come after the free. The last live block lies behind all others. */
const CALLS: Readonly<Record<string, Calls>> = {
  "malloc() of the same size": (pair) => pair.malloc(64),
  "malloc() of a size that rounds up to the same": (pair) => pair.malloc(57),
  "malloc() of a smaller size": (pair) => pair.malloc(8),
  "malloc() of a larger size that still fits": (pair) => pair.malloc(160),
  "malloc() of all that is free there": (pair) => pair.malloc(200),
  "malloc() of more than is free there": (pair) => pair.malloc(208),
  "malloc() that raises the break": (pair) => pair.malloc(131_000),
  "malloc() of a mapping": (pair) => pair.malloc(131_072),
  "malloc() of nothing": (pair) => pair.malloc(0),
  "calloc() of the same size": (pair) => pair.calloc(8, 8),
  "realloc() of NULL": (pair) => pair.reallocOther(0, 64),
  "realloc() of the block before it": (pair) => pair.realloc(0, 100),
  "realloc() of the block behind it": (pair) => pair.realloc(1, 8),
  "free() of the block before it": (pair) => pair.free(0),
  "free() of the block behind it": (pair) => pair.free(1),
  "realloc() of the block itself, which is free": (pair) => {
    const itself = pair.model.blocks().find(({ status }) => status === "free");
    pair.reallocOther(itself!.payload, 64);
  },
};

for (const [name, calls] of Object.entries(CALLS)) {
  Deno.test(`a block freed right after it was allocated, then ${name}`, () => {
    using pair = withOneFreedLast();
    goOn(pair, name, calls);
  });
}

/** Makes these calls and others, and compares all blocks. */
function goOn(pair: Lockstep, name: string, calls: Calls): void {
  calls(pair);
  pair.compareBlocks(name);
  pair.heap.heap.check();
  pair.malloc(64);
  while (pair.live.length > 0) pair.free(0);
  pair.malloc(100);
  pair.compareBlocks("all calls");
  pair.heap.heap.check();
}

for (const policy of POLICIES) {
  Deno.test(`a block freed right after it was allocated, then any call: ${nameOf(policy)}`, () => {
    for (const [name, calls] of Object.entries(CALLS)) {
      for (const growth of [8, 4096]) {
        using pair = withOneFreedLast({ ...policy, preallocate: 0, growth });
        goOn(pair, name, calls);
      }
    }
  });

  Deno.test(`random calls that mostly free what they allocated last match the model: ${nameOf(policy)}`, () => {
    const random = seededRandom();
    mostlyFreeTheLatest(random, callsOf(4000), {
      ...policy,
      preallocate: 2048,
    });
    mostlyFreeTheLatest(random, callsOf(2000), { ...policy, growth: 1024 });
  });
}

Deno.test("pairs of changing sizes at the end of the heap match the model", () => {
  using pair = new Lockstep({ preallocate: 4096 }, UNSEEN);
  pair.malloc(24);
  for (let size = 8; size < 6000; size += 56) {
    pair.malloc(size);
    pair.free(1);
    pair.malloc(6000 - size);
    pair.compareBlocks(`malloc(${size}), free, malloc(${6000 - size})`);
    pair.free(1);
    pair.heap.heap.check();
  }
});

function mostlyFreeTheLatest(
  random: Random,
  calls: number,
  options: Partial<ModelOptions>,
): void {
  const size = () => random.between(0, random.oneOf([64, 400, 5000]));
  using pair = new Lockstep(options, { blocksEvery: 5 });
  while (pair.calls < calls) {
    const count = pair.live.length;
    const isFull = count > random.between(0, 40);
    const index = random.oneIn(3) ? random.between(0, count - 1) : count - 1;
    if (count > 0 && (isFull || random.oneIn(3))) pair.free(index);
    else if (count > 0 && random.oneIn(5)) pair.realloc(index, size());
    else if (random.oneIn(5)) pair.calloc(1, size());
    else pair.malloc(size());
  }
  pair.heap.heap.check();
}

Deno.test("random calls that mostly free what they allocated last match the model", () => {
  mostlyFreeTheLatest(seededRandom(), callsOf(20_000), {});
});

Deno.test("calloc() clears a block whose free was postponed, to its rounded end", () => {
  using heap = new Heap();
  const address = heap.malloc(64);
  heap.bytes(address).fill(0xff);
  heap.free(address);
  assertEquals(heap.calloc(1, 57), address);
  assertEquals([...heap.bytes(address)], new Array(64).fill(0));
});

Deno.test("C sees at once that a block was freed and that it is in use again", () => {
  using heap = new RecordedHeap();
  const place = heap.malloc(64);
  heap.free(place);
  assertEquals(heap.header(place - 32).status, 0);
  assertEquals(heap.malloc(64), place);
  assertEquals(heap.header(place - 32).status, 1);
});

Deno.test("a second free in a row is refused, and the heap is unchanged", () => {
  using heap = new Heap();
  const address = heap.malloc(64);
  heap.free(address);
  assertThrows(() => heap.free(address), InvalidPointerError, "free already");
  heap.check();
  assertEquals(heap.malloc(64), address);
  heap.check();
});

Deno.test("stats() counts a block freed last as free", () => {
  using heap = new Heap();
  heap.free(heap.malloc(64));
  const { liveBlocks, liveBytes, freeBytes } = heap.stats();
  assertEquals([liveBlocks, liveBytes], [0, 0]);
  assertEquals(freeBytes, 131_072 - 2 * 32);
  heap.check();
});
