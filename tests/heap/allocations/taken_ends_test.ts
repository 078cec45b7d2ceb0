// The end of a heap, and of an arena, leaves mapped what somebody took the buffer of.
import { assertEquals } from "@std/assert";
import { arenaMemory, Heap } from "../../../mod.ts";

/** Ways in which a heap, or the memory under it, ends. */
const ENDS: Readonly<Record<string, () => [Heap, () => void]>> = {
  "a heap": () => {
    const heap = new Heap();
    return [heap, () => heap[Symbol.dispose]()];
  },
  "a debug heap": () => {
    const heap = new Heap({ debug: true, onLeak: () => {} });
    return [heap, () => heap[Symbol.dispose]()];
  },
  "a heap and then its arena": () => {
    const arena = arenaMemory();
    const heap = new Heap({ memory: arena });
    return [heap, () => {
      heap[Symbol.dispose]();
      arena[Symbol.dispose]();
    }];
  },
  "the arena of a heap": () => {
    const arena = arenaMemory();
    return [new Heap({ memory: arena }), () => arena[Symbol.dispose]()];
  },
};

/** What is allocated, taken and perhaps freed before the end. */
const TAKEN: Readonly<Record<string, (heap: Heap) => ArrayBuffer>> = {
  "the window on a block": (heap) => take(heap, heap.malloc(64)),
  "the window on a mapping": (heap) => take(heap, heap.malloc(1 << 20)),
  "the window on a freed mapping": (heap) => {
    const address = heap.malloc(1 << 20);
    const taken = take(heap, address);
    heap.free(address);
    return taken;
  },
  "the first window, outgrown since": (heap) => {
    const early = heap.bytes(heap.malloc(64));
    for (let grown = 0; grown < 3 << 20; grown += 100_000) heap.malloc(100_000);
    return take(heap, heap.malloc(64), early);
  },
};

function take(
  heap: Heap,
  address: number,
  { buffer, byteOffset } = heap.bytes(address),
): ArrayBuffer {
  new Uint8Array(buffer)[byteOffset] = 5;
  const taken = buffer.transfer();
  assertEquals(new Uint8Array(taken)[byteOffset], 5);
  return taken;
}

for (const [what, open] of Object.entries(ENDS)) {
  for (const [name, make] of Object.entries(TAKEN)) {
    Deno.test(`the end of ${what} leaves mapped what a taken buffer shows: ${name}`, () => {
      const [heap, end] = open();
      const bytes = new Uint8Array(make(heap));
      end();
      assertEquals(bytes.includes(5), true);
      bytes[64] = 7;
      assertEquals(bytes[64], 7);
    });
  }
}

Deno.test("a mapping of malloc's whose buffer was taken can still be used by its owner", () => {
  using heap = new Heap();
  const address = heap.malloc(200_000);
  const taken = new Uint8Array(heap.bytes(address).buffer.transfer());
  heap.bytes(address).fill(6);
  assertEquals(taken.at(-1), 6);
  heap.check();
  const moved = heap.realloc(address, 300_000);
  assertEquals([heap.bytes(moved)[0], taken.at(-1)], [6, 6]);
});
