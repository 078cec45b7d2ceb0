import type { CellRun } from "./cell_runs.ts";

/** A row of a map. */
export interface MapRow {
  /** Its cells; a single one if it is folded. */
  readonly runs: readonly CellRun[];
  /** Cells that it stands for without showing them: 0 unless it is folded. */
  readonly foldedCells: number;
}

/** How cells are put into rows. */
export interface RowLayout {
  /** Cells in a row. */
  readonly columns: number;
  /** Bytes that a cell stands for. */
  readonly bytesPerCell: number;
  /** Whether rows that show the same are folded. */
  readonly folds: boolean;
}

/** How many equal rows it takes to fold them. */
const FEWEST_FOLDED = 2;

/**
 * Puts cells into rows. If asked to, it folds rows that would show the same as the
 * one above them:
 *
 * ```text
 *   ▌▌▌▌████████▌▌▌▌░░░░
 *   ░░░░░░░░░░░░░░░░░░░░        the first of 200 rows
 *   ░                           the others, folded
 *   ░░░░▌▌▌▌██
 * ```
 *
 * It takes as many steps as there are runs and rows that are not folded.
 */
export function rowsOf(
  runs: readonly CellRun[],
  layout: RowLayout,
): MapRow[] {
  const builder = new RowBuilder(layout);
  runs.forEach((run, index) => builder.add(run, index === runs.length - 1));
  return builder.finish();
}

/** The rows of a map while cells are being added. */
class RowBuilder {
  readonly #layout: RowLayout;
  readonly #rows: MapRow[] = [];
  /** The row that is being filled, and the cells that it has room for. */
  #row: CellRun[] = [];
  #room: number;

  constructor(layout: RowLayout) {
    this.#layout = layout;
    this.#room = layout.columns;
  }

  add(run: CellRun, isLast: boolean): void {
    let left = run;
    while (left.count > 0) {
      const folded = this.#foldable(left, isLast);
      const count = folded > 0 ? folded : Math.min(left.count, this.#room);
      if (folded > 0) this.#fold(left, folded);
      else this.#fill({ ...left, count });
      left = {
        kind: run.kind,
        count: left.count - count,
        offset: left.offset + count * this.#layout.bytesPerCell,
      };
    }
  }

  finish(): MapRow[] {
    if (this.#row.length > 0) this.#endRow();
    return this.#rows;
  }

  /** How many cells would show the same as the row above them; 0 if too few. */
  #foldable({ kind, count }: CellRun, isLast: boolean): number {
    const { columns, folds } = this.#layout;
    const above = this.#rows.at(-1)?.runs[0];
    const isSame = above?.count === columns && above.kind === kind;
    if (!folds || !isSame || this.#room < columns) return 0;
    const cells = isLast ? count : count - count % columns;
    return cells > (FEWEST_FOLDED - 1) * columns ? cells : 0;
  }

  #fold(run: CellRun, foldedCells: number): void {
    this.#rows.push({ runs: [{ ...run, count: 1 }], foldedCells });
  }

  #fill(run: CellRun): void {
    this.#row.push(run);
    this.#room -= run.count;
    if (this.#room === 0) this.#endRow();
  }

  #endRow(): void {
    this.#rows.push({ runs: this.#row, foldedCells: 0 });
    this.#row = [];
    this.#room = this.#layout.columns;
  }
}
