// Structures that go through FFI: by value, filled in by C, sorted by C.
import { assert, assertEquals } from "@std/assert";
import { Heap, struct } from "../../mod.ts";

const Division = struct({ quotient: "i64", remainder: "i64" });
const IntDivision = struct({ quotient: "i32", remainder: "i32" });

Deno.test("a structure that C returns by value is read where FFI put it", () => {
  const library = Deno.dlopen("libc.so.6", {
    div: { parameters: ["i32", "i32"], result: IntDivision.type },
    ldiv: { parameters: ["i64", "i64"], result: Division.type },
  });
  const { div, ldiv } = library.symbols;
  assertEquals(IntDivision.read(div(-17, 5)), { quotient: -3, remainder: -2 });
  assertEquals(Division.read(ldiv(2n ** 62n, 10n)), {
    quotient: 461168601842738790n,
    remainder: 4n,
  });
  library.close();
});

Deno.test("a structure is taken and given by value by a function for C", () => {
  const definition = {
    parameters: [Division.type],
    result: Division.type,
  } as const;
  const swap = new Deno.UnsafeCallback(definition, (bytes) => {
    const { quotient, remainder } = Division.read(bytes);
    const swapped = new Uint8Array(Division.size);
    Division.write(swapped, { quotient: remainder, remainder: quotient });
    return swapped;
  });
  const bytes = new Uint8Array(Division.size);
  Division.write(bytes, { quotient: 1, remainder: 2 });
  const call = new Deno.UnsafeFnPointer(swap.pointer, definition);
  assertEquals(Division.read(call.call(bytes)), {
    quotient: 2n,
    remainder: 1n,
  });
  swap.close();
});

/** `struct tm` of glibc. */
const Time = struct({
  second: "i32",
  minute: "i32",
  hour: "i32",
  day: "i32",
  month: "i32",
  year: "i32",
  weekday: "i32",
  yearDay: "i32",
  isSummer: "i32",
  offset: "i64",
  zone: "pointer",
});

Deno.test("C fills a structure in a block of a heap", () => {
  using heap = new Heap();
  const library = Deno.dlopen("libc.so.6", {
    gmtime_r: { parameters: ["buffer", "pointer"], result: "pointer" },
    timegm: { parameters: ["pointer"], result: "i64" },
  });
  const address = heap.malloc(Time.size);
  const pointer = heap.pointer(address);
  library.symbols.gmtime_r(BigInt64Array.of(1_000_000_000n), pointer);
  const { zone, ...time } = Time.read(heap.bytes(address));
  assertEquals(time, {
    second: 40,
    minute: 46,
    hour: 1,
    day: 9,
    month: 8,
    year: 101,
    weekday: 0,
    yearDay: 251,
    isSummer: 0,
    offset: 0n,
  });
  assert(zone !== null);
  assertEquals(Deno.UnsafePointerView.getCString(zone), "GMT");
  Time.set(heap.bytes(address), "day", 10);
  assertEquals(library.symbols.timegm(pointer), 1_000_086_400n);
  library.close();
});

const Entry = struct({ key: "u8", value: { weight: "f64" } });

Deno.test("C sorts an array of structures as TypeScript compares them", () => {
  using heap = new Heap();
  const library = Deno.dlopen("libc.so.6", {
    qsort: {
      parameters: ["pointer", "usize", "usize", "function"],
      result: "void",
    },
  });
  const weights = [2.5, -1, 7, 0, 3];
  const address = heap.malloc(weights.length * Entry.size);
  const entries = heap.bytes(address);
  for (const [key, weight] of weights.entries()) {
    Entry.write(Entry.at(entries, key), { key, value: { weight } });
  }
  const weightAt = (pointer: Deno.PointerValue) =>
    Entry.get(entries, "value.weight", heap.address(pointer) - address);
  const compare = new Deno.UnsafeCallback(
    { parameters: ["pointer", "pointer"], result: "i32" },
    (left, right) => Math.sign(weightAt(left) - weightAt(right)),
  );
  library.symbols.qsort(
    heap.pointer(address),
    BigInt(weights.length),
    BigInt(Entry.size),
    compare.pointer,
  );
  const keys = weights.map((_, index) =>
    Entry.get(Entry.at(entries, index), "key")
  );
  assertEquals(keys, [1, 3, 0, 4, 2]);
  compare.close();
  library.close();
});
