// Two heaps in one process, their calls in turn: neither shows in the other.
import { assertEquals, assertThrows } from "@std/assert";
import { arenaMemory, Heap, InvalidPointerError } from "../mod.ts";
import { Lockstep } from "./support/lockstep.ts";
import { type Random, seededRandom } from "./support/seed.ts";

const CALLS = 20_000; // on each

function call(pair: Lockstep, random: Random, most: number): void {
  const count = pair.live.length;
  const size = random.between(0, most);
  if (count < random.between(0, 60)) return pair.malloc(size);
  const index = random.between(0, count - 1);
  if (random.oneIn(4)) pair.realloc(index, size);
  else pair.free(index);
}

Deno.test("two heaps with calls in random turn match a model each", () => {
  const random = seededRandom();
  using small = new Lockstep({ preallocate: 0 });
  using large = new Lockstep({ mmapThreshold: 4096, callocThreshold: 64 });
  while (small.calls < CALLS || large.calls < CALLS) {
    if (random.oneIn(2)) call(small, random, 300);
    else call(large, random, 5000);
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
  using arena = arenaMemory();
  using first = new Heap({ memory: arena });
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
