import type { Address } from "@osmem/osmem";
import { CallKind, NO_BLOCK, type Trace } from "../traces/trace.ts";

/** What a trace is replayed on: a heap, or a recording of one. */
export interface ReplayTarget {
  malloc(size: number): Address;
  calloc(nmemb: number, size: number): Address;
  realloc(address: Address, size: number): Address;
  free(address: Address): void;
}

/** The columns of calls that can be made again: a trace's, or a run's. */
export type ReplayedCalls = Pick<
  Trace,
  "kinds" | "blocks" | "counts" | "sizes" | "blockCount"
>;

/** Makes the calls of a trace on a heap, and knows where each block lies. */
export class Replayer {
  readonly #trace: ReplayedCalls;
  readonly #heap: ReplayTarget;
  readonly #addresses: Float64Array;

  /**
   * @param trace The calls.
   * @param heap A heap that has nothing in it yet.
   */
  constructor(trace: ReplayedCalls, heap: ReplayTarget) {
    this.#trace = trace;
    this.#heap = heap;
    this.#addresses = new Float64Array(trace.blockCount);
  }

  /** Where a block's payload lies; 0 before its allocation and after its free. */
  addressOf(block: number): Address {
    return block === NO_BLOCK ? 0 : this.#addresses[block] as number;
  }

  /**
   * Makes a call. Every call before it must have been made.
   *
   * @param call Its number in the trace.
   * @throws Whatever the heap throws.
   */
  perform(call: number): void {
    const block = this.#trace.blocks[call] as number;
    const size = this.#trace.sizes[call] as number;
    switch (this.#trace.kinds[call]) {
      case CallKind.malloc:
      case CallKind.memalign:
        this.#addresses[block] = this.#heap.malloc(size);
        break;
      case CallKind.calloc: {
        const count = this.#trace.counts[call] as number;
        this.#addresses[block] = this.#heap.calloc(count, size);
        break;
      }
      case CallKind.realloc: {
        const old = this.addressOf(block);
        this.#addresses[block] = this.#heap.realloc(old, size);
        break;
      }
      default:
        this.#heap.free(this.addressOf(block));
        if (block !== NO_BLOCK) this.#addresses[block] = 0;
    }
  }
}
