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

/** Rows are folded from so many on. */
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
  { columns, bytesPerCell, folds }: RowLayout,
): MapRow[] {
  const rows: MapRow[] = [];
  let row: CellRun[] = [];
  let room = columns;
  for (const run of runs) {
    for (let done = 0; done < run.count;) {
      const left = run.count - done;
      const offset = run.offset + done * bytesPerCell;
      const canFold = folds && room === columns &&
        isFilled(rows.at(-1), run, columns);
      const foldable = run === runs.at(-1) ? left : left - left % columns;
      const folded = canFold && foldable > (FEWEST_FOLDED - 1) * columns
        ? foldable
        : 0;
      const count = folded > 0 ? folded : Math.min(left, room);
      done += count;
      if (folded > 0) {
        rows.push({
          runs: [{ ...run, offset, count: 1 }],
          foldedCells: folded,
        });
        continue;
      }
      row.push({ kind: run.kind, offset, count });
      room -= count;
      if (room > 0) continue;
      rows.push({ runs: row, foldedCells: 0 });
      row = [];
      room = columns;
    }
  }
  return row.length === 0 ? rows : [...rows, { runs: row, foldedCells: 0 }];
}

/** Whether the row above shows nothing but cells of this run. */
function isFilled(
  above: MapRow | undefined,
  { kind }: CellRun,
  columns: number,
): boolean {
  const only = above?.runs[0];
  return only?.count === columns && only.kind === kind;
}
