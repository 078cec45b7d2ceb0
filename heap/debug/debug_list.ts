import type { Address } from "../../ffi/memory.ts";
import { BlockList } from "../list/block_list.ts";
import type { HeapPolicy } from "../heap_options.ts";
import { CELL_BYTES, STATE, STATUS, unitOf } from "../layout.ts";
import type { System } from "../source/system_calls.ts";
import type { Tally } from "../source/live_cells.ts";

/**
 * A block list whose blocks can be kept back: they count as free, but their memory is
 * not given out again, nor merged, before they are let go.
 *
 * It never lets a heap free a block on the short way, since every free is to be looked
 * at. A class of its own spares all other heaps the question at each call.
 */
export class DebugBlockList extends BlockList {
  readonly #counted: Tally;
  /** The blocks that are kept back. */
  readonly #kept = new Set<number>();

  /**
   * @param system Where memory comes from.
   * @param tally Counts live cells.
   * @param policy How blocks are chosen, split and merged, and the break raised.
   */
  constructor(system: System, tally: Tally, policy: HeapPolicy) {
    super(system, tally, policy);
    this.#counted = tally;
  }

  override get liveBlocks(): number {
    return super.liveBlocks - this.#kept.size;
  }

  override get largestFree(): number {
    let largest = super.largestFree;
    for (const cell of this.#kept) {
      largest = Math.max(largest, this.size(cell));
    }
    return largest;
  }

  override allocate(size: number): number {
    const cell = super.allocate(size);
    this.latest = NaN;
    return cell;
  }

  override release(_address: Address): boolean {
    return false;
  }

  override close(): void {
    super.close();
    this.#kept.clear();
  }

  override clear(): void {
    super.clear();
    this.#kept.clear();
  }

  /** Marks an allocated block as free, and keeps it back. */
  keep(address: Address): void {
    const cell = this.find(address);
    this.headers.writeStatus(cell, STATUS.free);
    this.tags.set(unitOf(cell), cell, STATE.kept);
    this.#kept.add(cell);
    this.#counted.cells -= this.size(cell);
  }

  /** Lets a block that was kept back be given out again. */
  letGo(address: Address): void {
    const cell = this.#cellOf(address);
    this.tags.set(unitOf(cell), cell, STATE.allocated);
    this.#kept.delete(cell);
    this.#counted.cells += this.size(cell);
    super.release(address);
  }

  /** Frees an allocated block at once. */
  drop(address: Address): void {
    super.release(address);
  }

  /** The whole payload of a block that is allocated or kept back, its guard too. */
  whole(address: Address): Uint8Array<ArrayBuffer> {
    const cell = this.#cellOf(address);
    return this.headers.payload(cell, this.size(cell) * CELL_BYTES);
  }

  #cellOf(address: Address): number {
    return (address - this.headers.firstPayload) / CELL_BYTES;
  }
}
