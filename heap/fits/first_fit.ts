import * as layout from "../layout.ts";
import {
  ANY_SIZE,
  type Fit,
  type FreeBlocks,
  REGION_UNITS,
  regionOf,
} from "./fit.ts";

const { HEADER_CELLS, NO_BLOCK, unitOf } = layout;

/**
 * First fit: the free block at the lowest address that suffices.
 *
 * For each region of 1,280 bytes the index has the size of the largest free block that
 * starts there. A tree of these sizes finds the first region with a block that suffices.
 * The region's boundary tags say which block that is.
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
 * | `delete` | as `add`; the tags of the region if the block was the largest there |
 * | `take`, `hasFit` | up to 2 log₂ of the regions, and the tags of 1 or 2 of them |
 * | `largest` | 1 node |
 */
export class FirstFit implements Fit {
  taken = 0;
  count = 0;
  readonly #regions = new MaximumTree();
  readonly #blocks: FreeBlocks;

  /** @param blocks The blocks of the heap. */
  constructor(blocks: FreeBlocks) {
    this.#blocks = blocks;
  }

  get largest(): number {
    return this.#regions.largest;
  }

  get byteLength(): number {
    return this.#regions.byteLength;
  }

  letGo(): void {
    this.#regions.letGo();
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

  /** Returns the block to take, or -1. */
  protected choose(size: number, _last: number): number {
    return this.lowest(size, 0);
  }

  /** Returns the lowest block of at least `size` cells from cell `from` on, or -1. */
  protected lowest(size: number, from: number): number {
    let region = regionOf(from);
    if (this.#regions.at(region) >= size) {
      const cell = this.#lowestIn(region, size, unitOf(from));
      if (cell !== NO_BLOCK) return cell;
    }
    region = this.#regions.first(size, region + 1);
    return region < 0 ? NO_BLOCK : this.#lowestIn(region, size, 0);
  }

  /** Returns the lowest block of at least `size` cells in a region, or -1. */
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

/**
 * Next fit: as first fit, but a search starts after the block allocated last, and wraps
 * around.
 *
 * ```text
 *                             the block allocated last
 *                             │     the search starts here
 *   blocks   │ 40 │▒▒▒▒│ 96 │▒▒▒▒│ 24 │▒▒▒▒▒▒▒▒│ 64 │▒▒▒▒│ last │
 *   order      4         5          1              2         3
 * ```
 *
 * The costs are those of {@linkcode FirstFit}, twice where a search wraps around.
 */
export class NextFit extends FirstFit {
  readonly #searchFrom: () => number;

  /**
   * @param blocks The blocks of the heap.
   * @param searchFrom Returns the first cell of the block where the next search starts;
   * 0 for the first block of the list.
   */
  constructor(blocks: FreeBlocks, searchFrom: () => number) {
    super(blocks);
    this.#searchFrom = searchFrom;
  }

  protected override choose(size: number, last: number): number {
    const from = this.#searchFrom();
    const cell = this.lowest(size, from);
    const isOver = cell !== NO_BLOCK || from === 0 || last !== ANY_SIZE;
    return isOver ? cell : this.lowest(size, 0);
  }
}

/**
 * A row of numbers that finds the first number from a place on that is at least a given
 * number: a tournament tree, each node the larger of the two nodes below it. See Knuth,
 * The Art of Computer Programming, 5.2.3.
 *
 * ```text
 *   node 1                       9
 *                     ┌──────────┴──────────┐
 *   nodes 2, 3        7                     9
 *                ┌────┴────┐           ┌────┴────┐
 *   nodes 4 …    7         2           0         9
 *   place        0         1           2         3
 *
 *   at least 8 from place 1 on: 2 is too small, so go up and to the right; 9 is large
 *   enough, so go down, to the left where the left node is large enough: place 3
 * ```
 *
 * | operation | nodes visited |
 * |---|---|
 * | `set` | 1, up to log₂ n as far as the larger node changes |
 * | `first` | up to 2 log₂ n |
 * | `largest` | 1 |
 */
export class MaximumTree {
  /** Node 0 means no node; the leaves are the second half. */
  #nodes = new Int32Array(2);
  /** Nodes visited so far. */
  steps = 0;

  /** How many places there are. */
  get capacity(): number {
    return this.#nodes.length / 2;
  }

  /** Bytes of the nodes. */
  get byteLength(): number {
    return this.#nodes.byteLength;
  }

  /** Lets go of the nodes. The tree must not be used any more. */
  letGo(): void {
    this.#nodes = new Int32Array(0);
  }

  /** The largest number, 0 if none was set. */
  get largest(): number {
    return this.#nodes[1]!;
  }

  /** Returns the number at a place, 0 if none was set. */
  at(place: number): number {
    return place < this.capacity ? this.#nodes[this.capacity + place]! : 0;
  }

  /** Sets the number at a place, which is not negative, and makes room if needed. */
  set(place: number, value: number): void {
    while (place >= this.capacity) this.#widen();
    const nodes = this.#nodes;
    let node = this.capacity + place;
    let larger = value;
    while (node > 0 && nodes[node] !== larger) {
      this.steps++;
      nodes[node] = larger;
      larger = Math.max(larger, nodes[node ^ 1]!);
      node >>>= 1;
    }
  }

  /**
   * Returns the first place from `place` on with a number of at least `least`, or -1.
   * `least` is above 0.
   */
  first(least: number, place: number): number {
    if (place >= this.capacity) return -1;
    const nodes = this.#nodes;
    let node = this.capacity + place;
    while (nodes[node]! < least) {
      this.steps++;
      while ((node & 1) === 1) node >>>= 1;
      if (node === 0) return -1;
      node++;
    }
    while (node < this.capacity) {
      this.steps++;
      node *= 2;
      if (nodes[node]! < least) node++;
    }
    return node - this.capacity;
  }

  /** Makes room for twice as many places. */
  #widen(): void {
    const before = this.#nodes;
    const nodes = new Int32Array(2 * before.length);
    for (let first = 1; first < before.length; first *= 2) {
      nodes.set(before.subarray(first, 2 * first), 2 * first);
    }
    nodes[1] = before[1]!;
    this.#nodes = nodes;
  }
}
