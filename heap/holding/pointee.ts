import { ArgumentError } from "../../ffi/argument_error.ts";
import type { Address } from "../../ffi/memory.ts";
import type { Pointer } from "../../ffi/pointer.ts";
import { Allocation, requireLive } from "./allocation.ts";

/** What C is given a pointer to: an allocation, a pointer, an address; `null` is NULL. */
export type Pointee = Allocation | Pointer | Address;

/**
 * The address of what a pointer is to lead to, with all its bits.
 *
 * @param pointee What it leads to; `null` or 0 for NULL.
 * @param action What the pointer is for, as in `"point to"`.
 * @throws {UsageError} If it is an allocation that was disposed of.
 * @throws {ArgumentError} If it is nothing that a pointer leads to.
 */
export function addressOfPointee(pointee: Pointee, action: string): bigint {
  if (pointee instanceof Allocation) {
    requireLive(pointee, action);
    return BigInt(pointee.address);
  }
  if (Number.isSafeInteger(pointee) && pointee as number >= 0) {
    return BigInt(pointee as number);
  }
  try {
    return Deno.UnsafePointer.value(pointee as Pointer);
  } catch (cause) {
    throw new ArgumentError(
      `Cannot ${action} ${
        Deno.inspect(pointee)
      }: expected an allocation, a pointer, ` +
        "null, or an address, a non-negative safe integer",
      { cause },
    );
  }
}
