import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { isGranted } from "./permissions.ts";

const VARIABLE = "OSMEM_SEED";

/**
 * The seed of a random test: a new one in every run, or the one in `OSMEM_SEED`
 * where reading it is allowed.
 *
 * @throws {RangeError} If `OSMEM_SEED` is not a 32-bit integer.
 */
export function chooseSeed(): number {
  const given = isGranted({ name: "env", variable: VARIABLE })
    ? Deno.env.get(VARIABLE)
    : undefined;
  if (given === undefined) return Math.trunc(Math.random() * 2 ** 31);
  const seed = Number(given);
  if ((seed | 0) !== seed) {
    throw new RangeError(
      `Cannot replay ${VARIABLE}=${given}: expected a 32-bit integer`,
    );
  }
  return seed;
}

/** How to run a test again with this seed. */
export function howToReplay(seed: number): string {
  return `seed ${seed}; replay with ${VARIABLE}=${seed} and --allow-env=${VARIABLE}`;
}

/** Random integers that are the same for the same seed. */
export class Random {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return uniformInt(this.#generator, low, high);
  }

  /** One of these. */
  oneOf<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.between(0, choices.length - 1)] ?? choices[0];
  }

  /** True once in `period` times, on average. */
  oneIn(period: number): boolean {
    return this.between(1, period) === 1;
  }
}

/** A generator with a seed of its own, which is printed so that it can be replayed. */
export function seededRandom(): Random {
  const seed = chooseSeed();
  console.log(howToReplay(seed));
  return new Random(seed);
}

/**
 * Random tests with a seed each, counted up from one that is printed, and named
 * again by a test that fails.
 *
 * @param title What the tests are.
 * @returns Registers a test.
 */
export function seededTests(
  title: string,
): (name: string, run: (random: Random) => void | Promise<void>) => void {
  const first = chooseSeed();
  let count = 0;
  console.log(`${title} with ${howToReplay(first)}`);
  return (name, run) => {
    const seed = first + count++;
    Deno.test(name, async () => {
      try {
        await run(new Random(seed));
      } catch (cause) {
        throw new Error(`"${name}" with ${howToReplay(first)}`, { cause });
      }
    });
  };
}
