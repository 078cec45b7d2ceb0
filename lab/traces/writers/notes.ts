import { formatCount } from "../../pictures/units.ts";

/** The notes of those conversions that a trace needs, with their counts. */
export function notesOf(
  conversions: readonly (readonly [count: number, what: string])[],
): string[] {
  return conversions
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${what}: ${formatCount(count)}`);
}
