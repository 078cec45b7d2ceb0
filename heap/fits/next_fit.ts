import * as layout from "../layout.ts";
import { FirstFit } from "./first_fit.ts";
import { ANY_SIZE, type FreeBlocks } from "./fit.ts";

const { NO_BLOCK } = layout;

/** Knows where a search is to go on: the rover. */
export interface Rover {
  /**
   * The first cell of the block where the next search starts: the one behind the
   * block allocated last, or the block that it was merged into; 0, the first
   * block, if nothing was allocated yet or the one allocated last ends the list.
   */
  readonly searchFrom: number;
}

/**
 * Next fit: as first fit, but the search starts where the last one left off, and
 * wraps around.
 *
 * ```text
 *                             the block allocated last
 *                             │     rover
 *   blocks   │ 40 │▒▒▒▒│ 96 │▒▒▒▒│ 24 │▒▒▒▒▒▒▒▒│ 64 │▒▒▒▒│ last │
 *   order      4         5          1              2         3
 * ```
 *
 * The costs are those of {@linkcode FirstFit}, twice where a search wraps around.
 */
export class NextFit extends FirstFit {
  readonly #rover: Rover;

  /**
   * @param blocks The blocks that the index is told of.
   * @param rover Where searches start.
   */
  constructor(blocks: FreeBlocks, rover: Rover) {
    super(blocks);
    this.#rover = rover;
  }

  protected override choose(size: number, last: number): number {
    const from = this.#rover.searchFrom;
    const cell = this.lowest(size, from);
    const isOver = cell !== NO_BLOCK || from === 0 || last !== ANY_SIZE;
    return isOver ? cell : this.lowest(size, 0);
  }
}
