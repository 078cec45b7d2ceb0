// A write past the end of a block of a debug heap is found, wherever it is.
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { type Allocation, CorruptionError, Heap } from "../../../mod.ts";
import { peek, poke } from "../../support/poke.ts";

/** Sizes that end at each place in a cell, and one of a mapping. */
const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 200_000];

const DISTANCES = Array.from({ length: 16 }, (_, index) => index);

function overrun(act: () => void): CorruptionError {
  const error = assertThrows(act, CorruptionError);
  assertEquals(error.code, "overrun");
  return error;
}

for (const size of SIZES) {
  Deno.test(`a byte written up to 16 bytes past a block of ${size} bytes is found when the block is freed`, () => {
    using heap = new Heap({ debug: true });
    for (const distance of DISTANCES) {
      const address = heap.malloc(size);
      poke(address + size + distance, 0);
      const error = overrun(() => heap.free(address));
      assertEquals(error.offset, size + distance);
      assertEquals(error.address, address + size + distance);
      assertEquals(error.block, { address, size, label: undefined });
      assertEquals(heap.stats().liveBlocks, 0);
    }
  });
}

Deno.test("the first overwritten byte is reported, not the last", () => {
  using heap = new Heap({ debug: true });
  const address = heap.malloc(10);
  for (const offset of [20, 12, 15]) poke(address + offset, 0);
  assertEquals(overrun(() => heap.free(address)).offset, 12);
});

Deno.test("a block that is written up to its end, and not past it, is freed", () => {
  using heap = new Heap({ debug: true });
  for (const size of SIZES) {
    const address = heap.malloc(size);
    heap.bytes(address).fill(0);
    heap.check();
    heap.free(address);
  }
});

Deno.test("an overrun is found by check() as often as it is asked", () => {
  using heap = new Heap({ debug: true });
  const address = heap.malloc(10);
  const guard = peek(address + 10);
  poke(address + 10, 0);
  overrun(() => heap.check());
  overrun(() => heap.check());
  poke(address + 10, guard);
  heap.check();
  heap.free(address);
});

Deno.test("an overrun is found by realloc(), which leaves the block unchanged", () => {
  using heap = new Heap({ debug: true });
  for (const size of [10, 200_000]) {
    const address = heap.malloc(size);
    heap.bytes(address).fill(7);
    poke(address + size, 0);
    for (const other of [5, 20, 300_000]) {
      overrun(() => heap.realloc(address, other));
    }
    assert(heap.bytes(address).every((byte) => byte === 7));
    overrun(() => heap.free(address));
  }
});

Deno.test("an overrun is found when a heap is disposed of, and the heap ends", () => {
  const heap = new Heap({ debug: true, onLeak: () => {} });
  poke(heap.malloc(10) + 10, 0);
  overrun(() => heap[Symbol.dispose]());
  assertThrows(() => heap.malloc(1), TypeError, "it was disposed");
  heap[Symbol.dispose]();
});

Deno.test("the memory that a stray write hit belongs to the block before it", () => {
  using heap = new Heap({ debug: true });
  const [first, second] = [heap.malloc(10), heap.malloc(10)];
  poke(first + 11, 0);
  assertEquals(overrun(() => heap.check()).block?.address, first);
  heap.free(second);
  overrun(() => heap.free(first));
});

/** An allocation of 10 bytes whose guard was written over. */
function damagedAllocation(heap: Heap): Allocation {
  const buffer = heap.allocate(10, { label: "frame", align: 64 });
  poke(buffer.address + 10, 0);
  return buffer;
}

Deno.test("an overrun of an allocation names its label, and it is disposed of", () => {
  using heap = new Heap({ debug: true });
  const buffer = damagedAllocation(heap);
  const error = overrun(() => buffer[Symbol.dispose]());
  assertEquals(error.block?.label, "frame");
  assertStringIncludes(error.message, 'block "frame" (10 bytes at 0x');
  assertEquals(buffer.isDisposed, true);
  buffer[Symbol.dispose]();
  assertEquals(heap.leaks().blocks, 0);
});

Deno.test("an overrun of an allocation is found by resize(), which leaves it unchanged", () => {
  using heap = new Heap({ debug: true });
  const buffer = damagedAllocation(heap);
  const { address } = buffer;
  overrun(() => buffer.resize(1000));
  assertEquals([buffer.address, buffer.size], [address, 10]);
  overrun(() => buffer[Symbol.dispose]());
});

Deno.test("a write into the header before a block is found by check()", () => {
  using heap = new Heap({ debug: true });
  heap.malloc(10);
  const address = heap.malloc(10);
  const before = peek(address - 32);
  poke(address - 32, 0xff);
  const error = assertThrows(() => heap.check(), CorruptionError);
  assertEquals([error.code, error.invariant], [
    "corrupted-heap",
    "header size",
  ]);
  poke(address - 32, before);
  for (const { address } of heap.leaks().leaks) heap.free(address);
});

Deno.test("an overrun is reported with its distance from the block's end", () => {
  using heap = new Heap({ debug: true });
  const distances = ["directly past its end", "1 byte past", "2 bytes past"];
  for (const [distance, told] of distances.entries()) {
    const address = heap.malloc(10);
    poke(address + 10 + distance, 0);
    const { message } = overrun(() => heap.free(address));
    assertStringIncludes(message, `was written, ${told}`);
  }
});
