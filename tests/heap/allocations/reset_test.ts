// A heap that begins anew with the memory that it holds.
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type Address,
  arenaMemory,
  Heap,
  InvalidPointerError,
  type Memory,
  SystemCallError,
  UsageError,
} from "../../../mod.ts";
import { record } from "../../../lab/runs/recording.ts";
import { nameOf, POLICIES } from "../../support/policies.ts";
import { RefusingMemory } from "../../support/refusing_memory.ts";
import { type Random, seededTests } from "../../support/seed.ts";
import { IS_THOROUGH } from "../../support/thoroughness.ts";

const MAPPED = 200_000;

/** How often a heap is reset and used again: what a reset leaves behind may add up. */
const TURNS = IS_THOROUGH ? 3 : 2;

/** Leaves a heap with blocks of all kinds. */
function useHeap(heap: Heap, random: Random): Address[] {
  const live: Address[] = [];
  const scope = heap.scope();
  for (let call = 0; call < 400; call++) {
    const size = random.between(1, 2 ** random.between(3, 12));
    if (random.oneIn(40)) scope.allocate(MAPPED);
    else if (random.oneIn(4)) {
      scope.allocate(size, { align: 2 ** random.between(3, 9) });
    } else if (random.oneIn(20)) live.push(heap.malloc(MAPPED));
    else if (random.oneIn(2)) live.push(heap.malloc(size));
    else heap.free(live.pop() ?? 0);
  }
  return live;
}

const test = seededTests("heaps that are reset");

for (const policy of POLICIES) {
  test(`after a reset a heap gives the addresses of a new one: ${nameOf(policy)}`, (random) => {
    using arena = arenaMemory();
    using heap = new Heap({ ...policy, memory: arena, preallocate: 0 });
    // Without splitting, the first takes all that there is.
    const count = policy.split ? 50 : 1;
    const sizes = Array.from({ length: count }, () => random.between(1, 3000));
    const first = sizes.map((size) => heap.malloc(size));
    const freeSome = () => {
      for (const address of first) if (random.oneIn(2)) heap.free(address);
    };
    freeSome();
    useHeap(heap, random);
    for (let turn = 0; turn < TURNS; turn++) {
      const { footprintBytes } = heap.stats();
      const mapped = heap.stats().mappedBlocks;
      heap.reset();
      heap.check();
      const stats = heap.stats();
      assertEquals([stats.liveBlocks, stats.liveBytes, stats.freeBlocks], [
        0,
        0,
        1,
      ]);
      assertEquals([stats.mappedBlocks, stats.mappedBytes], [0, 0]);
      assert(mapped > 0 && stats.footprintBytes < footprintBytes);
      assertEquals(stats.freeBytes, stats.footprintBytes - 32);
      assertEquals(sizes.map((size) => heap.malloc(size)), first);
      freeSome();
      useHeap(heap, random);
    }
  });
}

Deno.test("a heap that was never used can be reset, and one that was just reset", () => {
  using heap = new Heap();
  heap.reset();
  heap.reset();
  const address = heap.malloc(8);
  heap.reset();
  heap.reset();
  assertEquals(heap.malloc(8), address);
  heap.check();
});

Deno.test("a reset ends allocations and scopes, and later uses say so", () => {
  using heap = new Heap({ recordStacks: "none" });
  const scope = heap.scope();
  const held = scope.allocate(64, { label: "frame" });
  const mapping = heap.allocate(MAPPED);
  const views = [held, mapping].map(({ bytes }) => bytes);
  heap.reset();
  assertEquals(views.map(({ length }) => length), [0, 0]);
  assertEquals([held.isDisposed, mapping.isDisposed, scope.isDisposed], [
    true,
    true,
    true,
  ]);
  const error = assertThrows(() => held.resize(8), UsageError);
  assertEquals(error.code, "disposed");
  assertStringIncludes(
    error.message,
    'Cannot resize allocation "frame" (64 bytes at 0x',
  );
  assertStringIncludes(
    error.message,
    "its heap was reset; allocate again, or dispose of it later",
  );
  held[Symbol.dispose]();
  scope[Symbol.dispose]();
  using again = heap.allocate(64);
  held[Symbol.dispose]();
  assertEquals([again.isDisposed, heap.stats().liveBlocks], [false, 1]);
});

for (const policy of POLICIES) {
  Deno.test(`addresses of before a reset are refused as freed already: ${nameOf(policy)}`, () => {
    using heap = new Heap(policy);
    const addresses = [8, 600, 40].map((size) => heap.malloc(size));
    heap.free(addresses[1]!);
    const held = heap.allocate(64).address;
    const mapping = heap.malloc(MAPPED);
    const heldMapping = heap.allocate(MAPPED).address;
    heap.reset();
    for (const address of [...addresses, held]) {
      const error = assertThrows(() => heap.free(address), InvalidPointerError);
      assertEquals([error.code, error.reason], [
        "double-free",
        "already freed",
      ]);
    }
    for (const address of [mapping, heldMapping]) {
      const error = assertThrows(() => heap.free(address), InvalidPointerError);
      assertEquals([error.code, error.reason], ["double-free", "unmapped"]);
    }
  });
}

Deno.test("the block freed last is not given out twice after a reset", () => {
  using heap = new Heap();
  const address = heap.malloc(64);
  heap.free(address);
  heap.reset();
  assertEquals(heap.malloc(64), address);
  assert(heap.malloc(64) !== address);
  heap.check();
});

Deno.test("a heap whose break others moved is one free block in each segment after a reset", () => {
  using arena = arenaMemory();
  using heap = new Heap({ memory: arena, preallocate: 0 });
  for (let segment = 0; segment < 3; segment++) {
    for (let block = 0; block < 10; block++) heap.malloc(100 * (segment + 1));
    arena.sbrk(5000);
  }
  const { footprintBytes } = heap.stats();
  heap.reset();
  heap.check();
  assertEquals([...heap.blocks()].map(({ status }) => status), [
    "free",
    "free",
    "free",
  ]);
  assertEquals(heap.stats().freeBytes, footprintBytes - 3 * 32);
  for (let block = 0; block < 60; block++) heap.malloc(100);
  heap.check();
});

Deno.test("a reset whose munmap fails ends everything and throws; the next reset finishes", () => {
  using arena = arenaMemory();
  const memory = new RefusingMemory(arena);
  using heap = new Heap({ memory });
  const first = heap.malloc(8);
  const mappings = [1, 2, 3].map(() => heap.allocate(MAPPED));
  const views = mappings.map(({ bytes }) => bytes);
  heap.malloc(MAPPED);
  let asked = 0;
  memory.refuses = (_, syscall) => syscall === "munmap" && ++asked % 2 === 0;
  const error = assertThrows(() => heap.reset(), SystemCallError);
  assertEquals([error.syscall, asked], ["munmap", 4]);
  assertEquals(views.map(({ length }) => length), [0, 0, 0]);
  assert(mappings.every(({ isDisposed }) => isDisposed));
  assertEquals([heap.stats().liveBlocks, heap.stats().mappedBlocks], [0, 0]);
  assertEquals(memory.mappedBytes, 2 * (MAPPED + 32));
  heap.check();
  assertEquals(heap.malloc(8), first);
  memory.refuses = () => false;
  heap.reset();
  assertEquals([memory.mappedBytes, heap.stats().footprintBytes], [0, 131072]);
  heap.check();
});

Deno.test("a reset is refused while C calls the heap, and then nothing has changed", () => {
  using heap = new Heap();
  using bindings = heap.bindToC();
  using frame = heap.allocate(64);
  const definition = { parameters: ["usize"], result: "pointer" } as const;
  const hook = bindings.hook(definition, (size) => {
    assertThrows(
      () => heap.reset(),
      UsageError,
      "while C is calling it through bindings",
    );
    return heap.pointer(heap.malloc(Number(size)));
  });
  const pointer = new Deno.UnsafeFnPointer(hook, definition).call(64n);
  assertEquals(bindings.errors, []);
  assertEquals([frame.isDisposed, heap.usableSize(heap.address(pointer))], [
    false,
    64,
  ]);
  heap.reset();
  assertEquals([frame.isDisposed, heap.stats().liveBlocks], [true, 0]);
});

Deno.test("a reset is refused while the heap is recorded", () => {
  using heap = new Heap();
  const recording = record(heap);
  const address = recording.malloc(8);
  const error = assertThrows(
    () => heap.reset(),
    UsageError,
    "while it is recorded",
  );
  assertEquals([error.code, heap.usableSize(address)], ["in-use", 8]);
});

Deno.test("a reset is refused from inside a call of the heap's memory", () => {
  using arena = arenaMemory();
  const errors: unknown[] = [];
  const memory: Memory = {
    pageSize: arena.pageSize,
    sbrk(increment) {
      errors.push(assertThrows(() => heap.reset(), UsageError).code);
      return arena.sbrk(increment);
    },
    mmap: (length) => arena.mmap(length),
    munmap: (address, length) => arena.munmap(address, length),
    buffer: (address, length) => arena.buffer(address, length),
  };
  using heap = new Heap({ memory });
  heap.malloc(8);
  assertEquals(errors, ["in-call", "in-call"]);
  heap.check();
});

Deno.test("a reset of a heap that ended, or whose memory did, is refused", () => {
  const heap = new Heap();
  heap[Symbol.dispose]();
  assertThrows(
    () => heap.reset(),
    UsageError,
    "Cannot reset this heap: it was disposed",
  );
  const arena = arenaMemory();
  const bereft = new Heap({ memory: arena });
  bereft.malloc(8);
  arena[Symbol.dispose]();
  const error = assertThrows(() => bereft.reset(), UsageError);
  assertEquals(error.code, "memory-gone");
});
