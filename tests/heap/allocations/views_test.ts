// What is left of the views that an allocation gave, once it ended or was resized.
import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { type Allocation, arenaMemory, Heap } from "../../../mod.ts";

/** One on the list, one that is aligned, and one that is a mapping. */
const KINDS: Readonly<Record<string, (heap: Heap) => Allocation>> = {
  "on the heap": (heap) => heap.allocate(64),
  "aligned": (heap) => heap.allocate(640, { align: 4096 }),
  "a mapping": (heap) => heap.allocate(200_000),
};

/** What ends or changes an allocation of `size` bytes, or its heap. */
const CHANGES: Readonly<
  Record<string, (allocation: Allocation, heap: Heap) => void>
> = {
  "disposing of it": (allocation) => allocation[Symbol.dispose](),
  "growing it": (allocation) => allocation.resize(allocation.size + 1),
  "growing it so that it moves": (allocation) =>
    allocation.resize(2 * allocation.size + 5000),
  "shrinking it": (allocation) => allocation.resize(1),
  "resetting its heap": (_allocation, heap) => heap.reset(),
  "disposing of its heap": (_allocation, heap) => heap[Symbol.dispose](),
};

/** Every kind of view that can be made of what an allocation gives. */
function viewsOf({ bytes, view }: Allocation): Uint8Array<ArrayBuffer>[] {
  return [
    bytes,
    bytes.subarray(1, 3),
    new Uint8Array(view.buffer, 2),
    new Uint8Array(bytes.buffer).subarray(1),
  ];
}

function requireDetached(
  views: readonly Uint8Array<ArrayBuffer>[],
  view: DataView,
): void {
  for (const bytes of views) {
    assertEquals([bytes.length, bytes[0]], [0, undefined]);
    bytes[0] = 7; // writes nowhere
    assertEquals(bytes[0], undefined);
    assertThrows(() => bytes.fill(7), TypeError);
    assert(bytes.buffer.detached);
  }
  assertThrows(() => view.getUint8(0), TypeError);
  assertThrows(() => view.setUint8(0, 7), TypeError);
}

for (const [kind, allocate] of Object.entries(KINDS)) {
  for (const [name, change] of Object.entries(CHANGES)) {
    Deno.test(`${name} detaches every view that an allocation gave: ${kind}`, () => {
      using heap = new Heap();
      const allocation = allocate(heap);
      const { view } = allocation;
      const views = viewsOf(allocation);
      change(allocation, heap);
      requireDetached(views, view);
    });
  }

  Deno.test(`bytes and view show the same memory, exactly the payload: ${kind}`, () => {
    using heap = new Heap();
    using allocation = allocate(heap);
    const { bytes, view, size } = allocation;
    assertEquals([bytes.length, view.byteLength], [size, size]);
    assertEquals([bytes.buffer.byteLength, bytes.byteOffset], [size, 0]);
    bytes[size - 1] = 42;
    assertEquals(view.getUint8(size - 1), 42);
    const memory = new Deno.UnsafePointerView(allocation.pointer);
    assertEquals(memory.getUint8(size - 1), 42);
  });

  Deno.test(`bytes and view are the same objects until the size changes: ${kind}`, () => {
    using heap = new Heap();
    using allocation = allocate(heap);
    const { bytes, view } = allocation;
    assertStrictEquals(allocation.bytes, bytes);
    assertStrictEquals(allocation.view, view);
    allocation.resize(allocation.size);
    assertStrictEquals(allocation.bytes, bytes);
    allocation.resize(allocation.size + 8);
    assertNotStrictEquals(allocation.bytes, bytes);
    assertEquals(allocation.bytes.length, allocation.size);
    assertEquals(allocation.view.byteLength, allocation.size);
  });

  Deno.test(`a view that its user cloned is a copy of his own: ${kind}`, () => {
    using heap = new Heap();
    const allocation = allocate(heap);
    allocation.bytes.fill(5);
    const copy = structuredClone(allocation.bytes);
    allocation[Symbol.dispose]();
    heap.check();
    assertEquals([copy.length, copy.at(-1)], [allocation.size, 5]);
  });

  Deno.test(`memory that is used again shows nothing to views of before: ${kind}`, () => {
    using heap = new Heap();
    const first = allocate(heap);
    const { address, bytes } = first;
    bytes.fill(1);
    first[Symbol.dispose]();
    using second = allocate(heap);
    second.bytes.fill(2);
    bytes[0] = 9;
    assertEquals(bytes.length, 0);
    assert(second.bytes.every((byte) => byte === 2));
    if (kind !== "a mapping") assertEquals(second.address, address);
  });
}

Deno.test("an allocation without bytes has views without bytes, and an address", () => {
  using heap = new Heap();
  using allocation = heap.allocate(0);
  assertEquals([allocation.bytes.length, allocation.view.byteLength], [0, 0]);
  assert(allocation.address > 0);
  allocation.resize(3);
  assertEquals(allocation.bytes.length, 3);
  allocation.resize(0);
  assertEquals(allocation.bytes.length, 0);
});

Deno.test("what a zeroed allocation grows by is 0", () => {
  using heap = new Heap();
  heap.allocate(5000).bytes.fill(0xff);
  heap.reset();
  using allocation = heap.allocate(10, { zero: true });
  allocation.bytes.fill(7);
  allocation.resize(4);
  allocation.resize(2000);
  assertEquals([...allocation.bytes.subarray(0, 4)], [7, 7, 7, 7]);
  assert(allocation.bytes.subarray(4).every((byte) => byte === 0));
});

Deno.test("disposing twice is harmless, also after the memory was given to others", () => {
  using heap = new Heap();
  const allocation = heap.allocate(64);
  const { address } = allocation;
  allocation[Symbol.dispose]();
  using other = heap.allocate(64);
  assertEquals(other.address, address);
  allocation[Symbol.dispose]();
  other.bytes.fill(1);
  assertEquals([other.isDisposed, heap.stats().liveBlocks], [false, 1]);
});

/** Every order in which an arena, a heap on it, and an allocation of that can end. */
const ORDERS = [
  ["arena", "heap", "allocation"],
  ["arena", "allocation", "heap"],
  ["heap", "arena", "allocation"],
  ["heap", "allocation", "arena"],
  ["allocation", "arena", "heap"],
  ["allocation", "heap", "arena"],
] as const;

for (const [kind, allocate] of Object.entries(KINDS)) {
  for (const order of ORDERS) {
    Deno.test(`an allocation, its heap and its arena may end in any order: ${order.join(", ")}: ${kind}`, () => {
      const arena = arenaMemory();
      const heap = new Heap({ memory: arena });
      const allocation = allocate(heap);
      const { view } = allocation;
      const views = viewsOf(allocation);
      const ends = { arena, heap, allocation };
      for (const name of order) ends[name][Symbol.dispose]();
      requireDetached(views, view);
      for (const name of order) ends[name][Symbol.dispose]();
      assertThrows(
        () => allocation.bytes,
        TypeError,
        "Cannot take the bytes of",
      );
    });
  }
}
