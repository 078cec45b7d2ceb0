import type { HeapOptions } from "../../mod.ts";
import { experiment, type Recording, type Run } from "../../lab/mod.ts";
import type { Random } from "./seed.ts";

/** A run of random calls: small blocks and large ones, labelled now and then. */
export function randomRun(
  options: HeapOptions,
  calls: number,
  random: Random,
): Run {
  return experiment({ ...options, title: "random calls" }, (heap) => {
    const live: number[] = [];
    while (heap.length < calls) randomCall(heap, live, random);
  });
}

/** Makes a call on a recording; `live` holds the addresses of the live blocks. */
function randomCall(heap: Recording, live: number[], random: Random): void {
  const size = random.between(1, random.oneOf([64, 700, 5000]));
  const label = random.oneIn(5) ? `label ${random.between(0, 9)}` : undefined;
  const index = random.between(0, live.length);
  const address = live[index];
  if (address === undefined) live.push(heap.malloc(size, label));
  else if (random.oneIn(4)) live[index] = heap.realloc(address, size, label);
  else if (random.oneIn(8)) live.push(heap.calloc(2, size, label));
  else if (live.length >= random.between(0, 80)) {
    live[index] = live.at(-1)!;
    live.pop();
    heap.free(address);
  } else live.push(heap.malloc(size, label));
}
