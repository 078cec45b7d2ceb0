// When free neighbours become one block.
import { assertEquals } from "@std/assert";
import type { CoalescePolicy } from "../../../mod.ts";
import { outline } from "../../support/outline.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";

/** A heap without preallocation that holds blocks of these sizes. */
function heapOf(coalesce: CoalescePolicy, ...sizes: number[]) {
  const heap = new RecordedHeap({ coalesce, preallocate: 0 });
  const places = sizes.map((size) => heap.malloc(size));
  heap.takeSystemCalls();
  return { heap, places, [Symbol.dispose]: () => heap[Symbol.dispose]() };
}

for (const order of [[1, 2, 3], [3, 2, 1], [1, 3, 2], [2, 1, 3]]) {
  Deno.test(`immediate merging makes one block of neighbours freed in the order ${order}`, () => {
    using setup = heapOf("immediate", 8, 40, 40, 40, 8);
    const { heap, places } = setup;
    for (const index of order) heap.free(places[index]!);
    assertEquals(outline(heap.blocks()), [
      "allocated 8",
      "free 184",
      "allocated 8",
    ]);
    heap.heap.check();
  });

  Deno.test(`deferred merging leaves neighbours freed in the order ${order} to the next search`, () => {
    using setup = heapOf("deferred", 8, 40, 40, 40, 8);
    const { heap, places } = setup;
    for (const index of order) heap.free(places[index]!);
    assertEquals(outline(heap.blocks()).slice(1, 4), [
      "free 40",
      "free 40",
      "free 40",
    ]);
    assertEquals(heap.malloc(184), places[1]);
  });

  Deno.test(`neighbours that are never merged stay apart when freed in the order ${order}`, () => {
    using setup = heapOf("never", 8, 40, 40, 40, 8);
    const { heap, places } = setup;
    for (const index of order) heap.free(places[index]!);
    assertEquals(heap.malloc(48), places[4]! + 8 + 32);
    assertEquals(outline(heap.blocks()).slice(1, 4), [
      "free 40",
      "free 40",
      "free 40",
    ]);
    heap.heap.check();
  });
}

Deno.test("immediate merging takes in what realloc() cuts off", () => {
  using setup = heapOf("immediate", 200, 40, 8);
  const { heap, places } = setup;
  heap.free(places[1]!);
  heap.realloc(places[0]!, 40);
  assertEquals(outline(heap.blocks()), [
    "allocated 40",
    "free 200",
    "allocated 8",
  ]);
});

Deno.test("immediate merging takes in the free end of the heap", () => {
  using setup = heapOf("immediate", 8, 40, 40);
  const { heap, places } = setup;
  heap.free(places[2]!);
  heap.free(places[1]!);
  assertEquals(outline(heap.blocks()), ["allocated 8", "free 112"]);
  assertEquals(heap.malloc(112), places[1]);
  assertEquals(heap.takeSystemCalls(), []);
});

Deno.test("without merging realloc() cuts a block off that stays by itself", () => {
  using setup = heapOf("never", 200, 40, 8);
  const { heap, places } = setup;
  heap.free(places[1]!);
  heap.realloc(places[0]!, 40);
  assertEquals(outline(heap.blocks()), [
    "allocated 40",
    "free 128",
    "free 40",
    "allocated 8",
  ]);
  assertEquals(heap.malloc(128), places[0]! + 40 + 32);
});

Deno.test("without merging realloc() moves a block that is followed by free blocks", () => {
  using setup = heapOf("never", 40, 400, 8);
  const { heap, places } = setup;
  heap.free(places[1]!);
  assertEquals(heap.realloc(places[0]!, 200), places[1]);
  assertEquals(outline(heap.blocks()), [
    "free 40",
    "allocated 200",
    "free 168",
    "allocated 8",
  ]);
});

Deno.test("without merging the last block still grows where it is", () => {
  using setup = heapOf("never", 8, 40);
  const { heap, places } = setup;
  assertEquals(heap.realloc(places[1]!, 100), places[1]);
  heap.free(places[1]!);
  assertEquals(heap.malloc(200), places[1]);
  assertEquals(heap.takeSystemCalls().map(({ length }) => length), [64, 96]);
});

Deno.test("without merging a block that was split stays in two", () => {
  using setup = heapOf("never", 200, 8);
  const { heap, places } = setup;
  heap.free(places[0]!);
  heap.free(heap.malloc(40));
  assertEquals(outline(heap.blocks()), ["free 40", "free 128", "allocated 8"]);
});
