// Structures of C that an object holds.
import { assertEquals, assertThrows } from "@std/assert";
import { ArgumentError, Heap, struct, UsageError } from "../../../mod.ts";

const Point = struct({ id: "u32", at: { x: "f64", y: "f64" } });

Deno.test("a structure is allocated with its size, its alignment and its value", () => {
  using heap = new Heap();
  const value = { id: 7, at: { x: 1.5, y: -2 } };
  using point = heap.allocateStruct(Point, value, { label: "point" });
  assertEquals([point.size, point.address % Point.align], [Point.size, 0]);
  assertEquals([point.label, Point.read(point)], ["point", value]);
  heap.check();
});

Deno.test("a structure without a value is all zeros", () => {
  using heap = new Heap();
  heap.bytes(heap.malloc(Point.size)).fill(0xff);
  heap.reset();
  using point = heap.allocateStruct(Point);
  assertEquals(Point.read(point), { id: 0, at: { x: 0, y: 0 } });
});

Deno.test("a structure can be aligned to more than its fields need", () => {
  using heap = new Heap();
  using point = heap.allocateStruct(Point, undefined, { align: 64 });
  assertEquals(point.address % 64, 0);
});

Deno.test("a value that does not fit leaves nothing allocated", () => {
  using heap = new Heap();
  using scope = heap.scope();
  const at = { x: 0, y: 0 };
  assertThrows(
    () => scope.allocateStruct(Point, { id: 2 ** 32, at }),
    ArgumentError,
    "Cannot set id to 4294967296",
  );
  assertThrows(
    () => scope.allocateStruct(Point, { id: "1" as unknown as number, at }),
    UsageError,
    'Cannot set id to "1"',
  );
  assertEquals([scope.size, heap.stats().liveBlocks], [0, 0]);
  heap.check();
});

Deno.test("a structure whose allocation was disposed of can be neither read nor written", () => {
  using heap = new Heap();
  const point = heap.allocateStruct(Point, undefined, { label: "point" });
  point[Symbol.dispose]();
  for (
    const use of [() => Point.read(point), () => Point.set(point, "id", 1)]
  ) {
    const { code } = assertThrows(use, UsageError, 'allocation "point"');
    assertEquals(code, "disposed");
  }
});
