/**
 * Thrown when an argument is not one that a function takes. It is a RangeError that
 * has a code, so that programs need not read its message. Nothing was changed.
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
