// A buffer that its user transferred away shows the memory wherever it is, and cannot be
// detached any more: the memory is never freed.
import { assertEquals, assertThrows } from "@std/assert";
import {
  type Allocation,
  Heap,
  receiveAllocation,
  UsageError,
} from "../../../mod.ts";

const KINDS: Readonly<Record<string, number>> = {
  "on the heap": 64,
  "a mapping": 200_000,
};

const WAYS: Readonly<Record<string, (buffer: ArrayBuffer) => ArrayBuffer>> = {
  "transfer": (buffer) => buffer.transfer(),
  "structuredClone": (buffer) =>
    structuredClone(buffer, { transfer: [buffer] }),
};

/** What would free the memory. */
const ENDS: Readonly<Record<string, (taken: Allocation, heap: Heap) => void>> =
  {
    "dispose": (taken) => taken[Symbol.dispose](),
    "resize": (taken) => taken.resize(8),
    "transfer": (taken, heap) => void heap.transfer(taken),
    "reset": (_, heap) => heap.reset(),
    "disposal of the heap": (_, heap) => heap[Symbol.dispose](),
  };

for (const [kind, size] of Object.entries(KINDS)) {
  for (const [way, take] of Object.entries(WAYS)) {
    for (const [end, finish] of Object.entries(ENDS)) {
      Deno.test(`memory whose buffer was taken by ${way} is not freed by ${end}: ${kind}`, () => {
        const heap = new Heap(); // it can never end
        const frame = heap.allocate(size, { label: "frame" });
        frame.bytes.fill(5);
        const taken = new Uint8Array(take(frame.bytes.buffer));
        const error = assertThrows(
          () => finish(frame, heap),
          UsageError,
          'allocation "frame"',
        );
        assertEquals(error.code, "buffer-taken");
        heap.malloc(size);
        assertEquals([taken.length, taken.at(-1)], [size, 5]);
        assertEquals(frame.isDisposed, false);
        heap.check();
      });
    }
  }
}

Deno.test("memory whose buffer was taken can still be used by its owner", () => {
  const heap = new Heap();
  const frame = heap.allocate(64);
  const taken = new Uint8Array(frame.bytes.buffer.transfer());
  frame.bytes[0] = 6;
  assertEquals([taken[0], frame.bytes.length], [6, 64]);
});

Deno.test("a scope frees all but what has its buffer taken, and names that", () => {
  const heap = new Heap();
  const scope = heap.scope();
  scope.allocate(64);
  const frame = scope.allocate(64, { label: "frame" });
  frame.bytes.buffer.transfer();
  scope.allocate(64);
  assertThrows(() => scope[Symbol.dispose](), Error, 'allocation "frame"');
  assertEquals(heap.stats().liveBlocks, 1);
  heap.check();
});

Deno.test("a heap whose own buffer was taken says so, whatever is asked of it", () => {
  using heap = new Heap();
  const address = heap.malloc(64);
  heap.bytes(address).buffer.transfer();
  const uses = [
    () => heap.malloc(64),
    () => heap.calloc(1, 64),
    () => heap.realloc(address, 8),
    () => heap.free(address),
    () => heap.allocate(64),
    () => heap.check(),
  ];
  for (const use of uses) {
    const error = assertThrows(use, UsageError, "the buffer of a view");
    assertEquals(error.code, "buffer-taken");
  }
});

Deno.test("a heap whose own buffer was taken ends, but leaves its memory", () => {
  const heap = new Heap();
  const address = heap.malloc(64);
  heap.bytes(address).fill(5);
  const taken = new Uint8Array(heap.bytes(address).buffer.transfer());
  heap[Symbol.dispose]();
  assertEquals(taken[32], 5);
});

/** What would give back a mapping that no object holds. */
const FREES: Readonly<Record<string, (heap: Heap, address: number) => void>> = {
  "free": (heap, address) => heap.free(address),
  "reset": (heap) => heap.reset(),
};

for (const [way, free] of Object.entries(FREES)) {
  Deno.test(`a mapping of malloc's whose buffer was taken is not given back by ${way}`, () => {
    using heap = new Heap();
    const address = heap.malloc(200_000);
    heap.bytes(address).fill(5);
    const taken = new Uint8Array(heap.bytes(address).buffer.transfer());
    free(heap, address);
    assertEquals(taken.at(-1), 5);
    assertEquals(heap.stats().liveBlocks, 0);
    heap.check();
  });
}

Deno.test("a receiver whose buffer was taken does not give the memory back", () => {
  const heap = new Heap();
  const frame = heap.allocate(64, { label: "frame" });
  const received = receiveAllocation(heap.transfer(frame));
  received.bytes.fill(5);
  const taken = new Uint8Array(received.bytes.buffer.transfer());
  const { code } = assertThrows(() => received[Symbol.dispose](), UsageError);
  assertEquals(code, "buffer-taken");
  heap.malloc(64);
  assertEquals([taken[63], heap.stats().liveBlocks], [5, 2]);
});
