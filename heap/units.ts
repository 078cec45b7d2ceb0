import * as layout from "./layout.ts";

/** Cells of a unit: no two blocks start in so few. */
const UNIT_CELLS = layout.SMALLEST_BLOCK_CELLS;

/** The unit that a cell lies in; unit 0 stands before the first cell. */
export function unitOf(cell: number): number {
  return (cell / UNIT_CELLS | 0) + 1 | 0;
}

/** The first cell of a unit. */
export function firstCellOf(unit: number): number {
  return (unit << 2) + unit - UNIT_CELLS | 0; // a multiplication is checked for overflow
}
