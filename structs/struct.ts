import { requireWhole } from "../errors/argument_error.ts";
import type {
  FieldLayout,
  FieldPath,
  FieldType,
  FieldTypeAt,
  InputOf,
  LaidOut,
  StructFields,
  StructTarget,
  ValueOf,
} from "./field_types.ts";
import {
  type Place,
  placesIn,
  type RecordLayout,
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

/** Bytes of a structure from which on it is passed by a pointer. */
const MOST_BY_VALUE = 65_536;

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
 * `[type, length]`, the fields of a structure inside, or a {@linkcode Struct}.
 *
 * @param fields Each field's type by its name, in the order they have in C.
 * @returns Its layout.
 * @throws {UsageError} If there is no field, a name is none in C, a type is none
 * of these, or a structure contains itself.
 * @throws {ArgumentError} If the length of an array is no positive whole number, or
 * the structure's size no safe integer.
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

/**
 * The layout of a structure in C, made by {@linkcode struct}: where its fields
 * lie, and how they are read and written in memory that you hold.
 *
 * Memory is a `DataView`, a `Uint8Array`, or what has a `view`. Each method is told
 * at which offset in it the structure starts, at 0 by default, and refuses memory
 * that does not hold the structure whole. A value is checked whole before the
 * first byte of it is stored; padding is stored as zeros.
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
  /** Where each field lies, and what it is. */
  readonly fields: {
    readonly [Name in keyof Fields]: FieldLayout<Fields[Name]>;
  };
  readonly #whole: Place;
  readonly #places: ReadonlyMap<string, Place>;
  /** Where values are put together; `undefined` while one is. */
  #draft: DataView<ArrayBuffer> | undefined;
  #type: Deno.NativeStructType | undefined;

  /**
   * What {@linkcode struct} does.
   *
   * @param fields Each field's type by its name, in the order they have in C.
   */
  constructor(fields: Fields) {
    const record = resolveFields(fields);
    RECORDS.set(this, record);
    this.size = record.size;
    this.align = record.align;
    this.fields = describe(record, fields);
    this.#whole = { path: "", offset: 0, layout: record };
    this.#places = new Map(
      placesIn(record).map((place) => [place.path, place]),
    );
    Object.freeze(this);
  }

  /**
   * The structure as a type of Deno's FFI, for parameters and results by value.
   * FFI has no arrays: an array in it becomes so many members.
   *
   * @throws {ArgumentError} If it has more than 64 KiB: pass a pointer instead.
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
   * @param offset Bytes from there to its start.
   * @returns A new object with the value of each field.
   * @throws {UsageError} If `target` is no memory, or was freed.
   * @throws {ArgumentError} If it does not hold the structure whole.
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
   * @param value A value for each field. To write some of them, use
   * {@linkcode Struct.set}.
   * @param offset Bytes from there to its start.
   * @throws {UsageError} If `target` is no memory, or was freed; or a value is
   * missing, of the wrong type, or of no field. Then nothing is written.
   * @throws {ArgumentError} If `target` does not hold the structure whole, or a value
   * does not fit. Then nothing is written.
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
   * @param path The field's name; `"point.x"` is a field of a structure inside.
   * @param offset Bytes from there to the structure's start.
   * @returns Its value.
   * @throws {UsageError} If there is no such field, or `target` is no memory, or was
   * freed.
   * @throws {ArgumentError} If it does not hold the structure whole.
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
   * @param path The field's name; `"point.x"` is a field of a structure inside.
   * @param value Its value, whole if it is an array or a structure.
   * @param offset Bytes from there to the structure's start.
   * @throws {UsageError} If there is no such field, the value is of the wrong type,
   * or `target` is no memory, or was freed. Then nothing is written.
   * @throws {ArgumentError} If `target` does not hold the structure whole, or the value
   * does not fit. Then nothing is written.
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
   * One structure of an array of them.
   *
   * @param target The memory the array lies in.
   * @param index Which one, from 0.
   * @param offset Bytes from there to the array's start.
   * @returns A view of exactly its bytes. Where each nanosecond counts, give the
   * other methods an offset instead, for which no view is made.
   * @throws {UsageError} If `target` is no memory, or was freed.
   * @throws {ArgumentError} If `index` is no non-negative whole number, or `target`
   * does not hold that many.
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

  /** Puts a value together before it is stored, so that it is stored whole. */
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

/** Copies bytes as words: structures are too small for more to be worth its cost. */
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

/** Where the fields of a structure lie, with their types as they were laid out. */
function describe<Fields extends StructFields>(
  record: RecordLayout,
  fields: Fields,
): Struct<Fields>["fields"] {
  const described = record.fields.map(({ name, offset, layout }) => {
    const { size, align } = layout;
    const type = laidOut(fields[name] as FieldType);
    return [name, Object.freeze({ offset, size, align, type })] as const;
  });
  return Object.freeze(Object.fromEntries(described)) as Struct<
    Fields
  >["fields"];
}

/** The same type, with a {@linkcode Struct} in place of fields in braces. */
function laidOut(type: FieldType): LaidOut<FieldType> {
  if (typeof type === "string" || type instanceof Struct) return type;
  if (!isArray(type)) return new Struct(type);
  const [element, length] = type;
  return Object.freeze([laidOut(element), length] as const);
}

function isArray(type: FieldType): type is readonly [FieldType, number] {
  return Array.isArray(type);
}

/**
 * A view of memory that holds a structure.
 *
 * @param call What is to be done with it, as in `"read"`.
 * @param target The memory.
 * @param offset Bytes from its start to the structure's.
 * @param size Bytes of the structure.
 * @returns A view from the start of the memory.
 * @throws {UsageError} If it is no memory, or is gone.
 * @throws {ArgumentError} If the structure is not in it whole.
 */
export function viewOf(
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

/** The length of a view, for which a view of memory that is gone throws. */
function lengthOf(call: string, view: DataView): number {
  try {
    return view.byteLength;
  } catch (cause) {
    throw memoryGone(call, cause);
  }
}
