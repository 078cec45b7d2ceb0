/**
 * The coalescing story: two neighbours are freed, and something larger than either
 * is asked for. When free neighbours become one block decides whether it fits.
 *
 * ```sh
 * deno run --allow-ffi examples/coalescing.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * coalesce: "deferred"
 *   free blocks after both were freed: 96, 96, 8
 *   malloc(200) fits where they were
 *        0 B ▌▌▌▌████████████████████████████▌▌▌▌████████████▌▌▌▌████████████▌▌▌▌░
 *            ▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲
 * coalesce: "immediate"
 *   free blocks after both were freed: 224, 8
 *   malloc(200) fits where they were
 *        0 B ▌▌▌▌████████████████████████████▌▌▌▌████████████▌▌▌▌████████████▌▌▌▌░
 *            ▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲▲
 * coalesce: "never"
 *   free blocks after both were freed: 96, 96, 8
 *   malloc(200) raises the break by 192: scattered, 200 free, the largest 96
 *        0 B ▌▌▌▌░░░░░░░░░░░░▌▌▌▌░░░░░░░░░░░░▌▌▌▌████████████▌▌▌▌████████████▌▌▌▌█
 *                                                                            ▲▲▲▲▲
 *      552 B ████████████████████████
 * ```
 *
 * @module
 */
import type { CoalescePolicy } from "@osmem/osmem";
import { experiment } from "@osmem/lab";

const WIDTH = 80;

function story(coalesce: CoalescePolicy) {
  return experiment({ coalesce, preallocate: 552 }, (heap) => {
    const first = heap.malloc(96, "first");
    const second = heap.malloc(96, "second");
    heap.malloc(96, "third");
    heap.malloc(96, "fourth");
    heap.free(first);
    heap.free(second);
    heap.malloc(200, "large");
  });
}

for (const coalesce of ["deferred", "immediate", "never"] as const) {
  const run = story(coalesce);
  const sizes = run.at(6).freeBlocks().map(({ size }) => size).join(", ");
  const growth = run.growths.find(({ call }) => call === 6);
  console.log(`coalesce: "${coalesce}"`);
  console.log(`  free blocks after both were freed: ${sizes}`);
  console.log(
    growth
      ? `  malloc(200) raises the break by ${growth.length}: ${growth.reason}, ` +
        `${growth.freeBytes} free, the largest ${growth.largestFreeBytes}`
      : "  malloc(200) fits where they were",
  );
  console.log(run.at(7).map({ width: WIDTH }).split("\n\n")[0]);
}
