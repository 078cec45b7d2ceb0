import { assertGreater, assertGreaterOrEqual } from "@std/assert";
import type { Refusal } from "./refusing_memory.ts";
import { chooseSeed, howToReplay, Random } from "./seed.ts";
import { casesOf } from "./thoroughness.ts";

const SEED = chooseSeed();
console.log(`System calls to refuse are chosen with ${howToReplay(SEED)}`);

/** How many system calls of a workload are refused where not everything is tested. */
const MOST_REFUSED = 24;

/**
 * Runs a workload again and again, and refuses another of its system calls each time.
 *
 * @param run Runs the workload; returns how many system calls were refused.
 * @param refusal Makes what refuses the system call of a number, counted from 1.
 * @param least How many system calls the workload makes at least.
 * @throws {Error} If a run throws; it says which system call was refused.
 */
export function sweep(
  run: (refuses: Refusal) => number,
  refusal: (target: number) => Refusal,
  least: number,
): void {
  const count = countSystemCalls(run);
  assertGreaterOrEqual(count, least, "too few system calls to refuse");
  const targets = Array.from({ length: count }, (_, index) => index + 1);
  for (const target of casesOf(targets, new Random(SEED), MOST_REFUSED)) {
    try {
      const refused = run(refusal(target));
      assertGreater(refused, 0, "no system call was refused");
    } catch (cause) {
      throw new Error(
        `With system call ${target} refused ${refusal.name}, ${
          howToReplay(SEED)
        }`,
        { cause },
      );
    }
  }
}

/** How many system calls a workload makes, of those that may be refused. */
function countSystemCalls(run: (refuses: Refusal) => number): number {
  let count = 0;
  run((number) => {
    count = number;
    return false;
  });
  return count;
}
