// Where the fields of a structure lie, and what its description becomes.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type FieldType, type ScalarType, struct } from "../../mod.ts";

const SCALARS: readonly (readonly [type: ScalarType, size: number])[] = [
  ["bool", 1],
  ["u8", 1],
  ["i8", 1],
  ["u16", 2],
  ["i16", 2],
  ["u32", 4],
  ["i32", 4],
  ["u64", 8],
  ["i64", 8],
  ["usize", 8],
  ["isize", 8],
  ["f32", 4],
  ["f64", 8],
  ["pointer", 8],
  ["function", 8],
];

for (const [type, size] of SCALARS) {
  Deno.test(`a field of type ${type} lies at a multiple of its ${size} bytes`, () => {
    const layout = struct({ first: "u8", second: type });
    assertEquals([layout.size, layout.align], [2 * size, size]);
    assertEquals(layout.fields.second, {
      offset: size,
      size,
      align: size,
      type,
    });
    assertEquals(layout.type, { struct: ["u8", type] });
  });
}

Deno.test("a structure inside lies at a multiple of its own alignment", () => {
  const { size, fields } = struct({
    id: "u8",
    inner: { small: "u8", large: "u32" },
    last: "u8",
  });
  assertEquals(size, 16);
  assertEquals(fields.inner.offset, 4);
  assertEquals(fields.last.offset, 12);
});

Deno.test("fields in braces are described as a structure of their own", () => {
  const { inner } = struct({ id: "u64", inner: { a: "u8", b: "u8" } }).fields;
  assertEquals(inner.type.size, 2);
  assertEquals(inner.type.fields.b.offset, 1);
});

Deno.test("a structure that has a layout is described as itself", () => {
  const Point = struct({ x: "f32", y: "f32" });
  const { fields } = struct({ start: Point, corners: [Point, 3] });
  assertStrictEquals(fields.start.type, Point);
  assertStrictEquals(fields.corners.type[0], Point);
});

Deno.test("an array has its element's alignment, and its length as so many members", () => {
  const layout = struct({ id: "u8", matrix: [["u16", 2], 3] });
  assertEquals([layout.size, layout.align], [14, 2]);
  assertEquals(layout.fields.matrix, {
    offset: 2,
    size: 12,
    align: 2,
    type: [["u16", 2], 3],
  });
  assertEquals(layout.type, {
    struct: ["u8", "u16", "u16", "u16", "u16", "u16", "u16"],
  });
});

Deno.test("a structure inside is one member of the type that FFI takes", () => {
  const Point = struct({ x: "f32", y: "f32" });
  const layout = struct({ point: Point, points: [Point, 2] });
  const point = { struct: ["f32", "f32"] } as const;
  assertEquals(layout.type, { struct: [point, point, point] });
});

Deno.test("a layout is frozen, and made only once for FFI", () => {
  const layout = struct({ id: "u8", inner: { tags: ["u8", 2] } });
  const { inner } = layout.fields;
  const { tags } = inner.type.fields;
  const parts = [layout, layout.fields, inner, inner.type, tags, tags.type];
  assert([...parts, layout.type, layout.type.struct].every(Object.isFrozen));
  assertStrictEquals(layout.type, layout.type);
});

Deno.test("a layout does not change with the description that it was made of", () => {
  const tags: [FieldType, number] = ["u8", 2];
  const description: Record<string, FieldType> = { id: "u8", tags };
  const layout = struct(description);
  description.id = "u64";
  tags[1] = 100;
  assertEquals([layout.size, layout.type], [3, { struct: ["u8", "u8", "u8"] }]);
  assertEquals(layout.fields.tags?.type, ["u8", 2]);
});

Deno.test("fields may have the names of what every object has", () => {
  const layout = struct({ constructor: "u8", toString: "u8", valueOf: "u8" });
  const value = { constructor: 1, toString: 2, valueOf: 3 };
  const bytes = new Uint8Array(3);
  layout.write(bytes, value);
  assertEquals([...bytes], [1, 2, 3]);
  assertEquals(Object.entries(layout.read(bytes)), Object.entries(value));
});
