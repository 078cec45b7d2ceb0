import { ArgumentError } from "./argument_error.ts";
import { numberRemedy, showValue } from "./show_value.ts";

/**
 * Refuses what is not a safe integer of at least `least`.
 *
 * @param call The function that was given it.
 * @param name What it is, as in `"length"`.
 * @param value What was given.
 * @param least The smallest value allowed.
 * @throws {ArgumentError} If it is not a safe integer, or below `least`.
 */
export function requireWhole(
  call: string,
  name: string,
  value: number,
  least = 0,
): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  const kind = least < 0 ? "a safe integer" : "a non-negative safe integer";
  throw new ArgumentError(
    `Cannot ${call} with ${name} ${showValue(value)}: expected ${kind}` +
      numberRemedy(value),
  );
}
