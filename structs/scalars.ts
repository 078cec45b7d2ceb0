/**
 * What a {@linkcode Layout} is, and the layouts of the scalar types: how their values are
 * read, checked and stored.
 *
 * @module
 */
import type { Address } from "../ffi/memory.ts";
import { addressOf, type Pointer, pointerAt } from "../ffi/pointer.ts";
import { type Refusal, wrongRange, wrongType } from "./refusals.ts";

/** How the values of one type lie in memory: of a scalar, an array or a structure. */
export interface Layout {
  /** Bytes of a value. */
  readonly size: number;
  /** Bytes of which its address is a multiple. */
  readonly align: number;
  /** Whether a value is written by one access, so that it is never half written. */
  readonly isScalar: boolean;
  /** The members of a structure of Deno's FFI that a value is passed as. */
  members(): readonly Deno.NativeType[];
  /** Reads the value `offset` bytes after a view's start. */
  read(view: DataView, offset: number): unknown;
  /**
   * Writes a value `offset` bytes after a view's start.
   *
   * @returns Why the value cannot be written. Then parts of it may have been written.
   */
  write(view: DataView, offset: number, value: unknown): Refusal | undefined;
}

/** The type in TypeScript of each scalar type's values. */
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

/** How the values of one machine type are read, checked and stored. */
interface Access<Value> {
  /** Reads the value at an offset. */
  readonly read: (view: DataView, offset: number) => Value;
  /** Why a value cannot be stored, if so. */
  readonly refuse: (value: unknown) => Refusal | undefined;
  /** Stores a value that is not refused. */
  readonly store: (view: DataView, offset: number, value: Value) => void;
}

/** A value of one machine type. Its size is its alignment on both platforms. */
export class Scalar<Value> implements Layout {
  readonly align: number;
  readonly isScalar = true;
  readonly read: Access<Value>["read"];
  readonly #refuse: Access<Value>["refuse"];
  readonly #store: Access<Value>["store"];

  constructor(
    readonly type: ScalarType,
    readonly size: number,
    { read, refuse, store }: Access<Value>,
  ) {
    this.align = size;
    this.read = read;
    this.#refuse = refuse;
    this.#store = store;
  }

  members(): readonly Deno.NativeType[] {
    return [this.type];
  }

  write(view: DataView, offset: number, value: unknown): Refusal | undefined {
    const refusal = this.#refuse(value);
    if (!refusal) this.#store(view, offset, value as Value);
    return refusal;
  }
}

/** Refuses a value that is not an integer of this many bits, 32 at most. */
function refuseAllBut(low: number, bits: number): Access<number>["refuse"] {
  const high = low + 2 ** bits - 1;
  const expected = `an integer from ${low} to ${high}`;
  return (value) => {
    if (typeof value !== "number") return wrongType(value, expected);
    const isFit = Number.isInteger(value) && value >= low && value <= high;
    return isFit ? undefined : wrongRange(value, expected);
  };
}

function unsigned(
  bits: 8 | 16 | 32,
  read: Access<number>["read"],
  store: Access<number>["store"],
): Scalar<number> {
  const refuse = refuseAllBut(0, bits);
  return new Scalar(`u${bits}`, bits / 8, { read, refuse, store });
}

function signed(
  bits: 8 | 16 | 32,
  read: Access<number>["read"],
  store: Access<number>["store"],
): Scalar<number> {
  const refuse = refuseAllBut(-(2 ** (bits - 1)), bits);
  return new Scalar(`i${bits}`, bits / 8, { read, refuse, store });
}

/** A 64-bit integer: read as a bigint; a safe integer may be written too. */
function bigInteger(
  type: "u64" | "i64" | "usize" | "isize",
  low: bigint,
  read: Access<bigint | number>["read"],
): Scalar<bigint | number> {
  const high = low + 2n ** 64n - 1n;
  const expected = `a bigint or a safe integer from ${low} to ${high}`;
  return new Scalar(type, 8, {
    read,
    refuse(value) {
      if (typeof value !== "bigint" && typeof value !== "number") {
        return wrongType(value, expected);
      }
      const isExact = typeof value === "bigint" || Number.isSafeInteger(value);
      const isFit = isExact && value >= low && value <= high;
      return isFit ? undefined : wrongRange(value, expected);
    },
    store: (view, offset, value) =>
      view.setBigUint64(offset, BigInt(value), true),
  });
}

const readUnsigned = (view: DataView, offset: number) =>
  view.getBigUint64(offset, true);
const readSigned = (view: DataView, offset: number) =>
  view.getBigInt64(offset, true);

const bool = new Scalar("bool", 1, {
  read: (view, offset) => view.getUint8(offset) !== 0,
  refuse: (value) =>
    typeof value === "boolean" ? undefined : wrongType(value, "a boolean"),
  store: (view, offset, value) => view.setUint8(offset, value ? 1 : 0),
});

const f64 = new Scalar("f64", 8, {
  read: (view, offset) => view.getFloat64(offset, true),
  refuse: (value) =>
    typeof value === "number" ? undefined : wrongType(value, "a number"),
  store: (view, offset, value) => view.setFloat64(offset, value, true),
});

const f32 = new Scalar("f32", 4, {
  read: (view, offset) => view.getFloat32(offset, true),
  refuse(value) {
    if (typeof value !== "number") return wrongType(value, "a number");
    const isFit = !Number.isFinite(value) ||
      Number.isFinite(Math.fround(value));
    return isFit ? undefined : wrongRange(value, "a number that an f32 holds");
  },
  store: (view, offset, value) => view.setFloat32(offset, value, true),
});

/** If the upper half is below this, a number holds the address exactly. */
const EXACT_BELOW = 2 ** 21;

/** The pointers that were stored, while somebody wants to know. */
let stored: NonNullable<Pointer>[] | undefined;

/** Returns the pointers that are stored while a function runs, those that are not NULL. */
export function pointersStored(store: () => void): NonNullable<Pointer>[] {
  const before = stored;
  const pointers: NonNullable<Pointer>[] = stored = [];
  try {
    store();
    return pointers;
  } finally {
    stored = before;
  }
}

/** Pointers. All 64 bits are kept, also of tagged pointers and `(void *)-1`. */
const pointers: Access<Pointer> = {
  read(view, offset) {
    const high = view.getUint32(offset + 4, true);
    return high < EXACT_BELOW
      ? pointerAt(high * 2 ** 32 + view.getUint32(offset, true))
      : Deno.UnsafePointer.create(view.getBigUint64(offset, true));
  },
  refuse: (value) =>
    addressIn(value) === undefined
      ? wrongType(value, "a pointer, or null for NULL")
      : undefined,
  store(view, offset, value) {
    if (value !== null) stored?.push(value);
    const address = addressOf(value);
    if (Number.isSafeInteger(address)) {
      view.setUint32(offset, address % 2 ** 32, true);
      view.setUint32(offset + 4, address / 2 ** 32, true);
    } else {
      view.setBigUint64(offset, Deno.UnsafePointer.value(value), true);
    }
  },
};

/** The address of a pointer; `undefined` if it is none, which only the FFI knows. */
function addressIn(value: unknown): Address | undefined {
  try {
    return addressOf(value as Pointer);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Every scalar type by its name. */
export const SCALARS: ReadonlyMap<unknown, Layout> = new Map(
  [
    bool,
    unsigned(
      8,
      (view, offset) => view.getUint8(offset),
      (view, offset, value) => view.setUint8(offset, value),
    ),
    signed(
      8,
      (view, offset) => view.getInt8(offset),
      (view, offset, value) => view.setInt8(offset, value),
    ),
    unsigned(
      16,
      (view, offset) => view.getUint16(offset, true),
      (view, offset, value) => view.setUint16(offset, value, true),
    ),
    signed(
      16,
      (view, offset) => view.getInt16(offset, true),
      (view, offset, value) => view.setInt16(offset, value, true),
    ),
    unsigned(
      32,
      (view, offset) => view.getUint32(offset, true),
      (view, offset, value) => view.setUint32(offset, value, true),
    ),
    signed(
      32,
      (view, offset) => view.getInt32(offset, true),
      (view, offset, value) => view.setInt32(offset, value, true),
    ),
    bigInteger("u64", 0n, readUnsigned),
    bigInteger("i64", -(2n ** 63n), readSigned),
    bigInteger("usize", 0n, readUnsigned),
    bigInteger("isize", -(2n ** 63n), readSigned),
    f32,
    f64,
    new Scalar("pointer", 8, pointers),
    new Scalar("function", 8, pointers),
  ].map((scalar) => [scalar.type, scalar]),
);
