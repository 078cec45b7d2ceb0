import type { Heap } from "../../mod.ts";
import type { FreeMemory } from "../../heap/heap_stats.ts";
import type { HeapWatch } from "../../heap/heap_watch.ts";
import { takeSnapshot, totalsOf } from "./heap_snapshot.ts";
import type { Growth, GrowthReason } from "./run_data.ts";

/** The call that raises the break. */
export interface GrowingCall {
  /** Its number. */
  readonly call: number;
  /** Payload that it needs, rounded up to 8. */
  readonly request: number;
  /** Whether it is a `realloc` of the last block. */
  readonly inPlace: boolean;
}

/**
 * Finds out why the break is raised: the raises of a run, each with what was free.
 *
 * ```text
 *   before a raise by    free neighbours      what is free is read from
 *   a search             have been merged     the heap's statistics
 *   realloc in place     may lie unmerged     the blocks, as a search would
 *                                             find them
 * ```
 */
export class GrowthLog {
  readonly #heap: Heap;
  readonly #watch: HeapWatch;
  readonly #growths: Growth[] = [];
  #lastInPlace = -1;
  #free: FreeMemory = { freeBytes: 0, largestFreeBytes: 0 };

  /**
   * @param heap The heap that is recorded.
   * @param watch The same, being watched.
   */
  constructor(heap: Heap, watch: HeapWatch) {
    this.#heap = heap;
    this.#watch = watch;
  }

  /** The raises so far. */
  get growths(): readonly Growth[] {
    return this.#growths;
  }

  /**
   * The break is about to be raised; by how much is not known yet.
   *
   * @returns Why.
   */
  before({ call, request, inPlace }: GrowingCall): GrowthReason {
    const free = inPlace
      ? this.#freeBesideLastBlock(call)
      : this.#watch.freeMemory;
    const { freeBytes, largestFreeBytes } = free;
    const reason = inPlace
      ? "grows in place"
      : this.#reason(request, freeBytes);
    this.#growths.push(
      { call, length: 0, request, freeBytes, largestFreeBytes, reason },
    );
    return reason;
  }

  /** The break was raised by so many bytes. */
  after(length: number): void {
    const growth = this.#growths.pop();
    if (growth) this.#growths.push({ ...growth, length });
  }

  /** The raises of a call that the system refused did not happen. */
  refuse(): void {
    while (this.#growths.at(-1)?.length === 0) this.#growths.pop();
  }

  #reason(request: number, freeBytes: number): GrowthReason {
    if (this.#watch.heapBlocks === 0) return "first use";
    if (freeBytes === 0) return "nothing free";
    return freeBytes < request ? "too small" : "scattered";
  }

  /** Growing in place again and again leaves the free blocks as they are. */
  #freeBesideLastBlock(call: number): FreeMemory {
    if (this.#lastInPlace !== call - 1) {
      const mergesNeighbours = this.#watch.policy.coalesce !== "never";
      this.#free = totalsOf(takeSnapshot(this.#heap), mergesNeighbours);
    }
    this.#lastInPlace = call;
    return this.#free;
  }
}
