/**
 * Why best fit wins on a compiler: the same calls of GCC under four policies. Best
 * fit keeps the large holes for large requests; worst fit cuts them up first, so
 * that the heap has to grow although enough is free.
 *
 * ```sh
 * deno run --allow-ffi --allow-read examples/best_fit.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * ```
 *
 * @module
 */
import { readTrace, replay } from "@osmem/osmem/lab";

const TRACE = new URL("traces/compile-calculator.trace.gz", import.meta.url);

const { readable } = await Deno.open(TRACE);
const trace = await readTrace(readable, "compile-calculator");

console.log(
  "fit    peak footprint  largest hole  holes above 4 KiB  blocks searched",
);
for (const fit of ["best", "first", "next", "worst"] as const) {
  const run = replay(trace, { fit });
  const stats = run.stats();
  const holes = run.at(stats.fullest.calls).freeBlocks();
  console.log([
    fit.padEnd(5),
    kibibytes(stats.peakFootprintBytes).padStart(14),
    kibibytes(stats.fullest.largestFreeBytes).padStart(12),
    String(holes.filter(({ size }) => size > 4096).length).padStart(17),
    String(Math.round(stats.meanSearchLength ?? 0)).padStart(15),
  ].join("  "));
}

function kibibytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}
