// What the compiler knows of a structure: these assignments are what is tested.
import { assertEquals, assertThrows } from "@std/assert";
import {
  type InputOf,
  type Struct,
  struct,
  UsageError,
  type ValueOf,
} from "../../mod.ts";

type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;

const Point = struct({ x: "f64", y: "f64" });
const Shape = struct({
  id: "u32",
  length: "usize",
  name: "pointer",
  isOpen: "bool",
  start: Point,
  label: { text: ["u8", 4] },
  matrix: [["f32", 4], 4],
  corners: [Point, 3],
});

Deno.test("the type of a structure's values follows from its fields", () => {
  const isValue: IsSame<ValueOf<typeof Shape>, {
    id: number;
    length: bigint;
    name: Deno.PointerValue;
    isOpen: boolean;
    start: { x: number; y: number };
    label: { text: number[] };
    matrix: number[][];
    corners: { x: number; y: number }[];
  }> = true;
  const isInput: IsSame<InputOf<typeof Shape>["length"], bigint | number> =
    true;
  assertEquals([isValue, isInput], [true, true]);
});

Deno.test("a path has its field's type", () => {
  const bytes = new Uint8Array(Shape.size);
  const x: number = Shape.get(bytes, "start.x");
  const text: number[] = Shape.get(bytes, "label.text");
  const length: bigint = Shape.get(bytes, "length");
  assertEquals([x, text, length], [0, [0, 0, 0, 0], 0n]);
});

Deno.test("what a structure does not have does not compile, and throws", () => {
  const bytes = new Uint8Array(Shape.size);
  // @ts-expect-error there is no such field
  assertThrows(() => Shape.get(bytes, "start.z"), UsageError);
  // @ts-expect-error it is a number
  assertThrows(() => Shape.set(bytes, "start.x", "a"), UsageError);
  // @ts-expect-error y is missing
  assertThrows(() => Point.write(bytes, { x: 1 }), UsageError);
  // @ts-expect-error there is no such type
  assertThrows(() => struct({ x: "f65" }), UsageError);
});

Deno.test("a function can take any structure", () => {
  const names = (layout: Struct) => Object.keys(layout.fields);
  assertEquals(names(Point), ["x", "y"]);
  assertEquals(names(Shape).length, 8);
});
