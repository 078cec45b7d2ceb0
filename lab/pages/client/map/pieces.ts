import { positionOf, type TapePlace } from "./map_layout.ts";

/** The part of a block that lies in one row, in CSS pixels. */
export interface Piece {
  readonly row: number;
  readonly left: number;
  readonly right: number;
}

/**
 * The parts of a block, one in each row that is shown.
 *
 * @param low The offset of its first byte.
 * @param bytes How many there are.
 * @param ratio Pixels of the screen in a CSS pixel.
 */
export function pieces(
  tape: TapePlace,
  low: number,
  bytes: number,
  ratio: number,
): Piece[] {
  const start = positionOf(tape, low, ratio);
  const end = positionOf(tape, low + bytes, ratio);
  const found: Piece[] = [];
  const { left } = tape.area;
  const right = left + tape.columns / ratio;
  const first = Math.max(start.row, 0);
  for (let row = first; row <= Math.min(end.row, tape.rows - 1); row++) {
    const piece = {
      row,
      left: row === start.row ? start.x : left,
      right: row === end.row ? end.x : right,
    };
    if (piece.right > piece.left) found.push(piece);
  }
  return found;
}
