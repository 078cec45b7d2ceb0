import type { Address } from "../ffi/memory.ts";
import { addressOf, type Pointer, pointerAt } from "../ffi/pointer.ts";
import type { ScalarType } from "./field_types.ts";
import type { Layout } from "./layouts.ts";
import { type Refusal, wrongRange, wrongType } from "./refusals.ts";

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
class Scalar<Value> implements Layout {
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

/** Refuses what is no integer of so many bits, which are 32 at most. */
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

/** A 64-bit integer: a bigint is read, and a number is taken where it is exact. */
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

/** An upper half below this makes an address that a number holds exactly. */
const EXACT_BELOW = 2 ** 21;

/** Pointers. Those that are no plain addresses (tagged ones, `(void *)-1`) stay whole. */
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
    const address = addressOf(value);
    if (Number.isSafeInteger(address)) {
      view.setUint32(offset, address % 2 ** 32, true);
      view.setUint32(offset + 4, address / 2 ** 32, true);
    } else {
      view.setBigUint64(offset, Deno.UnsafePointer.value(value), true);
    }
  },
};

/** The address of a pointer; `undefined` if it is none, which only FFI can tell. */
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
