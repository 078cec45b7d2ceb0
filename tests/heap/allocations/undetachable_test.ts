// Views that cannot be detached, or that pretend to be: their memory is never freed,
// unmapped or handed over, and the error says why.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { markAsUntransferable } from "node:worker_threads";
import {
  type Allocation,
  arenaMemory,
  Heap,
  receiveAllocation,
  SystemCallError,
  UsageError,
} from "../../../mod.ts";
import { never, RefusingMemory } from "../../support/refusing_memory.ts";

const KINDS: Readonly<Record<string, number>> = {
  "on the heap": 64,
  "a mapping": 200_000,
};

/** What would free the memory. */
const ENDS: Readonly<Record<string, (frame: Allocation, heap: Heap) => void>> =
  {
    "dispose": (frame) => frame[Symbol.dispose](),
    "a second dispose": (frame) => {
      assertThrows(() => frame[Symbol.dispose](), UsageError);
      frame[Symbol.dispose]();
    },
    "resize": (frame) => frame.resize(8),
    "transfer": (frame, heap) => void heap.transfer(frame),
    "reset": (_, heap) => heap.reset(),
    "disposal of the heap": (_, heap) => heap[Symbol.dispose](),
  };

for (const [kind, size] of Object.entries(KINDS)) {
  for (const [end, finish] of Object.entries(ENDS)) {
    Deno.test(`memory with an untransferable buffer is not freed by ${end}: ${kind}`, () => {
      const heap = new Heap(); // it can never end
      const frame = heap.allocate(size, { label: "frame" });
      const { bytes } = frame;
      bytes.fill(5);
      markAsUntransferable(bytes.buffer);
      const error = assertThrows(() => finish(frame, heap), UsageError);
      assertEquals(error.code, "buffer-taken");
      assertStringIncludes(error.message, 'allocation "frame"');
      assertStringIncludes(error.message, "markAsUntransferable");
      const other = heap.allocate(size);
      other.bytes.fill(1);
      assertEquals([bytes.length, bytes[0], bytes.at(-1)], [size, 5, 5]);
      assertEquals([frame.isDisposed, heap.stats().liveBlocks], [false, 2]);
      heap.check();
    });
  }

  Deno.test(`properties that a buffer was given do not keep its views alive: ${kind}`, () => {
    using heap = new Heap();
    const frame = heap.allocate(size);
    const { bytes } = frame;
    Object.defineProperties(bytes.buffer, {
      transfer: { value: () => undefined },
      detached: { value: true },
    });
    assertEquals(frame.bytes, bytes);
    frame[Symbol.dispose]();
    assertEquals([bytes.length, heap.stats().liveBlocks], [0, 0]);
  });
}

Deno.test("a mapping of malloc's with an untransferable buffer is not unmapped by free", () => {
  const arena = arenaMemory();
  const heap = new Heap({ memory: arena });
  const address = heap.malloc(200_000);
  const bytes = heap.bytes(address);
  bytes.fill(5);
  markAsUntransferable(bytes.buffer);
  for (
    const free of [
      () => heap.free(address),
      () => void heap.realloc(address, 300_000),
    ]
  ) {
    const { code, message } = assertThrows(free, UsageError);
    assertEquals(code, "buffer-taken");
    assertStringIncludes(message, "markAsUntransferable");
  }
  assertEquals([bytes.at(-1), heap.stats().liveBlocks], [5, 1]);
  heap.check();
  heap[Symbol.dispose]();
  assertEquals(bytes.at(-1), 5);
  arena[Symbol.dispose]();
  assertEquals(bytes.at(-1), 5);
});

Deno.test("a mapping of malloc's with an untransferable buffer is not unmapped by reset", () => {
  using heap = new Heap();
  const bytes = heap.bytes(heap.malloc(200_000));
  bytes.fill(5);
  markAsUntransferable(bytes.buffer);
  heap.reset();
  assertEquals([bytes.at(-1), heap.stats().liveBlocks], [5, 0]);
});

Deno.test("a heap whose own buffer is untransferable ends, but leaves its memory", () => {
  const heap = new Heap();
  const bytes = heap.bytes(heap.malloc(64));
  bytes.fill(5);
  markAsUntransferable(bytes.buffer);
  heap[Symbol.dispose]();
  assertEquals(bytes[63], 5);
});

Deno.test("a memory does not unmap what an untransferable buffer shows", () => {
  const arena = arenaMemory();
  const address = arena.mmap(4096);
  const window = arena.buffer(address, 4096);
  markAsUntransferable(window);
  const unmap = () => arena.munmap(address, 4096);
  assertEquals(assertThrows(unmap, UsageError).code, "buffer-taken");
  arena[Symbol.dispose]();
  assertEquals(new Uint8Array(window)[4095], 0);
});

Deno.test("a receiver with an untransferable buffer does not give the memory back", () => {
  const heap = new Heap();
  const message = heap.transfer(heap.allocate(64, { label: "frame" }));
  const received = receiveAllocation(message);
  const { bytes } = received;
  markAsUntransferable(bytes.buffer);
  const { code } = assertThrows(() => received[Symbol.dispose](), UsageError);
  assertEquals([code, received.isDisposed], ["buffer-taken", false]);
  bytes[0] = 5;
  assertEquals(received.bytes[0], 5);
});

Deno.test("after a refused munmap the views are detached, and new ones show the memory", () => {
  using arena = arenaMemory();
  const memory = new RefusingMemory(arena);
  using heap = new Heap({ memory });
  using frame = heap.allocate(200_000);
  const { bytes } = frame;
  bytes.fill(5);
  memory.refuses = (_, call) => call === "munmap";
  assertThrows(() => frame[Symbol.dispose](), SystemCallError);
  memory.refuses = never;
  assertEquals([bytes.length, frame.bytes.at(-1)], [0, 5]);
  heap.check();
});
