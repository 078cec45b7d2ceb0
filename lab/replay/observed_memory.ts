import type { Address, Memory } from "../../mod.ts";

/**
 * Passes every call on to another memory, and tells when the break is about to
 * grow: the heap above has looked for a free block in vain, or `realloc` grows
 * the last block in place.
 */
export class ObservedMemory implements Memory {
  readonly #memory: Memory;
  readonly #onGrowth: (programBreak: Address) => void;

  /**
   * @param memory The memory to use.
   * @param onGrowth Called before each growth of the break, with its address.
   */
  constructor(memory: Memory, onGrowth: (programBreak: Address) => void) {
    this.#memory = memory;
    this.#onGrowth = onGrowth;
  }

  get pageSize(): number {
    return this.#memory.pageSize;
  }

  sbrk(increment: number): Address {
    if (increment > 0) this.#onGrowth(this.#memory.sbrk(0));
    return this.#memory.sbrk(increment);
  }

  mmap(length: number): Address {
    return this.#memory.mmap(length);
  }

  munmap(address: Address, length: number): void {
    this.#memory.munmap(address, length);
  }

  buffer(address: Address, length: number): ArrayBuffer {
    return this.#memory.buffer(address, length);
  }
}
