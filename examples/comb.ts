/**
 * External fragmentation by a comb: of many small blocks every second one is
 * freed. Half of the heap is free, and yet nothing larger than a tooth fits.
 *
 * ```sh
 * deno run --allow-ffi examples/comb.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * all teeth are there
 *   nothing is free
 *        0 B ▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌██
 *      552 B ███▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌
 *   1.08 KiB ▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████▌▌▌▌█████
 *   1.62 KiB ▌▌▌▌█████▌▌▌▌█████
 *                     ▲▲▲▲▲▲▲▲▲
 * every second one is free
 *   480 bytes are free, the largest block has 40: external fragmentation 92 %
 *        0 B ▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░
 *      552 B ░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌
 *   1.08 KiB ▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████
 *   1.62 KiB ▌▌▌▌░░░░░▌▌▌▌█████
 * the heap had to grow
 *   480 bytes are free, the largest block has 40: external fragmentation 92 %
 *        0 B ▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░
 *      552 B ░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌
 *   1.08 KiB ▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌░░░░░▌▌▌▌█████
 *   1.62 KiB ▌▌▌▌░░░░░▌▌▌▌█████▌▌▌▌██████████
 *                              ▲▲▲▲▲▲▲▲▲▲▲▲▲▲
 * all teeth are free: what they leave is one block, and used again
 *   232 bytes are free, the largest block has 232: external fragmentation 0 %
 *        0 B ▌▌▌▌█████████████████████████████████████████████████████████████████
 *            ▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲
 *      552 B █████████████████████████████████████████████████████████████████████
 *   1.08 KiB ██████████████████████████████████████████████████████▌▌▌▌░░░░░░░░░░░
 *   1.62 KiB ░░░░░░░░░░░░░░░░░░▌▌▌▌██████████
 *
 * The last growth: 80 bytes were asked for, 480 were free, 40 at most in one block: scattered.
 * ```
 *
 * @module
 */
import { experiment, type HeapFigures } from "@osmem/lab";

const TEETH = 25;

const run = experiment({ preallocate: 0 }, (heap) => {
  const blocks = Array.from({ length: TEETH }, () => heap.malloc(40));
  heap.mark("all teeth are there");
  const odd = blocks.filter((_, tooth) => tooth % 2 === 1);
  for (const block of odd) heap.free(block);
  heap.mark("every second one is free");
  heap.malloc(80, "twice as large");
  heap.mark("the heap had to grow");
  for (const block of blocks.filter((block) => !odd.includes(block))) {
    heap.free(block);
  }
  heap.malloc(1500, "large");
  heap.mark("all teeth are free: what they leave is one block, and used again");
});

function describe(figures: HeapFigures): string {
  const { freeBytes, largestFreeBytes, externalFragmentation } = figures;
  return externalFragmentation === null
    ? "nothing is free"
    : `${freeBytes} bytes are free, the largest block has ${largestFreeBytes}: ` +
      `external fragmentation ${Math.round(100 * externalFragmentation)} %`;
}

for (const { after, text } of run.marks) {
  const moment = run.at(after);
  console.log(`${text}\n  ${describe(moment.figures())}`);
  console.log(moment.map().split("\n\n")[0]);
}
const { request, freeBytes, largestFreeBytes, reason } = run.growths.at(-1)!;
console.log(
  `\nThe last growth: ${request} bytes were asked for, ${freeBytes} were free, ` +
    `${largestFreeBytes} at most in one block: ${reason}.`,
);
