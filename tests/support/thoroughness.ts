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
 *
 * @param all The cases.
 * @param random Chooses the first.
 * @param most How many to test where not everything is tested, if an eighth is more.
 */
export function casesOf<T>(
  all: readonly T[],
  random: Random,
  most = Infinity,
): readonly T[] {
  const stride = IS_THOROUGH
    ? STRIDE
    : Math.max(STRIDE, Math.ceil(all.length / most));
  const first = random.between(0, Math.min(stride, all.length) - 1);
  return all.filter((_, index) => index % stride === first);
}
