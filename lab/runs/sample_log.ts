import type { HeapFigures } from "./heap_figures.ts";
import { Column } from "./column.ts";
import type { Samples } from "./run_data.ts";

/** Blocks that may be looked at before any call was made, and more for each call. */
const FIRST_CREDIT = 1_000_000;
const CREDIT_PER_CALL = 16;

/**
 * The {@linkcode Samples} of a run while it is being recorded. A sample costs a
 * step for each block, so each call brings credit for some steps, and a sample
 * is due when it can be paid for: sampling costs the same in the long run however
 * many blocks there are.
 */
export class SampleLog {
  readonly #calls = new Column(Uint32Array);
  readonly #requested = new Column(Float64Array);
  readonly #live = new Column(Float64Array);
  readonly #footprint = new Column(Float64Array);
  readonly #headers = new Column(Float64Array);
  readonly #free = new Column(Float64Array);
  readonly #largestFree = new Column(Float64Array);
  #credit = FIRST_CREDIT;

  /**
   * A call was made.
   *
   * @param blocks How many blocks there are now.
   * @returns Whether a sample is due.
   */
  isDue(blocks: number): boolean {
    this.#credit += CREDIT_PER_CALL;
    if (this.#credit < blocks) return false;
    this.#credit -= blocks;
    return true;
  }

  /** Adds a sample. */
  add(figures: HeapFigures): void {
    this.#calls.push(figures.calls);
    this.#requested.push(figures.requestedBytes);
    this.#live.push(figures.liveBytes);
    this.#footprint.push(figures.footprintBytes);
    this.#headers.push(figures.headerBytes);
    this.#free.push(figures.freeBytes);
    this.#largestFree.push(figures.largestFreeBytes);
  }

  /** The columns. */
  finish(): Samples {
    return {
      calls: this.#calls.finish(),
      requestedBytes: this.#requested.finish(),
      liveBytes: this.#live.finish(),
      footprintBytes: this.#footprint.finish(),
      headerBytes: this.#headers.finish(),
      freeBytes: this.#free.finish(),
      largestFreeBytes: this.#largestFree.finish(),
    };
  }
}
