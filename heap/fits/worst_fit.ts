import { OrderedTree } from "../../collections/ordered_tree.ts";
import * as layout from "../layout.ts";
import { ANY_SIZE, type Fit } from "./fit.ts";

const { NO_BLOCK } = layout;

/** The tree's number for no node. */
const NONE = 0;

/**
 * Worst fit: the largest free block, of equals the block at the lowest address.
 *
 * A tree orders the blocks by size, and blocks of equal size from the highest address to
 * the lowest. The block to take is always the last.
 *
 * ```text
 *   size, address    8, 70   8, 12   24, 95   64, 80   64, 31
 *                                                      └ the block to take
 * ```
 *
 * | operation | nodes visited |
 * |---|---|
 * | `add`, `delete`, `take`, `largest`, `hasFit` | about 2 ln n, so 28 for a million |
 */
export class WorstFit implements Fit {
  taken = 0;
  /** Pairs of a size and a cell with all bits inverted, which falls as the cell rises. */
  readonly #tree = new OrderedTree();

  get count(): number {
    return this.#tree.size;
  }

  get largest(): number {
    const node = this.#tree.last();
    return node === NONE ? 0 : this.#tree.major(node);
  }

  get byteLength(): number {
    return this.#tree.byteLength;
  }

  letGo(): void {
    this.#tree.letGo();
  }

  get steps(): number {
    return this.#tree.steps;
  }

  has(cell: number, size: number): boolean {
    return this.#tree.has(size, ~cell);
  }

  add(cell: number, size: number): void {
    this.#tree.add(size, ~cell);
  }

  delete(cell: number, size: number): void {
    this.#tree.delete(size, ~cell);
  }

  take(size: number, last: number): number {
    const node = this.#choose(size, last);
    if (node === NONE) return NO_BLOCK;
    const cell = ~this.#tree.minor(node);
    this.taken = this.#tree.major(node);
    this.delete(cell, this.taken);
    return cell;
  }

  hasFit(size: number, last: number): boolean {
    return this.#choose(size, last) !== NONE;
  }

  /** Returns the node of the largest block, if it suffices and no larger block is last. */
  #choose(size: number, last: number): number {
    const node = this.#tree.last();
    const least = last === ANY_SIZE ? size : last;
    return node !== NONE && this.#tree.major(node) >= least ? node : NONE;
  }
}
