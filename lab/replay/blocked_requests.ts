import type { Address, Heap } from "../../mod.ts";
import { CallKind } from "../traces/call_kind.ts";
import {
  type FreeMemory,
  freeMemoryOf,
  takeSnapshot,
} from "./heap_snapshot.ts";
import type { Replayer } from "./replayer.ts";
import type { Trace } from "../traces/trace.ts";

/**
 * Counts the growths of the break that happen although enough memory is free
 * (F), because each free block (L) is too small: F >= request > L.
 *
 * ```text
 *   before a growth by   free neighbours      F and L are read from
 *   a search             have been merged     the heap's statistics
 *   realloc in place     may lie unmerged     the blocks, as a search would
 *                                             find them
 * ```
 */
export class BlockedRequests {
  /** How many there were. */
  count = 0;
  readonly #trace: Trace;
  readonly #heap: Heap;
  readonly #replayer: Replayer;
  #lastInPlace = -1;
  #free: FreeMemory = { bytes: 0, largestBytes: 0 };

  /**
   * @param trace The calls that are replayed.
   * @param heap The heap that they are replayed on.
   * @param replayer What makes them.
   */
  constructor(trace: Trace, heap: Heap, replayer: Replayer) {
    this.#trace = trace;
    this.#heap = heap;
    this.#replayer = replayer;
  }

  /**
   * Called before the break grows.
   *
   * @param call The call that makes it grow.
   * @param programBreak Where it is.
   */
  onGrowth(call: number, programBreak: Address): void {
    const request = this.#requestOf(call);
    const { bytes, largestBytes } = this.#growsInPlace(call, programBreak)
      ? this.#freeBesideLastBlock(call)
      : this.#freeAfterSearch();
    if (bytes >= request && largestBytes < request) this.count++;
  }

  /** The payload that a call needs, in bytes rounded as the heap rounds them. */
  #requestOf(call: number): number {
    const { counts, sizes } = this.#trace;
    const bytes = (counts[call] as number) * (sizes[call] as number);
    return Math.ceil(bytes / 8) * 8;
  }

  /** Whether the call is a `realloc` of the last block. */
  #growsInPlace(call: number, programBreak: Address): boolean {
    if (this.#trace.kinds[call] !== CallKind.realloc) return false;
    const payload = this.#replayer.addressOf(
      this.#trace.blocks[call] as number,
    );
    return payload !== 0 &&
      payload + this.#heap.usableSize(payload) === programBreak;
  }

  #freeAfterSearch(): FreeMemory {
    const { freeBytes, largestFreeBytes } = this.#heap.stats();
    return { bytes: freeBytes, largestBytes: largestFreeBytes };
  }

  /** Growing in place again and again leaves the free blocks as they are. */
  #freeBesideLastBlock(call: number): FreeMemory {
    if (this.#lastInPlace !== call - 1) {
      this.#free = freeMemoryOf(takeSnapshot(this.#heap));
    }
    this.#lastInPlace = call;
    return this.#free;
  }
}
