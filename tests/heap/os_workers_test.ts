// Which heap the os_* functions use: in the main thread, in Workers, and when told.
import { assertEquals, assertThrows } from "@std/assert";
import {
  Heap,
  InvalidPointerError,
  os_free,
  os_heap,
  os_malloc,
  os_use,
  processMemory,
  UsageError,
} from "../../mod.ts";
import { OrderedWorker } from "../support/ordered_worker.ts";
import { gatedTest } from "../support/permissions.ts";
import { seededRandom } from "../support/seed.ts";

interface Found {
  readonly isBelowBreak: boolean;
  readonly liveBlocks: number;
}

const READ = [{ name: "read" }] as const;

Deno.test("os_heap() is the heap that the os_* functions use", () => {
  const before = os_heap().stats().liveBlocks;
  const pointer = os_malloc(100);
  assertEquals(os_heap().stats().liveBlocks, before + 1);
  os_free(pointer);
  os_heap().check();
});

Deno.test("os_use() changes the heap of the os_* functions", () => {
  const before = os_heap();
  using heap = new Heap();
  os_use(heap);
  const pointer = os_malloc(100);
  assertEquals([os_heap() === heap, heap.stats().liveBlocks], [true, 1]);
  os_free(pointer);
  os_use(before);
  assertEquals(os_heap(), before);
});

Deno.test("os_use() is refused while blocks are live that could not be freed any more", () => {
  const before = os_heap();
  using heap = new Heap();
  os_use(heap);
  os_use(heap);
  const pointers = [os_malloc(100), os_malloc(100)];
  os_use(heap);
  const error = assertThrows(() => os_use(before), UsageError);
  assertEquals([error.code, error.message], [
    "in-use",
    "Cannot use another heap for the os_* functions: 2 of their blocks are live in the " +
    "one before and could not be freed any more; free them first, or call os_use before " +
    "the first os_malloc",
  ]);
  for (const pointer of pointers) os_free(pointer);
  os_use(before);
});

Deno.test("os_use() takes another heap after the one before was disposed of", () => {
  const before = os_heap();
  const heap = new Heap();
  os_use(heap);
  os_malloc(100);
  heap[Symbol.dispose]();
  os_use(before);
  assertEquals(os_heap(), before);
});

Deno.test("os_use() refuses a heap that was disposed of", () => {
  const before = os_heap();
  const heap = new Heap();
  heap[Symbol.dispose]();
  const error = assertThrows(() => os_use(heap), UsageError);
  assertEquals([error.code, os_heap() === before], ["disposed", true]);
});

Deno.test("the os_* functions of the main thread use the program break", () => {
  const address = Number(Deno.UnsafePointer.value(os_malloc(100)));
  assertEquals(address < processMemory().sbrk(0), true);
  os_heap().free(address);
});

gatedTest({
  name: "the os_* functions of a Worker use an arena",
  needs: READ,
  async fn() {
    using worker = new OrderedWorker();
    assertEquals(await worker.order<Found>("osMalloc"), {
      isBelowBreak: false,
      liveBlocks: 0,
    });
  },
});

gatedTest({
  name:
    "the os_* functions of a Worker use the program break when they are told to",
  needs: READ,
  async fn() {
    using worker = new OrderedWorker();
    await worker.order("useBreak");
    assertEquals(await worker.order<Found>("osMalloc"), {
      isBelowBreak: true,
      liveBlocks: 0,
    });
  },
});

gatedTest({
  name:
    "an address of a Worker's os_malloc on the break is refused in the main thread",
  needs: READ,
  async fn() {
    using worker = new OrderedWorker();
    await worker.order("useBreak");
    const address = await worker.order<number>("osAllocate", 100);
    const pointer = os_heap().pointer(address);
    const { code } = assertThrows(() => os_free(pointer), InvalidPointerError);
    assertEquals(code, "foreign-isolate");
  },
});

gatedTest({
  name:
    "the os_* functions of four Workers, told to use the break, do not disturb each other",
  needs: READ,
  async fn() {
    const random = seededRandom();
    using workers = new DisposableStack();
    const calls = [1, 2, 3, 4].map(async () => {
      const worker = workers.use(new OrderedWorker());
      await worker.order("useBreak");
      return await worker.order<number>("exerciseOs", random.between(0, 9999));
    });
    assertEquals(await Promise.all(calls), [10_000, 10_000, 10_000, 10_000]);
  },
});
