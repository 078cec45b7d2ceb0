import { ArgumentError } from "../../errors/argument_error.ts";
import { isPointer } from "../../ffi/pointer.ts";
import { showValue } from "../../errors/messages.ts";
import { Allocation } from "../allocations/allocation.ts";

/**
 * Refuses what is no number, and so no address either: what C calls a pointer is one of
 * several things here.
 *
 * @param action What was to be done with it, as in `"free"`.
 * @throws {ArgumentError} If it is no number.
 */
export function requireAddress(action: string, address: unknown): void {
  if (typeof address === "number") return;
  throw new ArgumentError(
    `Cannot ${action} ${showValue(address)}: expected an address, a number; ` +
      remedyFor(address),
  );
}

function remedyFor(address: unknown): string {
  if (address instanceof Allocation) {
    return "dispose of the allocation, resize it or read its bytes instead";
  }
  if (typeof address === "bigint") return "pass Number(address)";
  return isPointer(address)
    ? "pass heap.address(pointer)"
    : "pass what malloc, calloc or realloc of this heap returned";
}
