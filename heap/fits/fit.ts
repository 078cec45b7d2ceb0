/**
 * How a free block is chosen for a request. Each policy has an index of the free blocks
 * that finds the block of its choice. All indexes answer every other question alike.
 *
 * | fit | takes | kept as |
 * |---|---|---|
 * | {@linkcode [best_fit.ts].BestFit | BestFit} | the smallest that suffices | a row of the lowest addresses for each size |
 * | {@linkcode [first_fit.ts].FirstFit | FirstFit} | the lowest that suffices | a tree of the largest in each region of addresses |
 * | {@linkcode [first_fit.ts].NextFit | NextFit} | the first that suffices after the block allocated last | as for first fit |
 * | {@linkcode [worst_fit.ts].WorstFit | WorstFit} | the largest | a tree by size |
 *
 * The last block of the list is not in the index: it changes with almost every call
 * while a heap grows. It lies above all other blocks. So each fit is told the size of
 * the last block, and answers whether a block of the index goes before it.
 *
 * @module
 */
import * as layout from "../layout.ts";

const { unitOf } = layout;

/** The size to give for a last block that does not suffice: none is as large. */
export const ANY_SIZE: number = 2 ** 31 - 1;

/** An index of free blocks. A block is its first cell, and its payload's size in cells. */
export interface Fit {
  /** Cells of payload of the block taken last. */
  readonly taken: number;
  /** How many blocks are in. */
  readonly count: number;
  /** The size in cells of the largest block, or 0. */
  readonly largest: number;
  /** Bytes of all tables. */
  readonly byteLength: number;
  /** Entries moved and nodes visited so far. */
  readonly steps: number;
  /** Whether a free block is in, and would be found. */
  has(cell: number, size: number): boolean;
  /** Puts a free block in. */
  add(cell: number, size: number): void;
  /** Takes out a free block that is in. */
  delete(cell: number, size: number): void;
  /**
   * Takes out the block that the policy chooses.
   *
   * @param size Cells of payload that it must have.
   * @param last Cells that the last block of the list has, if that suffices too;
   * else {@linkcode ANY_SIZE}.
   * @returns Its first cell, its size stands in `taken`; or -1 if the last block
   * is to be chosen, or none suffices.
   */
  take(size: number, last: number): number;
  /** Whether {@linkcode Fit.take} would give a block. */
  hasFit(size: number, last: number): boolean;
}

/** The blocks of the heap, where an index finds blocks of which it keeps no address. */
export interface FreeBlocks {
  /** The first cell of the block that starts in a unit. */
  cellIn(unit: number): number;
  /** The cell at which the block that starts in a unit ends. */
  endOf(unit: number): number;
  /**
   * The unit of the lowest free block that starts in a range of units and has
   * `least` to `most` cells, header included; or -1.
   */
  lowestFree(from: number, to: number, least: number, most: number): number;
  /**
   * Cells, header included, of the largest free block that starts in a range of
   * units, the one in the unit `except` left out; or 0.
   */
  largestFree(from: number, to: number, except: number): number;
}

/** Units of a region, 1,280 bytes of heap: few enough to read their tags through. */
export const REGION_UNITS = 32;

/** The region in which a block lies whose header starts at `cell`. */
export function regionOf(cell: number): number {
  return unitOf(cell) / REGION_UNITS | 0;
}
