import {
  type FieldType,
  type ScalarType,
  struct,
  type StructFields,
} from "../../mod.ts";
import { Struct } from "../../structs/struct.ts";
import type { Random } from "./seed.ts";

/** Bits of the integers of each type; those of 64 bits are bigints. */
const BITS: ReadonlyMap<ScalarType, number> = new Map([
  ["u8", 8],
  ["i8", 8],
  ["u16", 16],
  ["i16", 16],
  ["u32", 32],
  ["i32", 32],
  ["u64", 64],
  ["i64", 64],
  ["usize", 64],
  ["isize", 64],
]);

const SCALARS: readonly [ScalarType, ...ScalarType[]] = [
  "bool",
  ...BITS.keys(),
  "f32",
  "f64",
  "pointer",
  "function",
];

/** The fields of a structure that nobody would write. */
export function randomFields(random: Random, depth = 3): StructFields {
  const count = random.between(1, 6);
  return Object.fromEntries(
    Array.from(
      { length: count },
      (_, index) => [`field${index}`, randomType(random, depth)],
    ),
  );
}

function randomType(random: Random, depth: number): FieldType {
  if (depth > 0 && random.oneIn(5)) {
    return [randomType(random, depth - 1), random.between(1, 4)];
  }
  if (depth > 0 && random.oneIn(5)) return randomFields(random, depth - 1);
  if (depth > 0 && random.oneIn(8)) {
    return struct(randomFields(random, depth - 1));
  }
  return random.oneOf(SCALARS);
}

/** A value for a field of this type, with addresses in place of pointers. */
export function randomValue(random: Random, type: FieldType): unknown {
  return mapScalars(type, undefined, (scalar) => {
    const bits = randomBits(random);
    if (scalar === "bool") return random.oneIn(2);
    if (isFloat(scalar)) return random.between(-1e6, 1e6) / 64;
    if (isPointer(scalar)) {
      return BigInt.asUintN(random.oneOf([16, 47, 64]), bits);
    }
    return wrap(scalar, bits);
  });
}

/** What the functions of {@linkcode [c_struct.ts].cSource | cSource} make of a value. */
export function stepped(type: FieldType, value: unknown): unknown {
  return mapScalars(type, value, (scalar, before) => {
    if (scalar === "bool") return !before;
    if (isFloat(scalar)) return -(before as number);
    return wrap(scalar, BigInt(before as number | bigint) + 1n);
  });
}

/** A value as it is written: with pointers in place of their addresses. */
export function withPointers(type: FieldType, value: unknown): unknown {
  return mapScalars(
    type,
    value,
    (scalar, given) =>
      isPointer(scalar) ? Deno.UnsafePointer.create(given as bigint) : given,
  );
}

/** A value that was read, with addresses in place of pointers. */
export function withAddresses(type: FieldType, value: unknown): unknown {
  return mapScalars(
    type,
    value,
    (scalar, given) =>
      isPointer(scalar)
        ? Deno.UnsafePointer.value(given as Deno.PointerValue)
        : given,
  );
}

/** A value with every scalar in it changed. */
function mapScalars(
  type: FieldType,
  value: unknown,
  change: (type: ScalarType, value: unknown) => unknown,
): unknown {
  if (typeof type === "string") return change(type, value);
  if (!isArray(type)) {
    const values = Object(value);
    return mapFields(
      fieldsOf(type),
      (field, name) => mapScalars(field, values[name], change),
    );
  }
  const [element, length] = type;
  return Array.from(
    { length },
    (_, index) => mapScalars(element, Object(value)[index], change),
  );
}

/** The fields of a structure, whether it has a layout or not. */
export function fieldsOf(
  type: Exclude<FieldType, ScalarType | readonly unknown[]>,
): StructFields {
  if (!(type instanceof Struct)) return type;
  return mapFields(type.fields, (field) => field.type);
}

/** Whether it is an array, as a type. */
export function isArray(
  type: FieldType,
): type is readonly [FieldType, number] {
  return Array.isArray(type);
}

function isFloat(type: ScalarType): boolean {
  return type === "f32" || type === "f64";
}

function isPointer(type: ScalarType): boolean {
  return type === "pointer" || type === "function";
}

function mapFields<From, To>(
  fields: Readonly<Record<string, From>>,
  change: (field: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, change(field, name)]),
  );
}

function randomBits(random: Random): bigint {
  const word = () => BigInt(random.between(-(2 ** 31), 2 ** 31 - 1));
  return random.oneOf([0n, -1n, 2n ** 63n, word() << 32n ^ word()]);
}

/** The bits as an integer of this type, or as an address. */
function wrap(type: ScalarType, value: bigint): number | bigint {
  const bits = BITS.get(type) ?? 64;
  const whole = type.startsWith("i")
    ? BigInt.asIntN(bits, value)
    : BigInt.asUintN(bits, value);
  return bits === 64 ? whole : Number(whole);
}
