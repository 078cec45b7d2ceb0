/** Where a raster lies, and how fine it is. Lengths are in pixels. */
export interface RasterArea {
  /** The left edge. */
  readonly left: number;
  /** The upper edge. */
  readonly top: number;
  /** The width. */
  readonly width: number;
  /** The height. */
  readonly height: number;
}

/** Cells are as small as can be seen, unless there would be more than this. */
const SMALLEST_CELL = 2; // pixels
const MOST_CELLS = 80_000;

/** Shades that a cell can have; 0 is none. */
export const SHADES = 5;

/**
 * Adds up how much of each cell of a raster is covered by rectangles, however
 * many and however small they are.
 *
 * A rectangle costs the same whatever its size. It only notes where the covered
 * share changes from cell to cell, for columns and rows alike; running sums over
 * both give the shares:
 *
 * ```text
 *   covered       0   0.4   1    1   0.7   0
 *   noted            +0.4 +0.6       -0.3 -0.7
 * ```
 */
export class Occupancy {
  /** Pixels that a cell is wide and high. */
  readonly cell: number;
  /** Cells in a row. */
  readonly columns: number;
  /** Rows. */
  readonly rows: number;
  readonly #area: RasterArea;
  readonly #changes: Float64Array;
  #isEmpty = true;

  /** @param area Where the raster lies. */
  constructor(area: RasterArea) {
    const finest = Math.sqrt(area.width * area.height / MOST_CELLS);
    this.cell = Math.max(SMALLEST_CELL, Math.ceil(finest));
    this.columns = Math.ceil(area.width / this.cell);
    this.rows = Math.ceil(area.height / this.cell);
    this.#area = area;
    this.#changes = new Float64Array((this.columns + 2) * (this.rows + 2));
  }

  /** Whether nothing was added. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Adds a rectangle inside the area, given by its edges in pixels. */
  add(left: number, top: number, right: number, bottom: number): void {
    const columns = coverage(
      this.#cells(left, "left"),
      this.#cells(right, "left"),
    );
    const rows = coverage(this.#cells(top, "top"), this.#cells(bottom, "top"));
    const width = this.columns + 2;
    for (const [row, rowChange] of rows) {
      for (const [column, columnChange] of columns) {
        this.#changes[row * width + column]! += rowChange * columnChange;
      }
    }
    this.#isEmpty = false;
  }

  /** The shade of each cell, row by row: 0 for none, {@linkcode SHADES} for all of it. */
  shades(): Uint8Array {
    const width = this.columns + 2;
    const above = new Float64Array(width);
    const shades = new Uint8Array(this.columns * this.rows);
    for (let row = 0; row < this.rows; row++) {
      let sum = 0;
      for (let column = 0; column < this.columns; column++) {
        sum += this.#changes[row * width + column]!;
        above[column]! += sum;
        shades[row * this.columns + column] = shadeOf(above[column]!);
      }
    }
    return shades;
  }

  #cells(position: number, edge: "left" | "top"): number {
    return Math.max(0, (position - this.#area[edge]) / this.cell);
  }
}

/** Where the share that a stretch covers of each cell changes, and by how much. */
function coverage(
  start: number,
  end: number,
): readonly (readonly [cell: number, change: number])[] {
  const first = Math.floor(start);
  const last = Math.floor(end);
  const before = start - first;
  const after = end - last;
  return [
    [first, 1 - before],
    [first + 1, before],
    [last, after - 1],
    [last + 1, -after],
  ];
}

/** Sums of fractions stray from 0 and 1 by less than this. */
const NOTHING = 1e-6;

function shadeOf(share: number): number {
  if (share < NOTHING) return 0;
  return Math.min(SHADES, Math.ceil(share * SHADES - NOTHING));
}
