// How much the longest tests do. `deno task test` does an eighth, to end within
// minutes. `deno task test-all` does everything, as does whoever sets OSMEM_TEST_ALL=1
// and grants --allow-env=OSMEM_TEST_ALL.
import { isGranted } from "./permissions.ts";
import type { Random } from "./seed.ts";

const VARIABLE = "OSMEM_TEST_ALL";

/** Whether the longest tests do everything. */
export const IS_THOROUGH: boolean =
  isGranted({ name: "env", variable: VARIABLE }) &&
  Deno.env.get(VARIABLE) === "1";

const STRIDE = IS_THOROUGH ? 1 : 8;

/** How many calls to make of this many. */
export function callsOf(all: number): number {
  return Math.ceil(all / STRIDE);
}

/**
 * The cases to test of these: all, or every eighth from a random one on, so that many
 * runs of the tests come to all of them. There is one at least.
 */
export function casesOf<T>(all: readonly T[], random: Random): readonly T[] {
  const first = random.between(0, Math.min(STRIDE, all.length) - 1);
  return all.filter((_, index) => index % STRIDE === first);
}
