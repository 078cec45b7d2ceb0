import { randomNumbers } from "../random.ts";
import type { Prepare } from "../workload.ts";

const SMALLEST = 16; // bytes
const LARGEST = 271; // bytes
const OPERATIONS = 2 ** 18; // in a round

/** A random block is freed, and one of random size takes its place. */
export const prepare: Prepare = (allocator, blocks) => {
  const choices = Math.max(OPERATIONS, 2 ** Math.ceil(Math.log2(2 * blocks)));
  const sizes = Uint16Array.from(
    randomNumbers(choices, LARGEST - SMALLEST + 1),
    (number) => SMALLEST + number,
  );
  const victims = randomNumbers(choices, blocks);
  const live = Array.from(
    { length: blocks },
    (_, index) => allocator.malloc(sizes[index] as number),
  );
  let start = 0;
  return {
    operations: OPERATIONS,
    round() {
      for (let choice = start; choice < start + OPERATIONS; choice++) {
        const victim = victims[choice] as number;
        allocator.free(live[victim]!);
        live[victim] = allocator.malloc(sizes[choice] as number);
      }
      start = (start + OPERATIONS) % choices;
    },
    end() {
      for (const block of live) allocator.free(block);
    },
  };
};
