import { ArgumentError } from "../errors/argument_error.ts";
import { native } from "./library.ts";
import type { Address } from "./memory.ts";
import { showValue } from "../errors/messages.ts";

/** A native pointer as Deno's FFI has it; `null` is NULL. */
export type Pointer = Deno.PointerValue;

/**
 * The pointer with an address. The cast is made in C: a compiled FFI call
 * takes 5-9 ns, `Deno.UnsafePointer.create` 40-57 ns.
 */
export function pointerAt(address: Address): Pointer {
  return native().osmem_pointer(address);
}

/** The address of a pointer, 0 for `null`. */
export function addressOf(pointer: Pointer): Address {
  return native().osmem_address(pointer);
}

/**
 * The address of an argument that ought to be a pointer.
 *
 * @param pointer The argument.
 * @param action What the caller does with it, as in `"free"`.
 * @param expected What is expected, as in `"a pointer"`.
 * @throws {ArgumentError} If the argument is no pointer.
 */
export function addressOfGiven(
  pointer: Pointer,
  action: string,
  expected: string,
): Address {
  try {
    return addressOf(pointer);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new ArgumentError(
      `Cannot ${action} ${showValue(pointer)}: expected ${expected}, or null`,
      { cause },
    );
  }
}

/** Whether a value is a pointer, or `null`. */
export function isPointer(value: unknown): value is Pointer {
  try {
    addressOf(value as Pointer);
    return true;
  } catch {
    return false;
  }
}
