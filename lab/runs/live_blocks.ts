import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { Address } from "@osmem/osmem";
import { NO_BLOCK } from "../traces/trace.ts";
import type { HeapSnapshot } from "./heap_snapshot.ts";

/**
 * Numbers the blocks of a run in the order of their allocation, and knows which
 * are live and how much was asked for each. A block keeps its number through
 * `realloc`. Those that the heap had before come first.
 */
export class LiveBlocks {
  readonly #numbers = new Map<Address, number>();
  readonly #requested: number[] = [];
  #requestedBytes = 0;

  /** @param initial The blocks that the heap had before. */
  constructor(initial: HeapSnapshot) {
    for (let index = 0; index < initial.length; index++) {
      if (initial.statuses[index] === STATUS.free) continue;
      const payload = (initial.addresses[index] as number) + HEADER_BYTES;
      this.#add(payload, initial.sizes[index] as number);
    }
  }

  /** How many blocks were numbered. */
  get blockCount(): number {
    return this.#requested.length;
  }

  /** Bytes asked for in live blocks (P). */
  get requestedBytes(): number {
    return this.#requestedBytes;
  }

  /** The live block with this payload address, or `NO_BLOCK`. */
  at(payload: Address): number {
    return this.#numbers.get(payload) ?? NO_BLOCK;
  }

  /**
   * A call allocated, moved, resized, or freed a block by resizing it to nothing.
   *
   * @param pointer The payload's address that the call was given, or 0.
   * @param result The one that it returned, or 0.
   * @param bytes What was asked for.
   * @returns The block's number.
   */
  allocate(pointer: Address, result: Address, bytes: number): number {
    if (result === 0) return this.free(pointer);
    if (!this.#numbers.has(pointer)) return this.#add(result, bytes);
    const block = this.#take(pointer);
    this.#numbers.set(result, block);
    this.#request(block, bytes);
    return block;
  }

  /** A block was freed; returns its number, or `NO_BLOCK`. */
  free(pointer: Address): number {
    if (!this.#numbers.has(pointer)) return NO_BLOCK;
    const block = this.#take(pointer);
    this.#request(block, 0);
    return block;
  }

  #add(payload: Address, bytes: number): number {
    const block = this.#requested.length;
    this.#requested.push(0);
    this.#numbers.set(payload, block);
    this.#request(block, bytes);
    return block;
  }

  #take(payload: Address): number {
    const block = this.at(payload);
    this.#numbers.delete(payload);
    return block;
  }

  #request(block: number, bytes: number): void {
    this.#requestedBytes += bytes - (this.#requested[block] as number);
    this.#requested[block] = bytes;
  }
}
