// Values that a field cannot hold: each is named, and nothing is written.
import { assertEquals, assertThrows } from "@std/assert";
import { ArgumentError, type InputOf, struct, UsageError } from "../../mod.ts";

const Everything = struct({
  bool: "bool",
  u8: "u8",
  i16: "i16",
  u32: "u32",
  u64: "u64",
  i64: "i64",
  f32: "f32",
  f64: "f64",
  pointer: "pointer",
  function: "function",
  tags: ["u8", 3],
  point: { x: "f64", y: "f64" },
  corners: [{ x: "u8" }, 2],
});

const VALUE: InputOf<typeof Everything> = {
  bool: true,
  u8: 1,
  i16: 2,
  u32: 3,
  u64: 4n,
  i64: 5n,
  f32: 6,
  f64: 7,
  pointer: null,
  function: null,
  tags: [8, 9, 10],
  point: { x: 11, y: 12 },
  corners: [{ x: 13 }, { x: 14 }],
};

const U64 = "a bigint or a safe integer from 0 to 18446744073709551615";
const I64 =
  "a bigint or a safe integer from -9223372036854775808 to 9223372036854775807";

type Kind = new (...args: never[]) => Error;

const REFUSED: readonly (readonly [
  field: keyof typeof VALUE,
  value: unknown,
  kind: Kind,
  message: string,
])[] = [
  ["bool", 1, UsageError, "bool to 1: expected a boolean"],
  ["u8", "a", UsageError, 'u8 to "a": expected an integer from 0 to 255'],
  ["u8", 1n, UsageError, "u8 to 1n: expected an integer from 0 to 255"],
  ["u8", -1, ArgumentError, "u8 to -1: expected an integer from 0 to 255"],
  ["u8", 256, ArgumentError, "u8 to 256: expected an integer from 0 to 255"],
  ["u8", 1.5, ArgumentError, "u8 to 1.5: expected an integer from 0 to 255"],
  ["u8", NaN, ArgumentError, "u8 to NaN: expected an integer from 0 to 255"],
  [
    "i16",
    32768,
    ArgumentError,
    "i16 to 32768: expected an integer from -32768 to 32767",
  ],
  [
    "u32",
    2 ** 32,
    ArgumentError,
    "u32 to 4294967296: expected an integer from 0 to 4294967295",
  ],
  ["u64", "1", UsageError, `u64 to "1": expected ${U64}`],
  ["u64", -1n, ArgumentError, `u64 to -1n: expected ${U64}`],
  ["u64", -1, ArgumentError, `u64 to -1: expected ${U64}`],
  ["u64", 0.5, ArgumentError, `u64 to 0.5: expected ${U64}`],
  [
    "u64",
    2n ** 64n,
    ArgumentError,
    `u64 to 18446744073709551616n: expected ${U64}`,
  ],
  ["u64", 2 ** 53, ArgumentError, `u64 to 9007199254740992: expected ${U64}`],
  [
    "i64",
    2n ** 63n,
    ArgumentError,
    `i64 to 9223372036854775808n: expected ${I64}`,
  ],
  ["f32", "1", UsageError, 'f32 to "1": expected a number'],
  [
    "f32",
    1e39,
    ArgumentError,
    "f32 to 1e+39: expected a number that an f32 holds",
  ],
  ["f64", 1n, UsageError, "f64 to 1n: expected a number"],
  [
    "pointer",
    4096,
    UsageError,
    "pointer to 4096: expected a pointer, or null for NULL",
  ],
  [
    "pointer",
    new Uint8Array(2),
    UsageError,
    "pointer to Uint8Array(2) [ 0, 0 ]: expected a pointer, or null for NULL",
  ],
  [
    "function",
    undefined,
    UsageError,
    "function to undefined: expected a pointer, or null for NULL",
  ],
  ["tags", 5, UsageError, "tags to 5: expected an array of 3"],
  [
    "tags",
    new DataView(new ArrayBuffer(3)),
    UsageError,
    "tags to DataView { byteLength: 3, byteOffset: 0, buffer: ArrayBuffer { " +
    "[Uint8Contents]: <00 00 00>, byteLength: 3 } }: expected an array of 3",
  ],
  ["tags", "abc", UsageError, 'tags to "abc": expected an array of 3'],
  [
    "tags",
    [1, 2],
    ArgumentError,
    "tags to [ 1, 2 ]: expected 3 elements, not 2",
  ],
  [
    "tags",
    [1, 2, 3, 4],
    ArgumentError,
    "tags to [ 1, 2, 3, 4 ]: expected 3 elements, not 4",
  ],
  [
    "tags",
    [1, 2, 300],
    ArgumentError,
    "tags[2] to 300: expected an integer from 0 to 255",
  ],
  ["point", null, UsageError, "point to null: expected an object with x, y"],
  ["point", { x: 1 }, UsageError, "point.y to undefined: expected a number"],
  [
    "point",
    { x: "a", y: 2 },
    UsageError,
    'point.x to "a": expected a number',
  ],
  [
    "point",
    { x: 1, y: 2, z: 3 },
    UsageError,
    "point to { x: 1, y: 2, z: 3 }: expected only x, y, not z",
  ],
  [
    "corners",
    [{ x: 1 }, { x: -1 }],
    ArgumentError,
    "corners[1].x to -1: expected an integer from 0 to 255",
  ],
];

for (const [field, value, kind, message] of REFUSED) {
  Deno.test(`refused: Cannot set ${message}`, () => {
    const bytes = new Uint8Array(Everything.size);
    const whole = { ...VALUE, [field]: value } as typeof VALUE;
    for (
      const call of [
        () => Everything.write(bytes, whole),
        () => Everything.set(bytes, field, whole[field]),
      ]
    ) {
      const error = assertThrows(call, kind);
      assertEquals(error.message, `Cannot set ${message}`);
      assertEquals(error.name, kind.name);
    }
    assertEquals(bytes, new Uint8Array(Everything.size));
  });
}

Deno.test("what is refused last is what the next write does not remember", () => {
  const layout = struct({ x: "u8", padded: { y: "u32" } });
  const bytes = new Uint8Array(layout.size).fill(9);
  const wrong = { x: 1, padded: { y: -1 } };
  assertThrows(() => layout.write(bytes, wrong), ArgumentError);
  assertEquals([...bytes], [9, 9, 9, 9, 9, 9, 9, 9]);
  layout.write(bytes, { x: 2, padded: { y: 3 } });
  assertEquals([...bytes], [2, 0, 0, 0, 3, 0, 0, 0]);
});

const Point = struct({ x: "f64", y: "f64" });

const REFUSED_WHOLE: readonly (readonly [value: unknown, message: string])[] = [
  [5, "Cannot write 5: expected an object with x, y"],
  [null, "Cannot write null: expected an object with x, y"],
  [{ x: 1 }, "Cannot set y to undefined: expected a number"],
  [[1, 2], "Cannot write [ 1, 2 ]: expected only x, y, not 0"],
  [
    { x: 1, y: 2, z: "a".repeat(60) },
    `Cannot write { x: 1, y: 2, z: "${
      "a".repeat(40)
    }"... 20 more characters }: ` +
    "expected only x, y, not z",
  ],
];

for (const [value, message] of REFUSED_WHOLE) {
  Deno.test(`refused: ${message}`, () => {
    const bytes = new Uint8Array(Point.size);
    const given = value as InputOf<typeof Point>;
    const error = assertThrows(() => Point.write(bytes, given), UsageError);
    assertEquals(error.message, message);
    assertEquals(bytes, new Uint8Array(Point.size));
  });
}

Deno.test("refused: a path that leads to no field, naming those that there are", () => {
  const layout = struct({ id: "u8", point: Point, tags: ["u8", 2] });
  const fields = "expected one of id, point, point.x, point.y, tags";
  const bytes = new Uint8Array(layout.size);
  for (const path of ["pont", "", "point.z", "tags.0", "toString"] as never[]) {
    const given = Deno.inspect(path);
    const get = assertThrows(() => layout.get(bytes, path), UsageError);
    assertEquals(get.message, `Cannot get ${given}: ${fields}`);
    const set = assertThrows(
      () => layout.set(bytes, path, 1 as never),
      UsageError,
    );
    assertEquals(set.message, `Cannot set ${given}: ${fields}`);
  }
});
