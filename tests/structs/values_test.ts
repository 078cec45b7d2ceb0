// What is written is what is read, and where it lies.
import { assertEquals, assertThrows } from "@std/assert";
import { Heap, struct } from "../../mod.ts";

const EDGES = struct({
  bool: "bool",
  u8: "u8",
  i8: "i8",
  u16: "u16",
  i16: "i16",
  u32: "u32",
  i32: "i32",
  u64: "u64",
  i64: "i64",
  usize: "usize",
  isize: "isize",
  f32: "f32",
  f64: "f64",
});

const LOWEST = {
  bool: false,
  u8: 0,
  i8: -(2 ** 7),
  u16: 0,
  i16: -(2 ** 15),
  u32: 0,
  i32: -(2 ** 31),
  u64: 0n,
  i64: -(2n ** 63n),
  usize: 0n,
  isize: -(2n ** 63n),
  f32: -Infinity,
  f64: -Number.MAX_VALUE,
};

const HIGHEST = {
  bool: true,
  u8: 2 ** 8 - 1,
  i8: 2 ** 7 - 1,
  u16: 2 ** 16 - 1,
  i16: 2 ** 15 - 1,
  u32: 2 ** 32 - 1,
  i32: 2 ** 31 - 1,
  u64: 2n ** 64n - 1n,
  i64: 2n ** 63n - 1n,
  usize: 2n ** 64n - 1n,
  isize: 2n ** 63n - 1n,
  f32: 2 ** 127,
  f64: NaN,
};

for (const [name, value] of Object.entries({ LOWEST, HIGHEST })) {
  Deno.test(`the ${name.toLowerCase()} value of each type is read as it was written`, () => {
    const bytes = new Uint8Array(EDGES.size);
    EDGES.write(bytes, value);
    assertEquals(EDGES.read(bytes), value);
  });
}

Deno.test("values are little-endian", () => {
  const layout = struct({ u16: "u16", u32: "u32", i64: "i64" });
  const bytes = new Uint8Array(layout.size);
  layout.write(bytes, { u16: 0x0102, u32: 0x03040506, i64: -2n });
  const high = Array.from({ length: 7 }, () => 255);
  assertEquals([...bytes], [2, 1, 0, 0, 6, 5, 4, 3, 254, ...high]);
});

Deno.test("a number is taken for a 64-bit integer, and a bigint read", () => {
  const layout = struct({ size: "usize", difference: "isize" });
  const bytes = new Uint8Array(layout.size);
  layout.write(bytes, { size: Number.MAX_SAFE_INTEGER, difference: -1 });
  assertEquals(layout.read(bytes), {
    size: 2n ** 53n - 1n,
    difference: -1n,
  });
});

Deno.test("every byte but 0 is true", () => {
  const layout = struct({ isOpen: "bool" });
  assertEquals(layout.get(Uint8Array.of(2), "isOpen"), true);
});

const Pointers = struct({ data: "pointer", callback: "function" });

/** The last are `(void *)-1` and pointers that keep a tag in their upper bits. */
for (
  const address of [
    0n,
    1n,
    2n ** 47n - 1n,
    2n ** 53n - 1n,
    2n ** 53n + 1n,
    2n ** 64n - 1n,
    0x0b00_7f00_1234_5679n,
  ]
) {
  Deno.test(`a pointer to 0x${address.toString(16)} keeps all its bits`, () => {
    const pointer = Deno.UnsafePointer.create(address);
    const bytes = new Uint8Array(Pointers.size);
    Pointers.write(bytes, { data: pointer, callback: pointer });
    const words = new BigUint64Array(bytes.buffer);
    assertEquals([...words], [address, address]);
    const { data, callback } = Pointers.read(bytes);
    assertEquals(Deno.UnsafePointer.value(data), address);
    assertEquals(Deno.UnsafePointer.value(callback), address);
  });
}

const Shape = struct({
  id: "u8",
  point: { x: "f32", label: { text: ["u8", 3] }, y: "f32" },
  sides: [{ length: "u16", isOpen: "bool" }, 2],
});

const SHAPE = {
  id: 1,
  point: { x: 1.5, label: { text: [1, 2, 3] }, y: -2 },
  sides: [{ length: 500, isOpen: true }, { length: 7, isOpen: false }],
};

Deno.test("structures and arrays inside are read as they were written", () => {
  const bytes = new Uint8Array(Shape.size);
  Shape.write(bytes, SHAPE);
  assertEquals(Shape.read(bytes), SHAPE);
});

Deno.test("get gives one field, set changes nothing else", () => {
  const bytes = new Uint8Array(Shape.size);
  Shape.write(bytes, SHAPE);
  assertEquals(Shape.get(bytes, "point"), SHAPE.point);
  assertEquals(Shape.get(bytes, "point.label.text"), [1, 2, 3]);
  Shape.set(bytes, "point.y", 8);
  Shape.set(bytes, "point.label", { text: Uint8Array.of(4, 5, 6) });
  assertEquals(Shape.read(bytes), {
    ...SHAPE,
    point: { x: 1.5, label: { text: [4, 5, 6] }, y: 8 },
  });
});

Deno.test("an array is written from a typed array that shows the same memory", () => {
  const layout = struct({ shifted: ["u8", 4] });
  const memory = Uint8Array.of(1, 2, 3, 4, 5);
  layout.write(memory, { shifted: memory.subarray(0, 4) }, 1);
  assertEquals([...memory], [1, 1, 2, 3, 4]);
});

Deno.test("padding is written as zeros, and what is behind the structure is left", () => {
  const layout = struct({ small: "u8", large: "u32", last: "u16" });
  const bytes = new Uint8Array(layout.size + 1).fill(255);
  layout.write(bytes, { small: 1, large: 2, last: 3 });
  assertEquals([...bytes], [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 255]);
});

Deno.test("a value may be one that computes its fields", () => {
  class Square {
    get x() {
      return 2;
    }
    get y() {
      return this.x ** 2;
    }
  }
  const layout = struct({ x: "f64", y: "f64" });
  const bytes = new Uint8Array(layout.size);
  layout.write(bytes, new Square());
  assertEquals(layout.read(bytes), { x: 2, y: 4 });
});

Deno.test("a value that writes another while it is read does not disturb it", () => {
  const layout = struct({ x: "u8", y: "u8" });
  const [bytes, others] = [new Uint8Array(2), new Uint8Array(2)];
  layout.write(bytes, { x: 5, y: 6 });
  layout.write(bytes, {
    x: 1,
    get y() {
      layout.write(others, { x: 7, y: 8 });
      return 2;
    },
  });
  assertEquals([[...bytes], [...others]], [[1, 2], [7, 8]]);
});

Deno.test("nothing is written of a value that throws while it is read", () => {
  const layout = struct({ x: "u8", y: "u8" });
  const bytes = new Uint8Array(2);
  const value = {
    x: 1,
    get y(): number {
      throw new Error("no y today");
    },
  };
  assertThrows(() => layout.write(bytes, value), Error, "no y today");
  assertEquals([...bytes], [0, 0]);
});

Deno.test("a block of a heap is written and read in place", () => {
  using heap = new Heap();
  const address = heap.malloc(Pointers.size);
  const pointer = heap.pointer(address);
  Pointers.write(heap.bytes(address), { data: pointer, callback: null });
  const { data, callback } = Pointers.read(heap.bytes(address));
  assertEquals([heap.address(data), callback], [address, null]);
});
