import type { Case } from "./cases/all.ts";
import { load } from "./contestant.ts";
import { CountedHeap } from "./counted_heap.ts";
import type { Footprint } from "./result.ts";

const PARTS = 64; // of the workload: more than the fullest moment takes

/**
 * What a heap takes when a case is at its fullest. It is run once more for that,
 * on a heap that counts: to do so while it is timed would cost time.
 *
 * @param measured The case.
 * @param blocks How many blocks are live.
 */
export async function footprintOf(
  measured: Case,
  blocks: number,
): Promise<Footprint> {
  const preparation = await load(
    measured,
    new URLSearchParams({ footprint: "" }),
  );
  using owner = new DisposableStack();
  const heaps: CountedHeap[] = [];
  const another = () => {
    const heap = owner.use(new CountedHeap());
    heaps.push(heap);
    return heap;
  };
  const workload = await preparation.on(another(), blocks, another);
  const parts = blocks > 1e4 ? 1 : PARTS;
  workload.run(parts);
  const total = heaps.map((heap) => heap.footprint()).reduce(sum);
  workload.end();
  return total;
}

function sum(a: Footprint, b: Footprint): Footprint {
  return {
    heaps: a.heaps + b.heaps,
    peakLive: a.peakLive + b.peakLive,
    peakLiveWithHeaders: a.peakLiveWithHeaders + b.peakLiveWithHeaders,
    peakFootprint: a.peakFootprint + b.peakFootprint,
    tables: a.tables + b.tables,
  };
}
