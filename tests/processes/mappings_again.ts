// Makes mappings until one is refused, gives some back, and asks again until it is given
// one or has waited long. Prints the refusal's code, and what came of asking again.
import { type Address, SystemCallError } from "../../mod.ts";
import { UnmergedMemory } from "../support/unmerged_memory.ts";

/** More than the runtime made meanwhile, which were not counted as they were made. */
const GIVEN_BACK = 400;
/** Far longer than a count of mappings is trusted. */
const MOST_WAITED = 5_000; // milliseconds

const memory = new UnmergedMemory();
const made: Address[] = [];

/** Makes a mapping; returns what it is refused with. */
function ask(): unknown {
  try {
    made.push(memory.mmap(memory.pageSize));
    return undefined;
  } catch (error) {
    return error;
  }
}

let refusal: unknown;
while (refusal === undefined) refusal = ask();
console.log(refusal instanceof SystemCallError && refusal.code);

for (const address of made.splice(-GIVEN_BACK)) {
  memory.munmap(address, memory.pageSize);
}
const end = performance.now() + MOST_WAITED;
while (ask() !== undefined && performance.now() < end);
console.log(performance.now() < end ? "given" : "refused");
