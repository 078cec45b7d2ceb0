import * as layout from "../layout.ts";
import * as units from "../units.ts";
import { ANY_SIZE, type Fit, type FreeBlocks } from "./fit.ts";
import { MaximumTree } from "./maximum_tree.ts";
import { REGION_UNITS, regionOf } from "./regions.ts";

const { HEADER_CELLS, NO_BLOCK } = layout;
const { unitOf } = units;

/**
 * First fit: the free block at the lowest address that suffices.
 *
 * Of each region of 1,280 bytes it is recorded how large the largest free block
 * is that starts there. A tree of these sizes finds the first region with a
 * block that suffices; which one that is, the region's tags tell.
 *
 * ```text
 *   blocks    │ 40 │▒▒▒▒│ 16 │▒▒▒▒│ 96 │▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│ 24 │▒▒▒▒│   ▒ allocated
 *   regions   │      40     │      96     │       0     │     24    │
 *   tree            └─────96──────┘               └─────24────┘
 *                          └─────────────96─────────────┘
 * ```
 *
 * | operation | cost |
 * |---|---|
 * | `add` | 1 node, rarely up to log₂ of the heap's regions |
 * | `delete` | the same; the tags of the region if it was the largest there |
 * | `take`, `hasFit` | up to 2 log₂ of the regions, and the tags of 1 or 2 of them |
 * | `largest` | 1 node |
 */
export class FirstFit implements Fit {
  taken = 0;
  count = 0;
  readonly #regions = new MaximumTree();
  readonly #blocks: FreeBlocks;

  /** @param blocks The blocks that the index is told of. */
  constructor(blocks: FreeBlocks) {
    this.#blocks = blocks;
  }

  get largest(): number {
    return this.#regions.largest;
  }

  get byteLength(): number {
    return this.#regions.byteLength;
  }

  get steps(): number {
    return this.#regions.steps;
  }

  has(cell: number, size: number): boolean {
    return this.lowest(size, cell) === cell && this.#sizeOf(cell) === size;
  }

  add(cell: number, size: number): void {
    this.count++;
    const region = regionOf(cell);
    if (size > this.#regions.at(region)) this.#regions.set(region, size);
  }

  delete(cell: number, size: number): void {
    this.count--;
    const region = regionOf(cell);
    if (size < this.#regions.at(region)) return;
    const first = region * REGION_UNITS;
    const left = this.#blocks.largestFree(
      first,
      first + REGION_UNITS,
      unitOf(cell),
    );
    this.#regions.set(region, Math.max(0, left - HEADER_CELLS));
  }

  take(size: number, last: number): number {
    const cell = this.choose(size, last);
    if (cell === NO_BLOCK) return NO_BLOCK;
    this.taken = this.#sizeOf(cell);
    this.delete(cell, this.taken);
    return cell;
  }

  hasFit(size: number, last: number): boolean {
    return this.choose(size, last) !== NO_BLOCK;
  }

  /** The block to take, or -1. */
  protected choose(size: number, _last: number): number {
    return this.lowest(size, 0);
  }

  /** The lowest block of at least `size` cells that starts at `from` or above, or -1. */
  protected lowest(size: number, from: number): number {
    let region = regionOf(from);
    if (this.#regions.at(region) >= size) {
      const cell = this.#lowestIn(region, size, unitOf(from));
      if (cell !== NO_BLOCK) return cell;
    }
    region = this.#regions.first(size, region + 1);
    return region < 0 ? NO_BLOCK : this.#lowestIn(region, size, 0);
  }

  /** The same in one region, from a unit on. */
  #lowestIn(region: number, size: number, from: number): number {
    const first = region * REGION_UNITS;
    const unit = this.#blocks.lowestFree(
      Math.max(first, from),
      first + REGION_UNITS,
      size + HEADER_CELLS,
      ANY_SIZE,
    );
    return unit < 0 ? NO_BLOCK : this.#blocks.cellIn(unit);
  }

  #sizeOf(cell: number): number {
    return this.#blocks.endOf(unitOf(cell)) - cell - HEADER_CELLS;
  }
}
