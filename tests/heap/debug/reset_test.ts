// A reset of a debug heap: all is free, and nothing is remembered of it.
import { assertEquals, assertThrows } from "@std/assert";
import { CorruptionError, Heap, InvalidPointerError } from "../../../mod.ts";
import { poke } from "../../support/poke.ts";

Deno.test("a debug heap that is reset has no live block, and goes on", () => {
  using heap = new Heap({ debug: true });
  const address = heap.malloc(10);
  heap.free(heap.malloc(300));
  const mapping = heap.malloc(200_000);
  using frame = heap.allocate(100);
  heap.reset();
  assertEquals([heap.leaks().blocks, heap.stats().liveBlocks], [0, 0]);
  assertEquals(frame.isDisposed, true);
  heap.check();
  for (const gone of [address, mapping]) {
    const error = assertThrows(() => heap.free(gone), InvalidPointerError);
    assertEquals(error.code, "double-free");
  }
  const next = heap.malloc(10);
  assertEquals(next, address);
  heap.check();
  heap.free(next);
});

Deno.test("a reset reports damage after it has freed all blocks", () => {
  using heap = new Heap({ debug: true });
  poke(heap.malloc(10) + 10, 0);
  const error = assertThrows(() => heap.reset(), CorruptionError);
  assertEquals(error.code, "overrun");
  assertEquals(heap.leaks().blocks, 0);
  heap.check();
});
