// What each fit takes. The model says it in general (model_test.ts); these are
// the examples of a textbook.
import { assertEquals } from "@std/assert";
import type { FitPolicy, HeapOptions } from "../../../mod.ts";
import { FITS } from "../../support/policies.ts";
import { outline } from "../../support/outline.ts";
import { HEAP_START } from "../../support/places.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";

/** A heap with free blocks of these sizes, an allocated one behind each. */
function withFree(
  fit: FitPolicy,
  sizes: readonly number[],
  more: HeapOptions = {},
) {
  const heap = new RecordedHeap({ fit, preallocate: 0, ...more });
  const places = sizes.map((size) => {
    const place = heap.malloc(size);
    heap.malloc(8);
    return place;
  });
  for (const place of places) heap.free(place);
  heap.takeSystemCalls();
  return { heap, places, [Symbol.dispose]: () => heap[Symbol.dispose]() };
}

Deno.test("best fit takes the smallest free block that suffices", () => {
  using setup = withFree("best", [200, 64, 104, 400]);
  assertEquals(setup.heap.malloc(80), setup.places[2]);
});

Deno.test("first fit takes the lowest free block that suffices", () => {
  using setup = withFree("first", [64, 200, 104, 400]);
  assertEquals(setup.heap.malloc(80), setup.places[1]);
});

Deno.test("first fit starts at the front again for each request", () => {
  using setup = withFree("first", [64, 200, 64, 400]);
  assertEquals(setup.heap.malloc(200), setup.places[1]);
  assertEquals(setup.heap.malloc(64), setup.places[0]);
});

Deno.test("first fit takes the last block of the heap only if none before it suffices", () => {
  using setup = withFree("first", [64, 200], { preallocate: 4096 });
  const { heap, places } = setup;
  assertEquals(heap.malloc(200), places[1]);
  assertEquals(heap.malloc(100), places[1]! + 200 + 32 + 8 + 32);
});

Deno.test("worst fit takes the largest free block", () => {
  using setup = withFree("worst", [104, 400, 64, 200]);
  assertEquals(setup.heap.malloc(64), setup.places[1]);
});

Deno.test("worst fit takes the lowest of the largest free blocks", () => {
  using setup = withFree("worst", [64, 400, 400, 400]);
  const { heap, places } = setup;
  assertEquals(heap.malloc(400), places[1]);
  assertEquals(heap.malloc(400), places[2]);
});

Deno.test("worst fit takes the last block of the heap if that is the largest", () => {
  using setup = withFree("worst", [64, 400], { preallocate: 4096 });
  const { heap, places } = setup;
  assertEquals(heap.malloc(64), places[1]! + 400 + 32 + 8 + 32);
});

Deno.test("worst fit goes on in the rest of the block that it took, while that is the largest", () => {
  using setup = withFree("worst", [104, 400, 64]);
  const { heap, places } = setup;
  assertEquals(heap.malloc(64), places[1]);
  assertEquals(heap.malloc(64), places[1]! + 64 + 32);
});

Deno.test("next fit goes on where the last search ended", () => {
  using setup = withFree("next", [64, 200, 64, 200]);
  const { heap, places } = setup;
  assertEquals(heap.malloc(200), places[1]);
  assertEquals(heap.malloc(64), places[2]);
  assertEquals(heap.malloc(64), places[3]);
});

Deno.test("next fit goes on with the rest of the block that it took", () => {
  using setup = withFree("next", [64, 400, 64]);
  const { heap, places } = setup;
  assertEquals(heap.malloc(200), places[1]);
  assertEquals(heap.malloc(64), places[1]! + 200 + 32);
});

Deno.test("next fit wraps around at the end of the heap", () => {
  using setup = withFree("next", [64, 64, 200]);
  const { heap, places } = setup;
  assertEquals(heap.malloc(200), places[2]);
  assertEquals(heap.malloc(64), places[0]);
  assertEquals(heap.takeSystemCalls(), []);
});

Deno.test("next fit comes to the last block of the heap before it wraps around", () => {
  using setup = withFree("next", [64, 200], { preallocate: 4096 });
  const { heap, places } = setup;
  const last = places[1]! + 200 + 32 + 8 + 32;
  assertEquals(heap.malloc(104), last);
  assertEquals(heap.malloc(104), last + 104 + 32);
});

Deno.test("next fit does not give a block that was just freed out again, if it finds another", () => {
  using setup = withFree("next", [64, 64, 64]);
  const { heap, places } = setup;
  assertEquals(heap.malloc(64), places[0]);
  heap.free(places[0]!);
  assertEquals(heap.malloc(64), places[1]);
});

Deno.test("next fit starts at the block that the one where it left off was merged into", () => {
  using heap = new RecordedHeap({ fit: "next", preallocate: 0 });
  const sizes = [64, 8, 64, 64, 8, 64, 8];
  const places = sizes.map((size) => heap.malloc(size));
  heap.free(places[2]!);
  assertEquals(heap.malloc(64), places[2]); // left off at the block of places[3]
  heap.free(places[0]!);
  heap.free(places[2]!);
  heap.free(places[3]!);
  heap.free(places[5]!);
  assertEquals(heap.malloc(64), places[2]);
});

Deno.test("next fit does not move on when realloc() keeps a block in place", () => {
  using setup = withFree("next", [64, 64, 200, 64]);
  const { heap, places } = setup;
  assertEquals(heap.malloc(64), places[0]);
  const live = places[2]! + 200 + 32;
  assertEquals(heap.realloc(live, 48), live);
  assertEquals(heap.malloc(64), places[1]);
});

for (const fit of FITS) {
  Deno.test(`${fit} fit raises the break by what a free last block lacks`, () => {
    using heap = new RecordedHeap({ fit, preallocate: 0 });
    const [, last] = [8, 40].map((size) => heap.malloc(size));
    heap.free(last!);
    heap.takeSystemCalls();
    assertEquals(heap.malloc(100), last);
    assertEquals(heap.takeSystemCalls(), [
      { name: "brk", address: HEAP_START + 40 + 136, length: 64 },
    ]);
  });

  Deno.test(`${fit} fit raises the break for a new block if the last one is allocated`, () => {
    using setup = withFree(fit, [40]);
    setup.heap.malloc(48);
    assertEquals(outline(setup.heap.blocks()), [
      "free 40",
      "allocated 8",
      "allocated 48",
    ]);
  });

  Deno.test(`stats() knows the largest free block by ${fit} fit`, () => {
    using setup = withFree(fit, [64, 400, 200]);
    const { heap } = setup.heap;
    assertEquals(heap.stats().largestFreeBytes, 400);
    heap.malloc(400);
    assertEquals(heap.stats().largestFreeBytes, 200);
    heap.check();
  });
}
