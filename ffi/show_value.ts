/**
 * A wrong argument as messages show it, so that one can tell `"64"` and `64n` from 64.
 */
export function showValue(value: unknown): string {
  return Deno.inspect(value, { depth: 0 });
}

/** What to do about a value that is no number, behind what was expected. */
export function numberRemedy(value: unknown): string {
  return typeof value === "bigint" ? "; convert it with Number()" : "";
}
