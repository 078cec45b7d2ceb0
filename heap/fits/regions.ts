import * as units from "../units.ts";

const { unitOf } = units;

/** Units of a region, 1,280 bytes of heap: few enough to read their tags through. */
export const REGION_UNITS = 32;

/** The region in which a block lies whose header starts at `cell`. */
export function regionOf(cell: number): number {
  return unitOf(cell) / REGION_UNITS | 0;
}
