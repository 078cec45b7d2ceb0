// Sizes that are none, and sizes that no memory has.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type FitPolicy,
  Heap,
  type HeapOptions,
  OutOfMemoryError,
} from "../../../mod.ts";

const MOST = Number.MAX_SAFE_INTEGER;

// What a caller without type checks may pass.
const NO_SIZES: readonly unknown[] = [
  -1,
  -0.5,
  0.5,
  NaN,
  Infinity,
  -Infinity,
  MOST + 1,
  1e300,
  "8",
  8n,
  null,
  undefined,
  {},
];

for (const value of NO_SIZES) {
  const shown = Deno.inspect(value);
  const size = value as number;

  Deno.test(`malloc() refuses the size ${shown}`, () => {
    using heap = new Heap();
    assertThrows(() => heap.malloc(size), RangeError, "size");
    assertEquals(heap.stats().systemCalls, { sbrk: 0, mmap: 0, munmap: 0 });
  });

  Deno.test(`calloc() refuses ${shown} as either factor`, () => {
    using heap = new Heap();
    assertThrows(() => heap.calloc(size, 0), RangeError, "nmemb");
    assertThrows(() => heap.calloc(0, size), RangeError, "size");
  });

  Deno.test(`realloc() refuses the size ${shown} and leaves the block alone`, () => {
    using heap = new Heap();
    const address = heap.malloc(8);
    assertThrows(() => heap.realloc(address, size), RangeError, "size");
    assertThrows(() => heap.realloc(0, size), RangeError, "size");
    assertEquals(heap.usableSize(address), 8);
    heap.check();
  });
}

Deno.test("calloc() refuses two factors below 0, whatever their product", () => {
  using heap = new Heap();
  heap.malloc(8);
  const before = [...heap.blocks()];
  assertThrows(() => heap.calloc(-1, -1), RangeError, "nmemb");
  assertThrows(() => heap.calloc(-8, -8), RangeError, "nmemb");
  assertEquals([...heap.blocks()], before);
});

Deno.test("realloc() of NULL names itself when it refuses a size", () => {
  using heap = new Heap();
  for (const size of [0.5, 8n as unknown as number]) {
    assertThrows(() => heap.realloc(0, size), RangeError, "Cannot realloc");
  }
});

Deno.test("a refused size is named in the message", () => {
  using heap = new Heap();
  assertThrows(() => heap.malloc(-17), RangeError, "-17");
});

for (
  const [nmemb, size] of [
    [2 ** 32, 2 ** 32],
    [MOST, MOST],
    [2 ** 27, 2 ** 27],
    [MOST, 2],
  ] as const
) {
  Deno.test(`calloc(${nmemb}, ${size}) is out of memory, not a wrapped product`, () => {
    using heap = new Heap();
    const error = assertThrows(
      () => heap.calloc(nmemb, size),
      OutOfMemoryError,
      `calloc(${nmemb}, ${size})`,
    );
    assertEquals(error.cause, undefined);
    heap.check();
    assertEquals([...heap.blocks()], []);
  });
}

for (const mmapThreshold of [131072, Infinity]) {
  for (const size of [MOST, MOST - 7, MOST - 40, 2 ** 52, 2 ** 48]) {
    Deno.test(`malloc(${size}) with a threshold of ${mmapThreshold} is out of memory`, () => {
      using heap = new Heap({ mmapThreshold });
      heap.malloc(8);
      const before = [...heap.blocks()];
      assertThrows(() => heap.malloc(size), OutOfMemoryError, String(size));
      assertEquals([...heap.blocks()], before);
      heap.check();
    });

    Deno.test(`realloc() to ${size} with a threshold of ${mmapThreshold} is out of memory`, () => {
      using heap = new Heap({ mmapThreshold });
      const address = heap.malloc(8);
      heap.bytes(address).fill(5);
      assertThrows(
        () => heap.realloc(address, size),
        OutOfMemoryError,
        "realloc(",
      );
      assertEquals([...heap.bytes(address, 8)], Array(8).fill(5));
      heap.check();
    });
  }
}

// What a caller without type checks may pass, too.
const NO_OPTIONS: readonly unknown[] = [
  { fit: "bset" },
  { fit: "" },
  { fit: null },
  { fit: 1n },
  { split: "false" },
  { split: 0 },
  { split: null },
  { coalesce: "lazy" },
  { coalesce: false },
  { debug: "yes" },
  { debug: 1 },
  { onLeak: "print" },
  { onLeak: null },
  { growth: 0 },
  { growth: 7 },
  { growth: 12 },
  { growth: -8 },
  { growth: NaN },
  { growth: Infinity },
  { growth: 2 ** 53 },
  { growth: "8" },
  { mmapThreshold: -1 },
  { mmapThreshold: NaN },
  { mmapThreshold: 0.5 },
  { callocThreshold: -8 },
  { callocThreshold: -Infinity },
  { preallocate: -1 },
  { preallocate: 8 },
  { preallocate: 39 },
  { preallocate: 44 },
  { preallocate: Infinity },
  { preallocate: NaN },
];

for (const options of NO_OPTIONS as readonly HeapOptions[]) {
  const [[name, value]] = Object.entries(options) as [[string, unknown]];
  Deno.test(`a heap cannot be made with ${name} ${Deno.inspect(value)}`, () => {
    const error = assertThrows(() => new Heap(options), RangeError, name);
    assertStringIncludes(error.message, String(value));
    assertStringIncludes(error.message, "expected");
  });
}

Deno.test("a refused fit says which fits there are", () => {
  const fit = "bset" as FitPolicy;
  assertThrows(
    () => new Heap({ fit }),
    RangeError,
    'with fit "bset": expected one of "best", "first", "next", "worst"',
  );
});

for (const length of [-1, 9, 0.5, NaN, Infinity]) {
  Deno.test(`bytes() of a block of 8 bytes refuses the length ${length}`, () => {
    using heap = new Heap();
    const address = heap.malloc(8);
    assertThrows(() => heap.bytes(address, length), RangeError, String(length));
  });
}

for (const address of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
  Deno.test(`pointer() refuses ${address}, which is no address`, () => {
    using heap = new Heap();
    assertThrows(() => heap.pointer(address), RangeError, String(address));
  });
}
