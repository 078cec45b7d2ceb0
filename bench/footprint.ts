import { type Address, arenaMemory, Heap } from "../mod.ts";
import { HEADER_BYTES } from "../heap/layout.ts";
import type { Allocator } from "./allocator.ts";
import type { Case } from "./cases/all.ts";
import { load } from "./contestant.ts";
import { RESERVE } from "./peers/osmem.ts";
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

/** A heap that knows the most that was live at once, headers included. */
class CountedHeap implements Allocator<Address> {
  readonly none = 0;
  readonly #memory = arenaMemory({ reserve: RESERVE });
  readonly #heap = new Heap({ memory: this.#memory });
  #live = 0;
  #peakLive = 0;

  malloc(size: number): Address {
    return this.#count(this.#heap.malloc(size));
  }

  calloc(size: number): Address {
    return this.#count(this.#heap.calloc(1, size));
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
    this.#live -= this.#bytesOf(address);
    this.#heap.free(address);
  }

  footprint(): Footprint {
    const { peakLiveBytes, peakHeldBytes, tableBytes } = this.#heap.stats();
    return {
      heaps: 1,
      peakLive: peakLiveBytes,
      peakLiveWithHeaders: this.#peakLive,
      peakHeld: peakHeldBytes,
      tables: tableBytes,
    };
  }

  [Symbol.dispose](): void {
    this.#heap[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
  }

  #count(address: Address): Address {
    this.#live += this.#bytesOf(address);
    if (this.#live > this.#peakLive) this.#peakLive = this.#live;
    return address;
  }

  #bytesOf(address: Address): number {
    return address === 0 ? 0 : HEADER_BYTES + this.#heap.usableSize(address);
  }
}

function sum(a: Footprint, b: Footprint): Footprint {
  return {
    heaps: a.heaps + b.heaps,
    peakLive: a.peakLive + b.peakLive,
    peakLiveWithHeaders: a.peakLiveWithHeaders + b.peakLiveWithHeaders,
    peakHeld: a.peakHeld + b.peakHeld,
    tables: a.tables + b.tables,
  };
}
