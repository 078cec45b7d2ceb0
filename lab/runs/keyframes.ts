import {
  advance,
  changesBefore,
  type HeapState,
  initialState,
} from "./block_state.ts";
import type { RunData } from "./run_data.ts";

/** Changes after which a keyframe is made, if they are not fewer than half the blocks. */
const FEWEST_CHANGES = 4096;

/**
 * The blocks at some moments of a run, from which those at every other moment are
 * found.
 *
 * ```text
 *   calls      0 ─────────── 4,102 ───────────────── 9,377 ──────────── …
 *   keyframe   │             │                       │
 *              └─ changes ──▶│                       └─ changes ─▶ any moment
 * ```
 *
 * Keyframes are so far apart that all of them together take no more than a fixed
 * share of what the changes take, whatever the number of blocks; and so close
 * that finding a moment takes about as long as copying the blocks.
 */
export class Keyframes {
  readonly #data: RunData;
  readonly #states: HeapState[];

  /** @param data The run. */
  constructor(data: RunData) {
    this.#data = data;
    this.#states = [initialState(data)];
    let last = this.#states[0]!;
    for (let calls = 1; calls <= data.length; calls++) {
      const since = changesBefore(data, calls) -
        changesBefore(data, last.calls);
      if (since < Math.max(FEWEST_CHANGES, last.cells.length / 2)) continue;
      last = advance(data, last, calls);
      this.#states.push(last);
    }
  }

  /** How many there are. */
  get count(): number {
    return this.#states.length;
  }

  /** Heap blocks in all of them: what they take, in blocks. */
  get blockCount(): number {
    return this.#states.reduce((sum, { cells }) => sum + cells.length, 0);
  }

  /** The blocks after this many calls. */
  at(calls: number): HeapState {
    const keyframe = this.#states.findLast((state) => state.calls <= calls)!;
    return keyframe.calls === calls
      ? keyframe
      : advance(this.#data, keyframe, calls);
  }
}
