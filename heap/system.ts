import type { Address, Memory } from "../ffi/memory.ts";
import type { SystemCallCounts } from "./heap_stats.ts";

/**
 * A heap's {@linkcode Memory} with a tally of what was obtained through it.
 * Every system call of a heap is made here.
 */
export class System {
  /** Bytes in a page. */
  readonly pageSize: number;
  readonly #memory: Memory;
  readonly #calls = { sbrk: 0, mmap: 0, munmap: 0 };
  #heldBytes = 0;
  #peakHeldBytes = 0;

  /** @param memory Where the memory comes from. */
  constructor(memory: Memory) {
    this.#memory = memory;
    this.pageSize = memory.pageSize;
  }

  /** System calls that succeeded so far. */
  get calls(): SystemCallCounts {
    return { ...this.#calls };
  }

  /** Bytes held from the system: by moves of the break, and in mappings. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The most that {@linkcode System.heldBytes} has been. */
  get peakHeldBytes(): number {
    return this.#peakHeldBytes;
  }

  /** Where the program break is now. */
  programBreak(): Address {
    return this.#memory.sbrk(0);
  }

  /** Raises the program break by `increment` bytes; returns the previous one. */
  raiseBreak(increment: number): Address {
    const previous = this.#memory.sbrk(increment);
    this.#calls.sbrk++;
    this.#hold(increment);
    return previous;
  }

  /** Makes a mapping of `length` bytes. */
  map(length: number): Address {
    const address = this.#memory.mmap(length);
    this.#calls.mmap++;
    this.#hold(length);
    return address;
  }

  /** Gives a mapping back. */
  unmap(address: Address, length: number): void {
    this.#memory.munmap(address, length);
    this.#calls.munmap++;
    this.#heldBytes -= length;
  }

  /** A window on memory. */
  window(address: Address, length: number): ArrayBuffer {
    return this.#memory.buffer(address, length);
  }

  #hold(bytes: number): void {
    this.#heldBytes += bytes;
    if (this.#heldBytes > this.#peakHeldBytes) {
      this.#peakHeldBytes = this.#heldBytes;
    }
  }
}
