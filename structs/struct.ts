/**
 * Structures of C: {@linkcode struct} lays one out, a {@linkcode Struct} reads and writes
 * it, and types say which values its fields have.
 *
 * | written | in C | value read |
 * |---|---|---|
 * | `"bool"` | `bool` | `boolean` |
 * | `"u8"`, `"i8"` … `"u32"`, `"i32"` | `uint8_t`, `int8_t` … | `number` |
 * | `"f32"`, `"f64"` | `float`, `double` | `number` |
 * | `"u64"`, `"i64"`, `"usize"`, `"isize"` | `uint64_t` …, `size_t`, `ssize_t` | `bigint` |
 * | `"pointer"`, `"function"` | `void *`, a function's address | `Deno.PointerValue` |
 * | `["u8", 16]` | `uint8_t name[16]` | `number[]` |
 * | `{ x: "f64", y: "f64" }`, or a {@linkcode Struct} | a nested structure | an object |
 *
 * @module
 */
import { requireWhole } from "../errors/argument_error.ts";
import {
  ArrayLayout,
  type Place,
  placesIn,
  RecordLayout,
  RECORDS,
  resolveFields,
} from "./layouts.ts";
import {
  cannotSet,
  memoryGone,
  noRoom,
  noSuchField,
  notMemory,
  type Refusal,
  tooLargeByValue,
  within,
} from "./refusals.ts";
import type { Layout, Scalar, ScalarType, ScalarValues } from "./scalars.ts";

/**
 * Lays out a structure as a C compiler does on Linux: each field at the next
 * multiple of its alignment, and padding at the end up to a multiple of the
 * structure's own. All values are little-endian.
 *
 * ```text
 *   struct({ id: "u32", name: "pointer", point: { x: "f64", y: "f64" } })
 *
 *   0    4         8      16        24        32
 *   │ id │ padding │ name │ point.x │ point.y │
 * ```
 *
 * A field's type is one of `bool`, `u8`, `i8`, `u16`, `i16`, `u32`, `i32`, `u64`,
 * `i64`, `usize`, `isize`, `f32`, `f64`, `pointer` and `function`, an array
 * `[type, length]`, the fields of a nested structure, or a {@linkcode Struct}.
 *
 * @param fields Each field's type by its name, in C's order.
 * @returns Its layout.
 * @throws {UsageError} If there is no field, C does not allow a name, a type is not one
 * of these, or a structure contains itself.
 * @throws {ArgumentError} If the length of an array is not a positive whole number, or
 * the structure's size is not a safe integer.
 *
 * @example Write in TypeScript what C reads
 * ```ts
 * import { Heap, struct } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const Shape = struct({
 *   id: "u32",
 *   name: "pointer",
 *   point: { x: "f64", y: "f64" },
 * });
 * assertEquals([Shape.size, Shape.fields.point.offset], [32, 16]);
 *
 * using heap = new Heap();
 * const shape = heap.bytes(heap.malloc(Shape.size));
 * Shape.write(shape, { id: 7, name: null, point: { x: 1, y: 2 } });
 * Shape.set(shape, "point.y", 3);
 * assertEquals(Shape.get(shape, "point"), { x: 1, y: 3 });
 * ```
 */
export function struct<const Fields extends StructFields>(
  fields: Fields,
): Struct<Fields> {
  return new Struct(fields);
}

/** The most bytes of a structure that Deno's FFI passes by value. */
const MOST_BY_VALUE = 65_536;

/**
 * The layout of a structure in C, made by {@linkcode struct}: where its fields lie. It
 * reads and writes structures in memory that you give it.
 *
 * Memory is a `DataView`, a `Uint8Array`, or an object with a `view`, such as an
 * {@linkcode Allocation}. Each method takes the offset at which the structure starts, 0
 * by default, and refuses memory that is too small for the structure. The whole value is
 * checked before its first byte is stored. Padding is stored as zeros.
 *
 * @example An array of structures
 * ```ts
 * import { struct } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const Point = struct({ x: "f64", y: "f64" });
 * const bytes = new Uint8Array(3 * Point.size);
 * for (let index = 0; index < 3; index++) {
 *   Point.write(Point.at(bytes, index), { x: index, y: index ** 2 });
 * }
 * assertEquals(Point.read(bytes, 2 * Point.size), { x: 2, y: 4 });
 * ```
 */
export class Struct<Fields extends StructFields = StructFields> {
  /** Bytes of the structure, padding included: `sizeof` in C. */
  readonly size: number;
  /** Bytes of which its address is a multiple: `_Alignof` in C. */
  readonly align: number;
  /** Offset, size and type of each field. */
  readonly fields: {
    readonly [Name in keyof Fields]: FieldLayout<Fields[Name]>;
  };
  readonly #whole: Place;
  readonly #places: ReadonlyMap<string, Place>;
  /** Where a value is put together before it is stored; `undefined` while one is. */
  #draft: DataView<ArrayBuffer> | undefined;
  #type: Deno.NativeStructType | undefined;

  /**
   * Lays out a structure, as {@linkcode struct} does.
   *
   * @param fields Each field's type by its name, in C's order.
   */
  constructor(fields: Fields) {
    const record = fields instanceof RecordLayout
      ? fields // of a structure that this one is nested in
      : resolveFields(fields);
    RECORDS.set(this, record);
    structs.set(record, this as object as Struct);
    this.size = record.size;
    this.align = record.align;
    this.fields = describe(record);
    this.#whole = { path: "", offset: 0, layout: record };
    this.#places = new Map(
      placesIn(record).map((place) => [place.path, place]),
    );
    Object.freeze(this);
  }

  /**
   * The structure as a type of Deno's FFI, for parameters and results by value.
   * The FFI has no arrays: each element of an array becomes a member.
   *
   * @throws {ArgumentError} If the structure has more than 64 KiB: pass a pointer instead.
   *
   * @example A result by value
   * ```ts
   * import { struct } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * const Division = struct({ quotient: "i64", remainder: "i64" });
   * const library = Deno.dlopen("libc.so.6", {
   *   ldiv: { parameters: ["i64", "i64"], result: Division.type },
   * });
   * const division = Division.read(library.symbols.ldiv(17n, 5n));
   * assertEquals(division, { quotient: 3n, remainder: 2n });
   * library.close();
   * ```
   */
  get type(): Deno.NativeStructType {
    if (this.size > MOST_BY_VALUE) {
      throw tooLargeByValue(this.size, MOST_BY_VALUE);
    }
    const [type] = this.#whole.layout.members();
    return this.#type ??= type as Deno.NativeStructType;
  }

  /**
   * Reads the whole structure.
   *
   * @param target The memory it lies in.
   * @param offset Bytes from the start of the memory to the structure.
   * @returns A new object with the value of each field.
   * @throws {UsageError} If `target` is not memory, or was freed.
   * @throws {ArgumentError} If `target` is too small for the structure.
   *
   * @example Padding is left out
   * ```ts
   * import { struct } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * const Pair = struct({ small: "u8", large: "u16" });
   * const bytes = Uint8Array.of(1, 0, 2, 1);
   * assertEquals(Pair.read(bytes), { small: 1, large: 258 });
   * ```
   */
  read(target: StructTarget, offset = 0): ValueOf<Struct<Fields>> {
    const view = this.#view("read", target, offset);
    return this.#whole.layout.read(view, offset) as ValueOf<Struct<Fields>>;
  }

  /**
   * Writes the whole structure.
   *
   * @param target The memory it lies in.
   * @param value A value for each field. {@linkcode Struct.set} writes a single field.
   * @param offset Bytes from the start of the memory to the structure.
   * @throws {UsageError} If `target` is not memory, or was freed; if a value is missing
   * or of the wrong type, or a name is not a field's. Then nothing is written.
   * @throws {ArgumentError} If `target` is too small for the structure, or a value does
   * not fit its field. Then nothing is written.
   *
   * @example Padding is zeros
   * ```ts
   * import { struct } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * const Pair = struct({ small: "u8", large: "u16" });
   * const bytes = new Uint8Array(Pair.size);
   * Pair.write(bytes, { small: 1, large: 258 });
   * assertEquals([...bytes], [1, 0, 2, 1]);
   * ```
   */
  write(
    target: StructTarget,
    value: InputOf<Struct<Fields>>,
    offset = 0,
  ): void {
    this.#store(
      this.#view("write", target, offset),
      offset,
      this.#whole,
      value,
    );
  }

  /**
   * Reads one field.
   *
   * @param target The memory the structure lies in.
   * @param path The field's name; `"point.x"` is a field of a nested structure.
   * @param offset Bytes from the start of the memory to the structure.
   * @returns The field's value.
   * @throws {UsageError} If there is no such field, or `target` is not memory, or was
   * freed.
   * @throws {ArgumentError} If `target` is too small for the structure.
   *
   * @example Read one field
   * ```ts
   * import { struct } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * const Pair = struct({ small: "u8", large: "u16" });
   * assertEquals(Pair.get(Uint8Array.of(1, 0, 2, 1), "large"), 258);
   * ```
   */
  get<Path extends FieldPath<Fields>>(
    target: StructTarget,
    path: Path,
    offset = 0,
  ): ValueOf<FieldTypeAt<Fields, Path>> {
    const place = this.#placeOf("get", path);
    const view = this.#view("read", target, offset);
    const value = place.layout.read(view, offset + place.offset);
    return value as ValueOf<FieldTypeAt<Fields, Path>>;
  }

  /**
   * Writes one field.
   *
   * @param target The memory the structure lies in.
   * @param path The field's name; `"point.x"` is a field of a nested structure.
   * @param value The field's value; all of it if it is an array or a structure.
   * @param offset Bytes from the start of the memory to the structure.
   * @throws {UsageError} If there is no such field, the value is of the wrong type,
   * or `target` is not memory, or was freed. Then nothing is written.
   * @throws {ArgumentError} If `target` is too small for the structure, or the value
   * does not fit the field. Then nothing is written.
   *
   * @example Write one field
   * ```ts
   * import { struct } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * const Pair = struct({ small: "u8", large: "u16" });
   * const bytes = new Uint8Array(Pair.size);
   * Pair.set(bytes, "large", 258);
   * assertEquals([...bytes], [0, 0, 2, 1]);
   * ```
   */
  set<Path extends FieldPath<Fields>>(
    target: StructTarget,
    path: Path,
    value: InputOf<FieldTypeAt<Fields, Path>>,
    offset = 0,
  ): void {
    const place = this.#placeOf("set", path);
    this.#store(this.#view("write", target, offset), offset, place, value);
  }

  /**
   * A view of one structure in an array of structures.
   *
   * @param target The memory the array lies in.
   * @param index The structure's index, from 0.
   * @param offset Bytes from the start of the memory to the array.
   * @returns A view of exactly the structure's bytes. Making a view takes time: in a hot
   * loop, give the other methods an offset instead.
   * @throws {UsageError} If `target` is not memory, or was freed.
   * @throws {ArgumentError} If `index` is not a non-negative whole number, or `target`
   * ends before that structure does.
   *
   * @example An array inside a structure
   * ```ts
   * import { struct } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * const Point = struct({ x: "f64", y: "f64" });
   * const Triangle = struct({ id: "u32", corners: [Point, 3] });
   * const bytes = new Uint8Array(Triangle.size);
   * const last = Point.at(bytes, 2, Triangle.fields.corners.offset);
   * Point.write(last, { x: 1, y: 2 });
   * assertEquals(Triangle.get(bytes, "corners")[2], { x: 1, y: 2 });
   * ```
   */
  at(target: StructTarget, index: number, offset = 0): DataView {
    requireWhole("find a structure", "index", index);
    const start = offset + index * this.size;
    const view = this.#view("find", target, start);
    return new DataView(view.buffer, view.byteOffset + start, this.size);
  }

  #placeOf(call: string, path: string): Place {
    const place = this.#places.get(path);
    if (!place) throw noSuchField(call, path, this.#places.keys());
    return place;
  }

  #view(call: string, target: StructTarget, offset: number): DataView {
    return viewOf(call, target, offset, this.size);
  }

  #store(view: DataView, start: number, place: Place, value: unknown): void {
    const { layout, offset, path } = place;
    const refusal = layout.isScalar
      ? layout.write(view, start + offset, value)
      : this.#storeWhole(view, start, place, value);
    if (refusal) throw cannotSet(within(path, refusal));
  }

  /** Puts a value together first, so that it is stored whole or not at all. */
  #storeWhole(
    view: DataView,
    start: number,
    { layout, offset }: Place,
    value: unknown,
  ): Refusal | undefined {
    const draft = this.#draft ?? new DataView(new ArrayBuffer(this.size));
    this.#draft = undefined; // a getter of the value may come back here
    const refusal = layout.write(draft, offset, value);
    this.#draft = draft;
    if (!refusal) copy(draft, offset, view, start + offset, layout.size);
    return refusal;
  }
}

/**
 * The type of a field: a scalar, an array `[type, length]` of any of these, a
 * {@linkcode Struct}, or the fields of a nested structure.
 *
 * @example A type that a function returns
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
 * The fields of a structure in C's order, each with its type. Names are those that C
 * allows, such as `tm_sec`.
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
 * The value read from a structure, or from a field of this type.
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
 * The value that may be written to a structure, or to a field of this type: one as it is
 * read; also a number for a 64-bit integer, and a typed array for an array.
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
 * The name of a field, or of a field in a nested structure: `"point"`, `"point.x"`.
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

/** The fields of a nested structure; none for a field of another type. */
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
 * Offset, size and type of a field.
 *
 * @example Fields of a nested structure
 * ```ts
 * import { struct } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const { point } = struct({ id: "u32", point: { x: "f64", y: "f64" } }).fields;
 * assertEquals([point.offset, point.size, point.align], [8, 16, 8]);
 * assertEquals(point.type.fields.y.offset, 8); // from the start of point
 * ```
 */
export interface FieldLayout<Type extends FieldType = FieldType> {
  /** Bytes from the structure's start to the field. */
  readonly offset: number;
  /** Bytes of the field. */
  readonly size: number;
  /** Bytes of which its offset is a multiple. */
  readonly align: number;
  /** Its type; fields in braces have become a {@linkcode Struct}. */
  readonly type: LaidOut<Type>;
}

/** A field's type as it is laid out: fields in braces have become a {@linkcode Struct}. */
export type LaidOut<Type> = Type extends ScalarType | Struct ? Type
  : Type extends readonly [infer Element, infer Length]
    ? readonly [LaidOut<Element>, Length]
  : Type extends StructFields ? Struct<Type>
  : never;

/**
 * Memory that structures lie in: a `DataView`, bytes (such as the FFI gives for a
 * structure by value), or an object with a `view`, such as an {@linkcode Allocation}. It
 * is used in place, nothing is copied. A `DataView` is the fastest: for bytes, each call
 * makes one.
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

/** Copies bytes as words. Structures are too small for a typed array's `set` to pay. */
function copy(
  from: DataView,
  fromOffset: number,
  to: DataView,
  toOffset: number,
  size: number,
): void {
  const words = size - size % 4;
  for (let at = 0; at < words; at += 4) {
    to.setUint32(toOffset + at, from.getUint32(fromOffset + at));
  }
  for (let at = words; at < size; at++) {
    to.setUint8(toOffset + at, from.getUint8(fromOffset + at));
  }
}

/** The structure of each layout. */
const structs = new WeakMap<RecordLayout, Struct>();

/**
 * The layouts of a structure's fields. Their types are those that were laid out: what
 * described the fields is not read again, since a getter may give another type then.
 */
function describe<Fields extends StructFields>(
  record: RecordLayout,
): Struct<Fields>["fields"] {
  const described = record.fields.map(({ name, offset, layout }) => {
    const { size, align } = layout;
    const type = laidOut(layout);
    return [name, Object.freeze({ offset, size, align, type })] as const;
  });
  return Object.freeze(Object.fromEntries(described)) as Struct<
    Fields
  >["fields"];
}

/** The type that was laid out; for fields in braces a {@linkcode Struct}. */
function laidOut(layout: Layout): LaidOut<FieldType> {
  if (layout instanceof ArrayLayout) {
    return Object.freeze([laidOut(layout.element), layout.length] as const);
  }
  if (!(layout instanceof RecordLayout)) {
    return (layout as Scalar<unknown>).type;
  }
  return structs.get(layout) ?? new Struct(layout as object as StructFields);
}

/**
 * A view of the memory of a structure.
 *
 * @param call What the caller does with the structure, as in `"read"`.
 * @param target The memory.
 * @param offset Bytes from the start of the memory to the structure.
 * @param size Bytes of the structure.
 * @returns A view from the start of the memory.
 * @throws {UsageError} If `target` is not memory, or is gone.
 * @throws {ArgumentError} If `target` is too small for the structure.
 */
function viewOf(
  call: string,
  target: StructTarget,
  offset: number,
  size: number,
): DataView {
  const view = target instanceof DataView ? target : viewIn(call, target);
  const available = lengthOf(call, view);
  const isWithin = offset >= 0 && offset + size <= available;
  if (isWithin && Number.isInteger(offset)) return view;
  requireWhole(`${call} a structure`, "offset", offset);
  throw noRoom(call, size, offset, available);
}

function viewIn(
  call: string,
  target: Exclude<StructTarget, DataView>,
): DataView {
  if (target instanceof Uint8Array) return viewOfBytes(call, target);
  const view: unknown = Object(target).view;
  if (view instanceof DataView) return view;
  throw notMemory(call, target);
}

function viewOfBytes(call: string, bytes: Uint8Array): DataView {
  const { buffer, byteOffset, byteLength } = bytes;
  try {
    return new DataView(buffer, byteOffset, byteLength);
  } catch (cause) {
    throw memoryGone(call, cause);
  }
}

/** The length of a view; asking a view of memory that is gone throws. */
function lengthOf(call: string, view: DataView): number {
  try {
    return view.byteLength;
  } catch (cause) {
    throw memoryGone(call, cause);
  }
}
