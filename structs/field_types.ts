/**
 * How a structure is described, and which values its fields have, as types.
 *
 * | written | in C | value read |
 * |---|---|---|
 * | `"bool"` | `bool` | `boolean` |
 * | `"u8"`, `"i8"` … `"u32"`, `"i32"` | `uint8_t`, `int8_t` … | `number` |
 * | `"f32"`, `"f64"` | `float`, `double` | `number` |
 * | `"u64"`, `"i64"`, `"usize"`, `"isize"` | `uint64_t` …, `size_t`, `ssize_t` | `bigint` |
 * | `"pointer"`, `"function"` | `void *`, a function's address | `Deno.PointerValue` |
 * | `["u8", 16]` | `uint8_t name[16]` | `number[]` |
 * | `{ x: "f64", y: "f64" }`, or a {@linkcode Struct} | a structure inside | an object |
 *
 * @module
 */
import type { Struct } from "./struct.ts";

/** What a field of each scalar type is in TypeScript. */
export interface ScalarValues {
  /** 1 byte: 0 is false. */
  bool: boolean;
  /** 1 byte. */
  u8: number;
  /** 1 byte. */
  i8: number;
  /** 2 bytes. */
  u16: number;
  /** 2 bytes. */
  i16: number;
  /** 4 bytes. */
  u32: number;
  /** 4 bytes. */
  i32: number;
  /** 8 bytes. */
  u64: bigint;
  /** 8 bytes. */
  i64: bigint;
  /** 8 bytes: `size_t`. */
  usize: bigint;
  /** 8 bytes: `ssize_t`. */
  isize: bigint;
  /** 4 bytes. */
  f32: number;
  /** 8 bytes. */
  f64: number;
  /** 8 bytes; `null` is NULL. */
  pointer: Deno.PointerValue;
  /** 8 bytes: the address of a function; `null` is NULL. */
  function: Deno.PointerValue;
}

/** The name of a scalar type: those of Deno's FFI but for `"buffer"`. */
export type ScalarType = keyof ScalarValues;

/**
 * The type of a field: a scalar, an array `[type, length]` of any of these, a
 * structure that has a layout already, or the fields of one.
 *
 * @example Fields that are put together by a program
 * ```ts
 * import { type FieldType, struct } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const grid = (width: number, height: number): FieldType => [
 *   ["u8", width],
 *   height,
 * ];
 * const Board = struct({ turn: "u8", cells: grid(3, 3) });
 * assertEquals(Board.size, 10);
 * ```
 */
export type FieldType =
  | ScalarType
  | readonly [FieldType, number]
  | Struct
  | StructFields;

/**
 * The fields of a structure in the order they have in C, each with its type. A name
 * is one that C would take, such as `tm_sec`.
 *
 * @example A structure whose fields are chosen when the program runs
 * ```ts
 * import { struct, type StructFields } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const version: number = 2;
 * const fields: StructFields = {
 *   id: "u32",
 *   ...(version > 1 ? { flags: "u64" } : {}),
 * };
 * assertEquals(struct(fields).size, 16);
 * ```
 */
export interface StructFields {
  /** The type of the field with this name. */
  readonly [name: string]: FieldType;
}

/**
 * What is read from a structure, or from a field of this type.
 *
 * @example The type of a structure's values
 * ```ts
 * import { struct, type ValueOf } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const Point = struct({ x: "f64", y: "f64" });
 * function length({ x, y }: ValueOf<typeof Point>): number {
 *   return Math.hypot(x, y);
 * }
 * const bytes = new Uint8Array(Point.size);
 * Point.write(bytes, { x: 3, y: 4 });
 * assertEquals(length(Point.read(bytes)), 5);
 * ```
 */
export type ValueOf<Type> = Type extends ScalarType ? ScalarValues[Type]
  : Type extends Struct<infer Fields>
    ? { -readonly [Name in keyof Fields]: ValueOf<Fields[Name]> }
  : Type extends readonly [infer Element, number] ? ValueOf<Element>[]
  : { -readonly [Name in keyof Type]: ValueOf<Type[Name]> };

/**
 * What may be written to a structure, or to a field of this type: what is read,
 * and numbers for 64-bit integers, and typed arrays for arrays.
 *
 * @example Numbers for 64-bit integers
 * ```ts
 * import { type InputOf, struct } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const Division = struct({ quotient: "i64", remainder: "i64" });
 * const value: InputOf<typeof Division> = { quotient: 3, remainder: 2n };
 * const bytes = new Uint8Array(Division.size);
 * Division.write(bytes, value);
 * assertEquals(Division.read(bytes), { quotient: 3n, remainder: 2n });
 * ```
 */
export type InputOf<Type> = Type extends ScalarType
  ? bigint extends ScalarValues[Type] ? bigint | number : ScalarValues[Type]
  : Type extends Struct<infer Fields>
    ? { readonly [Name in keyof Fields]: InputOf<Fields[Name]> }
  : Type extends readonly [infer Element, number] ? ArrayLike<InputOf<Element>>
  : { readonly [Name in keyof Type]: InputOf<Type[Name]> };

/**
 * The name of a field, or of one in a structure inside: `"point"`, `"point.x"`.
 *
 * @example A path that the compiler checks
 * ```ts
 * import { type FieldPath, struct } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const fields = { id: "u32", point: { x: "f64", y: "f64" } } as const;
 * const Shape = struct(fields);
 * const path: FieldPath<typeof fields> = "point.y";
 * assertEquals(Shape.get(new Uint8Array(Shape.size), path), 0);
 * ```
 */
export type FieldPath<Fields extends StructFields> = string extends keyof Fields
  ? string
  : {
    [Name in keyof Fields & string]:
      | Name
      | `${Name}.${FieldPath<FieldsIn<Fields[Name]>>}`;
  }[keyof Fields & string];

/** The fields of the structure that a field is; none if it is something else. */
export type FieldsIn<Type extends FieldType> = Type extends Struct<infer Fields>
  ? Fields
  : Type extends StructFields ? Type
  : Record<never, never>;

/** The type of the field at a path. */
export type FieldTypeAt<Fields extends StructFields, Path extends string> =
  Path extends keyof Fields ? Fields[Path]
    : Path extends `${infer Name}.${infer Rest}`
      ? Name extends keyof Fields ? FieldTypeAt<FieldsIn<Fields[Name]>, Rest>
      : never
    : never;

/**
 * Where a field lies, and what it is.
 *
 * @example Fields of a structure inside
 * ```ts
 * import { struct } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const { point } = struct({ id: "u32", point: { x: "f64", y: "f64" } }).fields;
 * assertEquals([point.offset, point.size, point.align], [8, 16, 8]);
 * assertEquals(point.type.fields.y.offset, 8); // from where point starts
 * ```
 */
export interface FieldLayout<Type extends FieldType = FieldType> {
  /** Bytes from the structure's start to the field. */
  readonly offset: number;
  /** Bytes of the field. */
  readonly size: number;
  /** Bytes of which its offset is a multiple. */
  readonly align: number;
  /** Its type; that of fields in braces is a {@linkcode Struct}. */
  readonly type: LaidOut<Type>;
}

/** A type in whose place fields in braces have become a {@linkcode Struct}. */
export type LaidOut<Type> = Type extends ScalarType | Struct ? Type
  : Type extends readonly [infer Element, infer Length]
    ? readonly [LaidOut<Element>, Length]
  : Type extends StructFields ? Struct<Type>
  : never;

/**
 * Memory that structures lie in: a view, bytes (such as FFI gives for a structure
 * by value), or what has a view. It is used in place, nothing is copied. A
 * `DataView` is the fastest: for bytes one is made in each call.
 *
 * @example The same memory in three ways
 * ```ts
 * import { struct } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const Count = struct({ count: "u32" });
 * const bytes = Uint8Array.of(1, 2, 0, 0);
 * const view = new DataView(bytes.buffer);
 * for (const target of [bytes, view, { view }]) {
 *   assertEquals(Count.get(target, "count"), 513);
 * }
 * ```
 */
export type StructTarget = DataView | Uint8Array | { readonly view: DataView };
