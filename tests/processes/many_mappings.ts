// Asks a heap for as many mappings as the argument says, where the system allows fewer, and
// prints what became of them. The mappings are kept apart; see UnmergedMemory.
import { type Address, Heap, OutOfMemoryError } from "../../mod.ts";
import { UnmergedMemory } from "../support/unmerged_memory.ts";

Error.stackTraceLimit = 0; // nobody reads those of so many errors

const wanted = Number(Deno.args[0]);
/** So many are not kept apart: freeing every second of them makes many of one. */
const TOGETHER = 10_000;

const memory = new UnmergedMemory();
const heap = new Heap({ memory, mmapThreshold: 1 });

/** What a call is refused with; nothing if it is not. */
function refusalOf(call: () => void): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The mark that a block of this number is filled with. */
const markOf = (number: number) => number * 7 % 251;

/** Every block that was ever made, by its number. */
const made: Address[] = [];
/** The numbers of those that were freed. */
const freed = new Set<number>();
let refused = 0;
let firstRefusal: string | undefined;
const codes = new Set<unknown>();

function ask(): void {
  const error = refusalOf(() => {
    const address = heap.malloc(8);
    heap.bytes(address).fill(markOf(made.length));
    made.push(address);
  });
  if (error === undefined) return;
  refused++;
  firstRefusal ??= String(error);
  codes.add(error instanceof OutOfMemoryError ? error.code : error);
}

/** How many live blocks lost their contents. */
function lost(): number {
  return made.filter((address, number) =>
    !freed.has(number) &&
    heap.bytes(address).some((byte) => byte !== markOf(number))
  ).length;
}

memory.isSeparating = false; // the kernel has these as one
while (made.length < TOGETHER) ask();
memory.isSeparating = true;
for (let asked = made.length; asked < wanted; asked++) ask();
heap.check();
const found = { refused, codes: [...codes], lost: lost() };
console.log(JSON.stringify({ made: made.length, ...found }));
console.log(firstRefusal);

/** Frees those of these blocks that the system takes back. Returns the first refusal. */
function freeThose(isWanted: (number: number) => boolean): unknown {
  let first: unknown;
  for (const [number, address] of made.entries()) {
    if (!isWanted(number)) continue;
    const error = refusalOf(() => heap.free(address));
    if (error === undefined) freed.add(number);
    else first ??= error;
  }
  return first;
}

const refusal = freeThose((number) => number < TOGETHER && number % 2 === 1);
const kept = TOGETHER / 2 - freed.size;
console.log(JSON.stringify({ kept: kept > 0, lost: lost() }));
console.log(String(refusal));
heap.check();

freeThose((number) => number >= TOGETHER);
for (let before = -1; before < freed.size;) { // a refusal may last until others are free
  before = freed.size;
  freeThose((number) => !freed.has(number));
}
heap.check();
console.log(JSON.stringify({ live: heap.stats().liveBlocks }));
