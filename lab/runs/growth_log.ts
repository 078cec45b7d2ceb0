import type { HeapWatch } from "@osmem/osmem/internal";
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
 * Finds out why the break is raised: the raises of a run, each with what was free,
 * free neighbours counting as the one block that a search makes of them.
 */
export class GrowthLog {
  readonly #watch: HeapWatch;
  readonly #growths: Growth[] = [];
  /** The raise that the system has not answered yet. */
  #asked: Omit<Growth, "length"> | undefined;

  /** @param watch The heap, being watched. */
  constructor(watch: HeapWatch) {
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
    const { freeBytes, largestFreeBytes } = this.#watch.freeMemory;
    const reason = inPlace
      ? "grows in place"
      : this.#reason(request, freeBytes);
    this.#asked = { call, request, freeBytes, largestFreeBytes, reason };
    return reason;
  }

  /** The break was raised by this many bytes; if it was not, the heap asks again. */
  after(length: number): void {
    if (!this.#asked) return;
    const { call, ...asked } = this.#asked;
    this.#growths.push({ call, length, ...asked });
    this.#asked = undefined;
  }

  #reason(request: number, freeBytes: number): GrowthReason {
    if (this.#watch.heapBlocks === 0) return "first use";
    if (freeBytes === 0) return "nothing free";
    return freeBytes < request ? "too small" : "scattered";
  }
}
