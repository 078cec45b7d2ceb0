import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

const SEED = 20_25;

/** Random integers from 0 to `below - 1`, equal in every run and for every peer. */
export function randomNumbers(
  count: number,
  below: number,
  seed = 0,
): Uint32Array<ArrayBuffer> {
  const generator = xoroshiro128plus(SEED + seed);
  return Uint32Array.from(
    { length: count },
    () => uniformInt(generator, 0, below - 1),
  );
}

/** The numbers from 0 to `count - 1` in random order. */
export function randomOrder(count: number): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const generator = xoroshiro128plus(SEED);
  for (let last = count - 1; last > 0; last--) {
    const other = uniformInt(generator, 0, last);
    const swapped = order[other] as number;
    order[other] = order[last] as number;
    order[last] = swapped;
  }
  return order;
}
