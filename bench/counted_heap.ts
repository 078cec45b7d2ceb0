import { HEADER_BYTES } from "../heap/layout.ts";
import type { HeapCalls } from "../heap/c/c_calls.ts";
import { type Address, arenaMemory, Heap } from "../mod.ts";
import type { Allocator } from "./allocator.ts";
import { RESERVE } from "./peers/osmem.ts";
import type { Footprint } from "./result.ts";

/** A heap that knows what was asked of it, and the most that was live at once. */
export class CountedHeap implements Allocator<Address>, HeapCalls {
  readonly none = 0;
  /** Calls so far that allocate, resize or free; not those that ask for a size. */
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

  /** What the heap took when it was at its fullest. */
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
