import type { Address } from "../../ffi/memory.ts";
import type { HeapPolicy } from "../heap_options.ts";
import type { LiveCells } from "../heap_stats.ts";
import { CELL_BYTES, STATE, STATUS, unitOf } from "../layout.ts";
import { BlockList } from "../list/block_list.ts";
import type { SystemCalls } from "../source/system_calls.ts";

/**
 * A block list that can quarantine blocks: a quarantined block counts as free, but its
 * memory is neither given out nor merged until the block is let go.
 *
 * The list leaves a heap no short way to free a block, since a debug heap examines each
 * block that is freed. A class of its own spares all other heaps the question at each
 * call.
 */
export class DebugList extends BlockList {
  readonly #counted: LiveCells;
  readonly #quarantined = new Set<number>();

  /**
   * @param calls Makes the system calls.
   * @param live Counts live cells.
   * @param policy How blocks are chosen, split and merged, and the break raised.
   */
  constructor(calls: SystemCalls, live: LiveCells, policy: HeapPolicy) {
    super(calls, live, policy);
    this.#counted = live;
  }

  /** Cells of payload of the largest quarantined block, or 0. */
  get largestQuarantined(): number {
    let largest = 0;
    for (const cell of this.#quarantined) {
      largest = Math.max(largest, this.size(cell));
    }
    return largest;
  }

  override place(size: number): Address {
    const address = super.place(size);
    this.latest = NaN;
    return address;
  }

  override release(_address: Address): boolean {
    return false;
  }

  override close(): void {
    super.close();
    this.#quarantined.clear();
  }

  override clear(): void {
    super.clear();
    this.#quarantined.clear();
  }

  /** Marks an allocated block as free, and quarantines it. */
  quarantine(address: Address): void {
    const cell = this.findUnowned(address);
    this.headers.writeStatus(cell, STATUS.free);
    this.tags.set(unitOf(cell), cell, STATE.quarantined);
    this.#quarantined.add(cell);
    this.liveBlocks--;
    this.#counted.cells -= this.size(cell);
  }

  /** Lets a quarantined block be given out again. */
  letGo(address: Address): void {
    const cell = this.#cellOf(address);
    this.tags.set(unitOf(cell), cell, STATE.allocated);
    this.#quarantined.delete(cell);
    this.liveBlocks++;
    this.#counted.cells += this.size(cell);
    super.release(address);
  }

  /** Frees an allocated block at once. */
  releaseNow(address: Address): void {
    super.release(address);
  }

  /** The whole payload of a block that is allocated or quarantined, with its guard. */
  whole(address: Address): Uint8Array<ArrayBuffer> {
    const cell = this.#cellOf(address);
    return this.headers.payload(cell, this.size(cell) * CELL_BYTES);
  }

  #cellOf(address: Address): number {
    return (address - this.headers.firstPayload) / CELL_BYTES;
  }
}
