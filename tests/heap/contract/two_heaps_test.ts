// Two heaps in one process, their calls in turn: neither shows in the other.
import { assertEquals, assertThrows } from "@std/assert";
import { Heap, InvalidPointerError } from "../../../mod.ts";
import { Lockstep } from "../../support/lockstep.ts";
import { type Mix, randomCall } from "../../support/mixes.ts";
import { seededRandom } from "../../support/seed.ts";
import { callsOf, IS_THOROUGH } from "../../support/thoroughness.ts";

const CALLS = callsOf(20_000); // on each

/** What another heap's call changed shows in the blocks of some later call too. */
const LOOKS = { blocksEvery: IS_THOROUGH ? 1 : 4 };

const SMALL: Mix = {
  name: "small",
  live: 30,
  options: { preallocate: 0 },
  size: (random) => random.between(0, 300),
};

const LARGE: Mix = {
  name: "large",
  live: 30,
  options: { mmapThreshold: 4096, callocThreshold: 64 },
  size: (random) => random.between(0, 5000),
};

Deno.test("two heaps with calls in random turn match a model each", () => {
  const random = seededRandom();
  using small = new Lockstep(SMALL.options, LOOKS);
  using large = new Lockstep(LARGE.options, LOOKS);
  while (small.calls < CALLS || large.calls < CALLS) {
    if (random.oneIn(2)) randomCall(small, random, SMALL);
    else randomCall(large, random, LARGE);
  }
  small.heap.heap.check();
  large.heap.heap.check();
});

Deno.test("the block that one heap freed last is not given out by another", () => {
  using first = new Heap();
  using second = new Heap();
  const address = first.malloc(64);
  const other = second.malloc(64);
  first.free(address);
  const next = second.malloc(64);
  assertEquals(next - other, 96);
  assertEquals(first.malloc(64), address);
  first.check();
  second.check();
});

Deno.test("a heap refuses the block that another one freed last, and changes nothing", () => {
  using first = new Heap();
  using second = new Heap();
  const address = first.malloc(64);
  const other = second.malloc(64);
  second.free(other);
  const before = [...first.blocks()];
  assertThrows(() => first.free(other), InvalidPointerError);
  assertEquals([...first.blocks()], before);
  first.free(address);
  first.check();
  second.check();
});
