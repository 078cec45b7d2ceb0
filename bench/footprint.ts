import type { HeapCalls } from "../heap/c/c_calls.ts";
import { HEADER_BYTES } from "../heap/layout.ts";
import { type Address, arenaMemory, Heap } from "../mod.ts";
import type { Allocator } from "./allocator.ts";
import type { Case } from "./cases/all.ts";
import { load } from "./contestant.ts";
import { RESERVE } from "./peers/osmem.ts";
import type { Footprint } from "./result.ts";

const PARTS = 64; // of the workload: more than it takes to be at its fullest

/**
 * How much memory a heap takes when a case is at its fullest. The case runs once more
 * for that, on a heap that counts: counting while it is timed would cost time.
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

/** A heap that counts its calls, and the most blocks and bytes that were live at once. */
export class CountedHeap implements Allocator<Address>, HeapCalls {
  readonly none = 0;
  /** Calls so far that allocate, resize or free. `usableSize` does not count. */
  calls = 0;
  /** The most blocks that were live at once. */
  peakBlocks = 0;
  readonly #memory = arenaMemory({ reserve: RESERVE });
  readonly #heap = new Heap({ memory: this.#memory });
  /** Bytes, headers included. */
  #live = 0;
  #peakLive = 0;

  malloc(size: number): Address {
    return this.#count(this.#heap.malloc(size));
  }

  calloc(nmemb: number, size = 1): Address {
    return this.#count(this.#heap.calloc(nmemb, size));
  }

  realloc(address: Address, size: number): Address {
    const before = this.#bytesOf(address);
    const moved = this.#heap.realloc(address, size);
    if (moved === address) this.#live -= before;
    this.#count(moved);
    if (moved !== address) this.#live -= before; // both were live while it was copied
    return moved;
  }

  free(address: Address): void {
    this.calls++;
    this.#live -= this.#bytesOf(address);
    this.#heap.free(address);
  }

  usableSize(address: Address): number {
    return this.#heap.usableSize(address);
  }

  /** How much memory the heap took when it was at its fullest. */
  footprint(): Footprint {
    const { peakLiveBytes, peakFootprintBytes, tableBytes } = this.#heap
      .stats();
    return {
      heaps: 1,
      peakLive: peakLiveBytes,
      peakLiveWithHeaders: this.#peakLive,
      peakFootprint: peakFootprintBytes,
      tables: tableBytes,
    };
  }

  [Symbol.dispose](): void {
    this.#heap[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
  }

  #count(address: Address): Address {
    this.calls++;
    this.#live += this.#bytesOf(address);
    if (this.#live > this.#peakLive) this.#peakLive = this.#live;
    const { liveBlocks } = this.#heap.stats();
    if (liveBlocks > this.peakBlocks) this.peakBlocks = liveBlocks;
    return address;
  }

  #bytesOf(address: Address): number {
    return address === 0 ? 0 : HEADER_BYTES + this.#heap.usableSize(address);
  }
}
