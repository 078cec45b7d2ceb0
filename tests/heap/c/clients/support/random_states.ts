/**
 * The numbers of Lehmer's generator: pseudo-random, and so simple that a client
 * computes them itself, in its own language.
 *
 * ```text
 * state 1 = 16807, each next one = 16807 * state mod (2^31 - 1)
 * ```
 */
export function randomStates(count: number): number[] {
  let state = 1;
  return Array.from(
    { length: count },
    () => state = (state * 16807) % 2147483647,
  );
}
