/**
 * How a list that grows fares: by a fixed step or by doubling, alone at the end of
 * the heap or with another list that grows beside it.
 *
 * ```sh
 * deno run --allow-ffi examples/realloc_growth.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * lists  growth        reallocs  copied bytes  peak footprint  utilisation
 *     1  by 512 bytes       128             0           65568        100 %
 *     1  by doubling          8             0           65568        100 %
 *     2  by 512 bytes       256        141312          162144         81 %
 *     2  by doubling         16        111616          224640         58 %
 * ```
 *
 * @module
 */
import { experiment, type Recording, type Run } from "@osmem/lab";

const FULL = 64 * 1024; // bytes that a list grows to
type Next = (size: number) => number;

const GROWTHS: readonly (readonly [name: string, next: Next])[] = [
  ["by 512 bytes", (size) => size + 512],
  ["by doubling", (size) => 2 * size],
];

/** Lets lists grow in turns. */
function grow(heap: Recording, lists: number, next: Next): void {
  const blocks = Array.from({ length: lists }, () => 0);
  for (let size = 512; size <= FULL; size = next(size)) {
    blocks.forEach((block, list) => {
      blocks[list] = heap.realloc(block, size, `list ${list + 1}`);
    });
  }
}

/** Bytes copied by reallocs that moved their block. */
function copiedBytes({ data }: Run): number {
  const addresses = new Map<number, number>();
  const sizes = new Map<number, number>();
  let copied = 0;
  data.results.forEach((result, call) => {
    const block = data.blocks[call]!;
    const before = addresses.get(block);
    if (before !== undefined && before !== result) copied += sizes.get(block)!;
    addresses.set(block, result);
    sizes.set(block, data.sizes[call]!);
  });
  return copied;
}

console.log(
  "lists  growth        reallocs  copied bytes  peak footprint  utilisation",
);
for (const lists of [1, 2]) {
  for (const [name, next] of GROWTHS) {
    const run = experiment(
      { preallocate: 0 },
      (heap) => grow(heap, lists, next),
    );
    const { calls, peakFootprintBytes, peakUtilisation } = run.stats();
    console.log([
      String(lists).padStart(5),
      name.padEnd(12),
      String(calls).padStart(8),
      String(copiedBytes(run)).padStart(12),
      String(peakFootprintBytes).padStart(14),
      `${Math.round(100 * (peakUtilisation ?? 0))} %`.padStart(11),
    ].join("  "));
  }
}
