// Descriptions that are none of a structure in C.
import { assertEquals, assertThrows } from "@std/assert";
import {
  ArgumentError,
  struct,
  type StructFields,
  UsageError,
} from "../../mod.ts";

const TYPES = "expected one of bool, u8, i8, u16, i16, u32, i32, u64, i64, " +
  "usize, isize, f32, f64, pointer, function, [type, length], a structure or an " +
  "object of fields";

const endless: Record<string, unknown> = { id: "u32" };
endless.next = { deeper: endless };

const endlessArray: unknown[] = [0, 2];
endlessArray[0] = endlessArray;

class Point {
  x = "f64";
}

const REFUSED: readonly (readonly [
  kind: new (...args: never[]) => Error,
  message: string,
  fields: unknown,
])[] = [
  [UsageError, "a structure of 5: expected a plain object of fields", 5],
  [UsageError, "a structure of null: expected a plain object of fields", null],
  [
    UsageError,
    'a structure of [ "u8", 2 ]: expected a plain object of fields',
    ["u8", 2],
  ],
  [
    UsageError,
    'a structure of Point { x: "f64" }: expected a plain object of fields',
    new Point(),
  ],
  [UsageError, "a structure without fields: in C it has at least one", {}],
  [
    UsageError,
    "inner.deep without fields: in C it has at least one",
    { inner: { deep: {} } },
  ],
  [UsageError, `point.x as "f65": ${TYPES}`, { point: { x: "f65" } }],
  [UsageError, `x as 8: ${TYPES}`, { x: 8 }],
  [UsageError, `x as undefined: ${TYPES}`, { x: undefined }],
  [UsageError, `x as null: ${TYPES}`, { x: null }],
  [UsageError, `inner as Point { x: "f64" }: ${TYPES}`, { inner: new Point() }],
  [UsageError, `x as { x: "f64" }: ${TYPES}`, {
    x: Object.create({}, { x: { value: "f64", enumerable: true } }),
  }],
  [
    UsageError,
    'data as "buffer": in a structure it is a "pointer", and you keep the bytes ' +
    "that it points to",
    { data: "buffer" },
  ],
  [
    UsageError,
    'a structure with a field named "0": JavaScript puts such names first, ' +
    "wherever they are written; expected a name as in C",
    { x: "u8", 0: "u8" },
  ],
  [
    UsageError,
    'inner with a field named "a.b": expected a name as in C',
    { inner: { "a.b": "u8" } },
  ],
  [
    UsageError,
    'a structure with a field named "": expected a name as in C',
    { "": "u8" },
  ],
  [
    UsageError,
    'a structure with a field named "__proto__": expected a name as in C',
    { ["__proto__"]: "u8" },
  ],
  [
    UsageError,
    "a structure with a field named Symbol(x): expected a name as in C",
    { [Symbol("x")]: "u8" },
  ],
  [
    UsageError,
    "next.deeper: it contains itself, so that it would have no end; use a " +
    '"pointer"',
    endless,
  ],
  [
    UsageError,
    'list: it contains itself, so that it would have no end; use a "pointer"',
    { list: endlessArray },
  ],
  [
    UsageError,
    'tags as [ "u8" ]: expected an array as [type, length]',
    { tags: ["u8"] },
  ],
  [
    UsageError,
    'tags as [ "u8", 2, 3 ]: expected an array as [type, length]',
    { tags: ["u8", 2, 3] },
  ],
  [
    UsageError,
    'tags as [ "u8", "2" ]: expected an array as [type, length]',
    { tags: ["u8", "2"] },
  ],
  [UsageError, `tags as "u9": ${TYPES}`, { tags: ["u9", 2] }],
  [
    ArgumentError,
    "tags with 0 elements: expected a positive whole number",
    { tags: ["u8", 0] },
  ],
  [
    ArgumentError,
    "tags with 1.5 elements: expected a positive whole number",
    { tags: ["u8", 1.5] },
  ],
  [
    ArgumentError,
    "tags of 72057594037927930 bytes: expected at most 9007199254740991",
    { tags: ["u64", Number.MAX_SAFE_INTEGER] },
  ],
  [
    ArgumentError,
    "a structure of 9007199254740992 bytes: expected at most 9007199254740991",
    { tags: ["u8", Number.MAX_SAFE_INTEGER], id: "u8" },
  ],
];

for (const [kind, message, fields] of REFUSED) {
  Deno.test(`refused: Cannot lay out ${message}`, () => {
    const error = assertThrows(() => struct(fields as StructFields), kind);
    assertEquals(error.message, `Cannot lay out ${message}`);
    assertEquals(error.name, kind.name);
  });
}

Deno.test("the same fields twice are no structure that contains itself", () => {
  const point = { x: "f32", y: "f32" } as const;
  assertEquals(struct({ start: point, end: point }).size, 16);
});

Deno.test("refused: a structure by value that has no place on a stack", () => {
  const largest = struct({ bytes: ["u8", 65_536] });
  assertEquals(largest.type.struct.length, 65_536);
  const larger = struct({ bytes: ["u8", 65_537] });
  const error = assertThrows(() => larger.type, ArgumentError);
  assertEquals(
    error.message,
    "Cannot pass a structure of 65537 bytes by value: expected at most 65536; " +
      "pass a pointer to it",
  );
});
