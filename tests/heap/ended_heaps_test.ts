// A heap lets go of its tables when it ends, whether or not the program keeps it.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Contract } from "../../heap/contract.ts";
import { checkOptions, policyOf } from "../../heap/heap_options.ts";
import { SystemCalls } from "../../heap/source/system_calls.ts";
import { arenaMemory, type FitPolicy, Heap } from "../../mod.ts";

const FITS: readonly FitPolicy[] = ["best", "first", "next", "worst"];

/** Uses many of a heap's tables, and disposes of the heap. */
function useUp(heap: Heap): void {
  const addresses = Array.from(
    { length: 40 },
    (_, i) => heap.malloc(8 * i + 8),
  );
  for (const address of addresses) heap.free(address);
  heap.malloc(200_000);
  heap.allocate(8)[Symbol.dispose]();
  heap[Symbol.dispose]();
}

Deno.test("heaps made and disposed of in one go leave no tables until the job ends", () => {
  for (let warm = 0; warm < 100; warm++) useUp(new Heap());
  const before = Deno.memoryUsage().external;
  for (let made = 0; made < 1500; made++) useUp(new Heap());
  const grown = Deno.memoryUsage().external - before;
  assert(
    grown < 25e6,
    `${grown / 1e6} MB more; all tables together have 57 MB`,
  );
});

for (const fit of FITS) {
  Deno.test(`nothing is left of the tables of a heap that has ended: ${fit} fit`, () => {
    using arena = arenaMemory();
    const contract = new Contract(
      new SystemCalls(arena),
      policyOf(checkOptions({ fit }), arena.pageSize),
    );
    const addresses = Array.from(
      { length: 3000 },
      (_, i) => contract.malloc(8 * i + 8),
    );
    for (const [i, address] of addresses.entries()) {
      if (i % 2 === 0) contract.free(address);
    }
    contract.malloc(16);
    assert(contract.walk.tableBytes > 10_000);
    contract.close();
    contract.letGo();
    assertEquals(contract.walk.tableBytes, 0);
    assertEquals([...contract], []);
  });
}

Deno.test("the engine counts less than 400 KB for a heap with one block", () => {
  const before = Deno.memoryUsage().external;
  const heaps = Array.from({ length: 100 }, () => new Heap());
  for (const heap of heaps) heap.malloc(100);
  const each = (Deno.memoryUsage().external - before) / heaps.length;
  for (const heap of heaps) heap[Symbol.dispose]();
  assert(
    each < 400_000,
    `${each} bytes: it collects garbage without end from 8 GB on`,
  );
});

Deno.test("a list of blocks ends where its heap was disposed of", () => {
  const heap = new Heap();
  heap.malloc(8);
  heap.malloc(8);
  const blocks = heap.blocks();
  assertEquals(blocks.next().value?.size, 8);
  heap[Symbol.dispose]();
  assertEquals([...blocks], []);
});

Deno.test("a pointer of a disposed heap is unknown, and of a live one it is recognised", () => {
  using heap = new Heap();
  const other = new Heap();
  const address = other.malloc(8);
  assertThrows(() => heap.free(address), Error, "another heap");
  other[Symbol.dispose]();
  const { message } = assertThrows(() => heap.free(address), Error);
  assertEquals(message.includes("another heap"), false);
});
