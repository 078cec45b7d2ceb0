import * as layout from "./layout.ts";

const { CELL_BYTES } = layout;

/** The largest number of bytes that can be rounded up as a 32-bit integer. */
const MOST_AS_INTEGER = 0x7ffffff8;

/**
 * Rounds a number of bytes up to whole cells, in bytes. Bytes that fit 31 bits
 * are rounded as integers, which keeps what follows integer too.
 */
export function roundUp(bytes: number): number {
  return bytes <= MOST_AS_INTEGER
    ? (bytes + CELL_BYTES - 1) & -CELL_BYTES
    : Math.ceil(bytes / CELL_BYTES) * CELL_BYTES;
}

/** Rounds a number of bytes up to whole cells, in cells. */
export function cellsFor(bytes: number): number {
  if (bytes <= MOST_AS_INTEGER) return fewCellsFor(bytes);
  const cells = Math.ceil(bytes / CELL_BYTES);
  return cells < 2 ** 31 ? cells | 0 : cells;
}

/** The same for fewer than 2 GiB. */
export function fewCellsFor(bytes: number): number {
  return (bytes + CELL_BYTES - 1) >>> 3;
}
