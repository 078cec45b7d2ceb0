import {
  type Address,
  arenaMemory,
  type Memory,
  processMemory,
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
  readonly #pairs: number;
  readonly #separators = new Map<Address, Disposable>();
  /** Whether to keep mappings apart. */
  isSeparating = true;

  /** @param pairs How many pairs of neighbours each mapping gets beside a first one. */
  constructor(pairs: number) {
    this.pageSize = this.#inner.pageSize;
    this.#pairs = pairs;
  }

  sbrk(increment: number): Address {
    return this.#inner.sbrk(increment);
  }

  mmap(length: number): Address {
    const address = this.#inner.mmap(length);
    if (!this.isSeparating) return address;
    try {
      this.#separators.set(address, this.separator());
      return address;
    } catch (error) {
      this.#inner.munmap(address, length);
      throw error;
    }
  }

  munmap(address: Address, length: number): void {
    this.#inner.munmap(address, length);
    this.#separators.get(address)?.[Symbol.dispose]();
    this.#separators.delete(address);
  }

  buffer(address: Address, length: number): ArrayBuffer {
    return this.#inner.buffer(address, length);
  }

  /** Neighbours for a mapping, all or none. */
  separator(): Disposable {
    using made = new DisposableStack();
    made.use(this.#arena());
    for (let pair = 0; pair < this.#pairs; pair++) {
      made.adopt(
        this.#inner.mmap(this.pageSize),
        (mapping) => this.#inner.munmap(mapping, this.pageSize),
      );
      made.use(this.#arena());
    }
    return made.move();
  }

  #arena(): Disposable {
    return arenaMemory({ reserve: this.pageSize });
  }
}
