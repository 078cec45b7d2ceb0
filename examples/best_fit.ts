/**
 * Why best fit wins on a compiler: the calls of GCC under four policies. Where
 * enough memory is free, but in pieces too small, the heap has to grow. Worst fit
 * cuts the large pieces first, so it is the large requests that find none: it
 * grows half as often again, for requests four times as large, and at the
 * fullest moment a third of its heap is free.
 *
 * ```sh
 * deno run --allow-ffi --allow-read examples/best_fit.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * fit    peak footprint  free then  growths although enough was free
 * best         3061 KiB     44 KiB  239, by 481 KiB, for requests of 2419 bytes on average
 * first        3099 KiB     81 KiB  249, by 556 KiB, for requests of 2853 bytes on average
 * next         3711 KiB    682 KiB  271, by 1452 KiB, for requests of 6577 bytes on average
 * worst        4487 KiB   1487 KiB  378, by 3028 KiB, for requests of 9733 bytes on average
 * ```
 *
 * @module
 */
import { readTrace, replay } from "@osmem/lab";

const TRACE = new URL("traces/compile-calculator.trace.gz", import.meta.url);

const { readable } = await Deno.open(TRACE);
const trace = await readTrace(readable, "compile-calculator");

console.log(
  "fit    peak footprint  free then  growths although enough was free",
);
for (const fit of ["best", "first", "next", "worst"] as const) {
  const run = replay(trace, { fit });
  const { fullest, peakFootprintBytes } = run.stats();
  const scattered = run.growths.filter(({ reason }) => reason === "scattered");
  const grown = scattered.reduce((sum, { length }) => sum + length, 0);
  const asked = scattered.reduce((sum, { request }) => sum + request, 0);
  console.log([
    fit.padEnd(5),
    kibibytes(peakFootprintBytes).padStart(14),
    kibibytes(fullest.freeBytes).padStart(9),
    `${scattered.length}, by ${kibibytes(grown)}, for requests of ` +
    `${Math.round(asked / scattered.length)} bytes on average`,
  ].join("  "));
}

function kibibytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}
