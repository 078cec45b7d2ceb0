import { native } from "./library.ts";
import type { Address } from "./memory.ts";

/** A native pointer as Deno's FFI takes and gives it; `null` is NULL. */
export type Pointer = Deno.PointerValue;

/**
 * The pointer with this address. The cast is made in C: a compiled FFI call
 * takes 5-9 ns, `Deno.UnsafePointer.create` 40-57 ns.
 */
export function pointerAt(address: Address): Pointer {
  return native().osmem_pointer(address);
}

/** The address of this pointer, 0 for `null`. */
export function addressOf(pointer: Pointer): Address {
  return native().osmem_address(pointer);
}
