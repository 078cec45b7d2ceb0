/**
 * A fit is a policy that chooses a free block for a request, with an index of the free
 * blocks that finds the chosen block. Apart from the choice, all indexes behave alike.
 *
 * | fit | free block that it chooses | index |
 * |---|---|---|
 * | {@linkcode [best_fit.ts].BestFit | BestFit} | the smallest that suffices | a row of the lowest addresses for each size |
 * | {@linkcode [first_fit.ts].FirstFit | FirstFit} | the lowest that suffices | a tree of the largest in each region of addresses |
 * | {@linkcode [first_fit.ts].NextFit | NextFit} | the first that suffices after the block allocated last | as for first fit |
 * | {@linkcode [worst_fit.ts].WorstFit | WorstFit} | the largest | a tree by size |
 *
 * The last block of the list is not in the index: it changes with almost every call while
 * a heap grows. The last block lies above all other blocks. Each call passes the size of the last
 * block, and the fit decides whether a block of the index is preferred to the last block.
 *
 * @module
 */
import * as layout from "../layout.ts";

const { unitOf } = layout;

/** More cells than any block has. As a last block's size it says: the block is no choice. */
export const ANY_SIZE: number = 2 ** 31 - 1;

/** An index of free blocks. A block is given by its first cell and its payload's cells. */
export interface Fit {
  /** Cells of payload of the block taken last. */
  readonly taken: number;
  /** How many blocks are in the index. */
  readonly count: number;
  /** The size in cells of the largest block, or 0. */
  readonly largest: number;
  /** Bytes of all tables. */
  readonly byteLength: number;
  /** Entries moved and nodes visited so far. */
  readonly steps: number;
  /** Whether a free block is in the index and would be found. */
  has(cell: number, size: number): boolean;
  /** Adds a free block. */
  add(cell: number, size: number): void;
  /** Removes a free block that is in the index. */
  delete(cell: number, size: number): void;
  /**
   * Takes out the block that the policy chooses, and sets `taken` to its size.
   *
   * @param size Cells of payload that the block must have.
   * @param last Cells of payload of the last block of the list, if that suffices;
   * {@linkcode ANY_SIZE} if not.
   * @returns The block's first cell; or -1 if the policy chooses the last block, or no
   * block suffices.
   */
  take(size: number, last: number): number;
  /** Lets go of the tables. The index must not be used any more. */
  letGo(): void;
  /** Whether {@linkcode Fit.take} would return a block. */
  hasFit(size: number, last: number): boolean;
}

/** The blocks of the heap. An index searches them for blocks whose address it lacks. */
export interface FreeBlocks {
  /** Returns the first cell of the block that starts in a unit. */
  cellIn(unit: number): number;
  /** Returns the cell at which the block that starts in a unit ends. */
  endOf(unit: number): number;
  /**
   * Returns the unit of the lowest free block that starts in units `from` to before `to`
   * and has `least` to `most` cells, header included; or -1.
   */
  lowestFree(from: number, to: number, least: number, most: number): number;
  /**
   * Returns the cells, header included, of the largest free block that starts in units
   * `from` to before `to`, but not in unit `except`; or 0.
   */
  largestFree(from: number, to: number, except: number): number;
}

/** Units of a region, 1,280 bytes of heap: few enough to read all of their tags. */
export const REGION_UNITS = 32;

/** Returns the region of the block whose header starts at `cell`. */
export function regionOf(cell: number): number {
  return unitOf(cell) / REGION_UNITS | 0;
}
