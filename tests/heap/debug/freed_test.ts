// What is done with a block of a debug heap after it was freed is found.
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { CorruptionError, Heap, InvalidPointerError } from "../../../mod.ts";
import { peek, poke } from "../../support/poke.ts";
import { seededRandom } from "../../support/seed.ts";
import { casesOf, IS_THOROUGH } from "../../support/thoroughness.ts";

const FREED = 0xdd;

/** More blocks than the quarantine has room for, several times over. */
const MANY = IS_THOROUGH ? 10_000 : 3000;

function writeAfterFree(act: () => void): CorruptionError {
  const error = assertThrows(act, CorruptionError);
  assertEquals(error.code, "write-after-free");
  return error;
}

/** Frees so many blocks that none of those freed before is kept back any more. */
function freeMany(heap: Heap): void {
  for (let count = 0; count < 1100; count++) heap.free(heap.malloc(8));
}

Deno.test("a byte written anywhere in a freed block is found by check()", () => {
  using heap = new Heap({ debug: true });
  const address = heap.malloc(24);
  heap.free(address);
  for (let offset = 0; offset < 40; offset++) {
    poke(address + offset, 1);
    const error = writeAfterFree(() => heap.check());
    assertEquals([error.offset, error.block?.size], [offset, 24]);
    poke(address + offset, FREED);
  }
  heap.check();
});

Deno.test("a byte written anywhere in a freed block is found before its memory is used again", () => {
  for (const offset of casesOf([...Array(24).keys()], seededRandom())) {
    using heap = new Heap({ debug: true });
    const address = heap.malloc(24);
    heap.free(address);
    poke(address + offset, 1);
    const error = writeAfterFree(() => freeMany(heap));
    assertEquals([error.offset, error.address], [offset, address + offset]);
    freeMany(heap); // it is told once
    heap.check();
    for (const leak of heap.leaks().leaks) heap.free(leak.address);
  }
});

Deno.test("a byte written in a freed block is found when the heap is disposed of", () => {
  const heap = new Heap({ debug: true });
  const address = heap.malloc(24);
  heap.free(address);
  poke(address, 1);
  writeAfterFree(() => heap[Symbol.dispose]());
  heap[Symbol.dispose]();
});

Deno.test("a wrong use of a freed block reports where the block was allocated and freed", () => {
  using heap = new Heap({ debug: true });
  function make() {
    return heap.malloc(24);
  }
  function end(address: number) {
    heap.free(address);
  }
  const address = make();
  end(address);
  const acts = [
    ["double-free", () => heap.free(address)],
    ["use-after-free", () => heap.bytes(address)],
    ["use-after-free", () => heap.usableSize(address)],
  ] as const;
  for (const [code, act] of acts) {
    const error = assertThrows(act, InvalidPointerError);
    assertEquals(error.code, code);
    assertStringIncludes(error.message, "It was allocated at\n    make (");
    assertStringIncludes(error.message, "\nand freed at\n    end (");
  }
});

Deno.test("a second free of a mapped block reports both traces too", () => {
  using heap = new Heap({ debug: true });
  const address = heap.malloc(200_000);
  heap.free(address);
  const error = assertThrows(() => heap.free(address), InvalidPointerError);
  assertEquals(error.reason, "unmapped");
  assertStringIncludes(error.message, "\nand freed at\n    ");
});

Deno.test("a wrong use of an address inside a block reports where the block was allocated", () => {
  using heap = new Heap({ debug: true });
  const address = heap.malloc(24);
  const error = assertThrows(() => heap.free(address + 8), InvalidPointerError);
  assertEquals(error.code, "inside-block");
  assertStringIncludes(error.message, "It was allocated at\n    ");
  heap.free(address);
});

Deno.test("freed memory is not given out again at once, but counts as free", () => {
  using heap = new Heap({ debug: true, preallocate: 0 });
  const address = heap.malloc(24);
  heap.free(address);
  const { liveBlocks, liveBytes, freeBlocks, freeBytes, largestFreeBytes } =
    heap.stats();
  assertEquals([liveBlocks, liveBytes, freeBlocks], [0, 0, 1]);
  assertEquals([freeBytes, largestFreeBytes], [40, 40]);
  assertEquals([...heap.blocks()].map(({ status }) => status), ["free"]);
  const next = heap.malloc(24);
  assertNotEquals(next, address);
  heap.check();
  heap.free(next);
});

Deno.test("the quarantine is bounded in blocks", () => {
  using heap = new Heap({ debug: true });
  for (let count = 0; count < MANY; count++) heap.free(heap.malloc(100));
  assertLess(heap.stats().footprintBytes, 1100 * 160 + 131_072);
});

Deno.test("the quarantine is bounded in bytes", () => {
  using heap = new Heap({ debug: true });
  for (let count = 0; count < 1000; count++) heap.free(heap.malloc(100_000));
  assertLess(heap.stats().footprintBytes, 5 << 20);
  assertGreater(heap.stats().footprintBytes, 3 << 20);
});

Deno.test("the old block of realloc() goes to the quarantine, which is bounded", () => {
  using heap = new Heap({ debug: true });
  let address = heap.malloc(100_000);
  for (let count = 0; count < 500; count++) {
    address = heap.realloc(address, 100_000 + count % 2);
  }
  assertLess(heap.stats().footprintBytes, 5 << 20);
  heap.free(address);
});

Deno.test("a resized block always moves, so that a use of its old address is found", () => {
  using heap = new Heap({ debug: true });
  for (const size of [10, 5, 10, 1000]) {
    const address = heap.malloc(10);
    const moved = heap.realloc(address, size);
    assertNotEquals(moved, address);
    const error = assertThrows(() => heap.free(address), InvalidPointerError);
    assertEquals(error.code, "double-free");
    heap.free(moved);
  }
});

Deno.test("new memory is filled, with zeros where zeros were requested", () => {
  using heap = new Heap({ debug: true });
  for (const size of [1, 24, 5000, 200_000]) {
    const address = heap.malloc(size);
    assert(heap.bytes(address).every((byte) => byte === 0xcd));
    const larger = heap.realloc(address, size + 9);
    assert(heap.bytes(larger).every((byte) => byte === 0xcd));
    const zeros = heap.calloc(size, 1);
    assert(heap.bytes(zeros).every((byte) => byte === 0));
    using some = heap.allocate(size, { align: 128 });
    assert(some.bytes.every((byte) => byte === 0xcd));
    using none = heap.allocate(size, { zero: true });
    none.resize(size + 100);
    assert(none.bytes.every((byte) => byte === 0));
    for (const each of [larger, zeros]) heap.free(each);
  }
});

Deno.test("freed memory is filled", () => {
  using heap = new Heap({ debug: true });
  const address = heap.malloc(24);
  heap.bytes(address).fill(1);
  heap.free(address);
  for (let offset = 0; offset < 24; offset++) {
    assertEquals(peek(address + offset), FREED);
  }
});
