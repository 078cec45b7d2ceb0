import { UsageError } from "../../errors/usage_error.ts";
import type { Address, Memory } from "../../ffi/memory.ts";
import type { SystemCall } from "../../errors/system_errors.ts";
import type { SystemCallCounts } from "../heap_stats.ts";

/** Watches the system calls of a heap. A watcher may read the heap, but not change it. */
export interface SystemCallWatcher {
  /**
   * The break is about to be raised.
   *
   * @param programBreak The break before the call.
   */
  beforeGrowth(programBreak: Address): void;
  /**
   * A system call succeeded.
   *
   * @param call The name of the call.
   * @param address The new break, or the mapping's first byte.
   * @param length Bytes the break moved by, or bytes of the mapping.
   */
  afterSystemCall(call: SystemCall, address: Address, length: number): void;
}

/**
 * Makes the system calls of a heap through its {@linkcode Memory}, and counts them and the
 * footprint: the memory that the heap has obtained.
 */
export class SystemCalls {
  readonly #memory: Memory;
  /** Whether a call of the memory is in progress. */
  #isCalling = false;
  /**
   * Whether the last mmap or munmap took effect. A watcher may throw afterwards: then the
   * call fails although the mapping has changed.
   */
  isMade = false;
  readonly #counts = { sbrk: 0, mmap: 0, munmap: 0 };
  /** Watches every system call, if the heap is watched. */
  watcher: SystemCallWatcher | undefined;
  #footprintBytes = 0;
  #peakFootprintBytes = 0;

  /** @param memory The memory to call. */
  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** System calls that succeeded so far. */
  get counts(): SystemCallCounts {
    return { ...this.#counts };
  }

  /** Bytes obtained from the system: below the break, and in mappings. */
  get footprintBytes(): number {
    return this.#footprintBytes;
  }

  /** The most that {@linkcode SystemCalls.footprintBytes} has been. */
  get peakFootprintBytes(): number {
    return this.#peakFootprintBytes;
  }

  /**
   * Refuses a change from inside a call of the memory.
   *
   * @throws {UsageError} If such a call is in progress.
   */
  requireIdle(): void {
    if (!this.#isCalling) return;
    throw new UsageError(
      "in-call",
      "Cannot change a heap from inside a call of its own memory: " +
        "the heap is half changed; change it after the call",
    );
  }

  /** Returns the program break. */
  programBreak(): Address {
    return this.#ask("sbrk", () => this.#memory.sbrk(0));
  }

  /**
   * Raises the program break.
   *
   * @param programBreak The break when last asked.
   * @param increment Bytes.
   * @returns The break before the call. Others may have moved it since it was last asked.
   */
  raiseBreak(programBreak: Address, increment: number): Address {
    this.#during(() => this.watcher?.beforeGrowth(programBreak));
    const previous = this.#ask("sbrk", () => this.#memory.sbrk(increment));
    this.#counts.sbrk++;
    this.#addFootprint(increment);
    this.watcher?.afterSystemCall("sbrk", previous + increment, increment);
    return previous;
  }

  /** Makes a mapping of `length` bytes, and returns its address. */
  map(length: number): Address {
    this.isMade = false;
    const address = this.#ask("mmap", () => this.#memory.mmap(length));
    this.isMade = true;
    this.#counts.mmap++;
    this.#addFootprint(length);
    this.watcher?.afterSystemCall("mmap", address, length);
    return address;
  }

  /** Unmaps a mapping. */
  unmap(address: Address, length: number): void {
    this.isMade = false;
    this.#during(() => this.#memory.munmap(address, length));
    this.isMade = true;
    this.#counts.munmap++;
    this.#footprintBytes -= length;
    this.watcher?.afterSystemCall("munmap", address, length);
  }

  /** Opens a window on memory. */
  window(address: Address, length: number): ArrayBuffer {
    return this.#during(() => this.#memory.buffer(address, length));
  }

  /** Makes a call that returns an address, and checks the address. */
  #ask(call: SystemCall, make: () => Address): Address {
    const address = this.#during(make);
    if (Number.isSafeInteger(address) && address > 0) return address;
    throw new UsageError(
      "wrong-answer",
      `The heap's memory answered ${call} with ${address}: expected an address, ` +
        "a positive whole number; a Memory that wraps another must return the answer " +
        "of that Memory",
    );
  }

  /** Makes a call of the memory. During the call the heap refuses to be changed. */
  #during<Answer>(call: () => Answer): Answer {
    this.requireIdle();
    this.#isCalling = true;
    try {
      return call();
    } finally {
      this.#isCalling = false;
    }
  }

  #addFootprint(bytes: number): void {
    this.#footprintBytes += bytes;
    if (this.#footprintBytes > this.#peakFootprintBytes) {
      this.#peakFootprintBytes = this.#footprintBytes;
    }
  }
}

/** The cells of payload in live blocks, heap blocks and mapped blocks together. */
export class LiveCells {
  /** Cells now. */
  cells = 0;
  /** The most that `cells` has been. */
  peakCells = 0;

  /** Counts cells that live blocks gained, or lost if negative. */
  add(cells: number): void {
    this.cells += cells;
    if (this.cells > this.peakCells) this.peakCells = this.cells;
  }
}
