// What a Heap offers besides the four functions of the contract.
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { arenaMemory, Heap, type Memory, processMemory } from "../../mod.ts";
import { RecordingMemory } from "../support/recording_memory.ts";

Deno.test("blocks() gives heap blocks in address order, then mappings", () => {
  using heap = new Heap();
  heap.malloc(200_000);
  const addresses = [8, 16, 24].map((size) => heap.malloc(size));
  heap.free(addresses[1]!);
  const blocks = [...heap.blocks()];
  assertEquals(
    blocks.map(({ status }) => status),
    ["allocated", "free", "allocated", "free", "mapped"],
  );
  for (const { address, payload } of blocks) {
    assertEquals(payload, address + 32);
  }
  assertEquals(blocks.slice(0, 3).map(({ payload }) => payload), addresses);
});

Deno.test("blocks() of a heap that was never used is empty", () => {
  using heap = new Heap();
  assertEquals([...heap.blocks()], []);
});

Deno.test("blocks() may be left before its end", () => {
  using heap = new Heap();
  heap.malloc(8);
  for (const { size } of heap.blocks()) {
    assertEquals(size, 8);
    break;
  }
  heap.malloc(8);
  heap.check();
});

Deno.test("pointer() and address() are each other's inverse", () => {
  using heap = new Heap();
  for (const address of [heap.malloc(8), heap.malloc(200_000), 8, 2 ** 46]) {
    assertEquals(heap.address(heap.pointer(address)), address);
  }
});

Deno.test("address 0 and a null pointer are NULL", () => {
  using heap = new Heap();
  assertEquals(heap.pointer(0), null);
  assertEquals(heap.address(null), 0);
});

Deno.test("a heap makes no system call before it is needed", () => {
  using arena = arenaMemory();
  const memory = new RecordingMemory(arena);
  using heap = new Heap({ memory });
  heap.check();
  heap.free(0);
  assertEquals(memory.systemCalls, []);
  assertEquals(heap.stats().footprintBytes, 0);
});

Deno.test("calloc's threshold is the page size of the heap's memory", () => {
  using arena = arenaMemory();
  const memory: Memory = {
    pageSize: 65_536,
    sbrk: (increment) => arena.sbrk(increment),
    mmap: (length) => arena.mmap(length),
    munmap: (address, length) => arena.munmap(address, length),
    buffer: (address, length) => arena.buffer(address, length),
  };
  using heap = new Heap({ memory });
  heap.calloc(1, 65_536 - 32 - 8);
  assertEquals(heap.stats().mappedBlocks, 0);
  heap.calloc(1, 65_536 - 32);
  assertEquals(heap.stats().mappedBlocks, 1);
});

Deno.test("heaps beside each other start alike, each in an arena of its own", () => {
  const heaps = Array.from({ length: 50 }, () => new Heap());
  const addresses = heaps.map((heap) => heap.malloc(8));
  assertEquals(new Set(addresses).size, 50);
  heaps.forEach((heap, index) => heap.bytes(addresses[index]!).fill(index));
  heaps.forEach((heap, index) => {
    assert(heap.bytes(addresses[index]!).every((byte) => byte === index));
    heap[Symbol.dispose]();
  });
});

Deno.test("two heaps on one break keep out of each other's way", () => {
  using arena = arenaMemory();
  using first = new Heap({ memory: arena, preallocate: 0 });
  using second = new Heap({ memory: arena, preallocate: 0 });
  for (let round = 1; round < 30; round++) {
    first.bytes(first.malloc(round * 8)).fill(1);
    second.bytes(second.malloc(round * 8)).fill(2);
    first.check();
    second.check();
  }
  for (const [heap, mark] of [[first, 1], [second, 2]] as const) {
    for (const { payload } of heap.blocks()) {
      assert(heap.bytes(payload).every((byte) => byte === mark));
    }
  }
});

Deno.test("a heap that was disposed refuses every call", () => {
  const heap = new Heap();
  const address = heap.malloc(8);
  heap[Symbol.dispose]();
  const calls: (() => unknown)[] = [
    () => heap.malloc(8),
    () => heap.calloc(1, 8),
    () => heap.realloc(address, 16),
    () => heap.free(address),
    () => heap.free(0),
    () => heap.usableSize(address),
    () => heap.bytes(address),
    () => [...heap.blocks()],
    () => heap.stats(),
    () => heap.check(),
  ];
  for (const call of calls) assertThrows(call, TypeError, "disposed");
});

Deno.test("disposing of a heap twice is harmless", () => {
  const heap = new Heap();
  heap.malloc(8);
  heap[Symbol.dispose]();
  heap[Symbol.dispose]();
});

Deno.test("disposing of a heap gives its mappings back and leaves the break where it is", () => {
  using arena = arenaMemory();
  const memory = new RecordingMemory(arena);
  const heap = new Heap({ memory });
  heap.malloc(8);
  heap.malloc(200_000);
  heap.calloc(5000, 2);
  memory.systemCalls = [];
  heap[Symbol.dispose]();
  assertEquals(memory.systemCalls.map(({ name }) => name), [
    "munmap",
    "munmap",
  ]);
  assertEquals(arena.sbrk(0), arena.start + 131072);
});

Deno.test("a memory outlives the heap on it", () => {
  using arena = arenaMemory();
  const first = new Heap({ memory: arena });
  const one = first.malloc(8);
  first[Symbol.dispose]();
  using second = new Heap({ memory: arena });
  assertNotEquals(second.malloc(8), one);
  second.check();
});

Deno.test("the console shows the numbers and a map of one line", () => {
  using heap = new Heap();
  heap.malloc(60_000);
  heap.malloc(200_000);
  const shown = Deno.inspect(heap);
  assertStringIncludes(shown, "Heap {");
  assertStringIncludes(shown, "live: { blocks: 2, bytes: 260000 }");
  assertStringIncludes(shown, "mapped: { blocks: 1, bytes: 200000 }");
  assert((shown.split("\n").at(-1) ?? "").length >= 40, "a map is shown");
});

Deno.test("the console's options are honoured", () => {
  using heap = new Heap();
  heap.malloc(8);
  assertStringIncludes(Deno.inspect(heap, { depth: 0 }), "live: [Object]");
  assertStringIncludes(Deno.inspect(heap, { colors: true }), "\x1b[33m");
  assertEquals(Deno.inspect(heap).includes("\x1b["), false);
  assertNotEquals(
    Deno.inspect(heap, { compact: false }),
    Deno.inspect(heap, { compact: true }),
  );
});

Deno.test("the console shows a heap that is empty, and one that was disposed", () => {
  const heap = new Heap();
  assertStringIncludes(Deno.inspect(heap), "live: { blocks: 0, bytes: 0 }");
  heap[Symbol.dispose]();
  assertStringIncludes(Deno.inspect(heap), "disposed");
});

Deno.test("a heap on the process's memory leaves that in use when it is disposed", () => {
  const heap = new Heap({ memory: processMemory() });
  heap.malloc(8);
  heap[Symbol.dispose]();
  using other = new Heap({ memory: processMemory() });
  other.bytes(other.malloc(8)).fill(1);
  other.check();
});
