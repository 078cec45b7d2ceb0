// Allocations whose memory was given back from under them: no window is opened on what is
// mapped no more.
import { assertEquals, assertThrows } from "@std/assert";
import {
  arenaMemory,
  Heap,
  SystemCallError,
  UsageError,
} from "../../../mod.ts";
import { RefusingMemory } from "../../support/refusing_memory.ts";

Deno.test("where a heap could end by half only, allocations whose memory is gone end", () => {
  using arena = arenaMemory();
  let unmapped = 0;
  const memory = new RefusingMemory(
    arena,
    (_, call) => call === "munmap" && ++unmapped === 2,
  );
  const heap = new Heap({ memory });
  const [first, second] = [heap.allocate(200_000), heap.allocate(200_000)];
  assertThrows(() => heap[Symbol.dispose](), SystemCallError);
  assertEquals([first.isDisposed, second.isDisposed], [true, false]);
  assertThrows(() => first.bytes, UsageError, "its memory was given back");
  first[Symbol.dispose]();
  second.bytes.fill(1);
  heap[Symbol.dispose]();
  assertEquals(second.isDisposed, true);
});

for (const debug of [false, true]) {
  for (const size of [64, 200_000]) {
    const name = `${size} bytes${debug ? ", in a debug heap" : ""}`;
    Deno.test(`after its arena an allocation can only be disposed of: ${name}`, () => {
      const arena = arenaMemory();
      const heap = new Heap({ memory: arena, debug });
      const frame = heap.allocate(size, { label: "frame" });
      const { bytes } = frame;
      arena[Symbol.dispose]();
      assertEquals(bytes.length, 0);
      const uses = [
        () => frame.bytes,
        () => frame.view,
        () => frame.resize(8),
        () => heap.check(),
      ];
      for (const use of uses) {
        assertEquals(assertThrows(use, UsageError).code, "memory-gone");
      }
      frame[Symbol.dispose]();
      heap[Symbol.dispose]();
    });
  }
}

Deno.test("mappings that a reset could not give back are forgotten with their arena", () => {
  const arena = arenaMemory();
  let unmapped = 0;
  const memory = new RefusingMemory(
    arena,
    (_, call) => call === "munmap" && ++unmapped === 1,
  );
  const heap = new Heap({ memory });
  heap.malloc(200_000);
  assertThrows(() => heap.reset(), SystemCallError);
  arena[Symbol.dispose]();
  heap[Symbol.dispose]();
});
