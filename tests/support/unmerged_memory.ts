import {
  type Address,
  arenaMemory,
  type Memory,
  processMemory,
  SystemCallError,
} from "../../mod.ts";

/**
 * The process's memory, but for mappings that the kernel cannot join. It joins those
 * that lie side by side if they are alike, so that the number of what it calls mappings
 * stays small: arenas, for which no swap is set aside, are not like others. None of the
 * neighbours is ever touched, so they cost little.
 */
export class UnmergedMemory implements Memory {
  readonly pageSize: number;
  readonly #inner = processMemory();
  readonly #separators = new Map<Address, Disposable>();
  /** Whether to keep mappings apart. */
  isSeparating = true;

  constructor() {
    this.pageSize = this.#inner.pageSize;
  }

  sbrk(increment: number): Address {
    return this.#inner.sbrk(increment);
  }

  mmap(length: number): Address {
    const address = this.#inner.mmap(length);
    if (!this.isSeparating) return address;
    try {
      const separator = arenaMemory({ reserve: this.pageSize });
      this.#separators.set(address, separator);
      return address;
    } catch (error) {
      this.#inner.munmap(address, length);
      if (!(error instanceof SystemCallError)) throw error;
      throw new SystemCallError("mmap", error.errno, [length]); // of this mapping
    }
  }

  munmap(address: Address, length: number): void {
    this.#separators.get(address)?.[Symbol.dispose](); // this too may be refused
    this.#separators.delete(address);
    this.#inner.munmap(address, length);
  }

  buffer(address: Address, length: number): ArrayBuffer {
    return this.#inner.buffer(address, length);
  }
}
