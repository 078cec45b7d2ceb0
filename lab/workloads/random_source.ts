import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Gives numbers from 0 (included) to 1 (excluded), evenly. */
export type RandomSource = () => number;

/** A source that gives the same numbers for the same seed, a 32-bit integer. */
export function randomSource(seed: number): RandomSource {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** An integer from 0 to below a number. */
export function randomIndex(source: RandomSource, below: number): number {
  return Math.floor(source() * below);
}
