import { numberRemedy, showValue } from "./messages.ts";

/**
 * Thrown when a function does not accept an argument. It is a RangeError with a code, so
 * that programs need not read its message. Nothing was changed.
 *
 * @example Ask for half a byte
 * ```ts
 * import { ArgumentError, Heap } from "@osmem/osmem";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * using heap = new Heap();
 * const error = assertThrows(() => heap.malloc(0.5), ArgumentError);
 * assertEquals(error.code, "invalid-argument");
 * ```
 */
export class ArgumentError extends RangeError {
  /** `"ArgumentError"`. */
  override readonly name = "ArgumentError";
  /** `"invalid-argument"`. */
  readonly code = "invalid-argument";
}

/**
 * Refuses an argument that is not a safe integer, or is below `least`.
 *
 * @param call The function that was called.
 * @param name The argument's name, as in `"length"`.
 * @param value The argument.
 * @param least The smallest value allowed.
 * @throws {ArgumentError} If the argument is refused.
 */
export function requireWhole(
  call: string,
  name: string,
  value: number,
  least = 0,
): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw notWhole(call, name, value, least);
}

/** The error for what is not a safe integer of at least `least`. */
export function notWhole(
  call: string,
  name: string,
  value: number,
  least = 0,
): ArgumentError {
  const kind = least < 0 ? "a safe integer" : "a non-negative safe integer";
  return new ArgumentError(
    `Cannot ${call} with ${name} ${showValue(value)}: expected ${kind}` +
      numberRemedy(value),
  );
}
