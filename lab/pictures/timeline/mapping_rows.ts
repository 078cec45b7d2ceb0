import type { Lives } from "../../runs/timeline/lives.ts";
import type { CallWindow } from "./plot.ts";

/** For each mapping the row that it is drawn in, and how many rows there are. */
export interface MappingRows {
  /** Rows, counted from 0. */
  readonly rows: Uint32Array;
  /** How many. */
  readonly count: number;
}

/**
 * Gives every mapping of a window a row that no other one has at the same time:
 *
 * ```text
 *   row 1        │ mapping 1          │
 *   row 0    │ mapping 0 │  │ mapping 2 │
 * ```
 */
export function assignRows(mappings: Lives, window: CallWindow): MappingRows {
  const { from, to } = mappings;
  const shown = Uint32Array.from({ length: mappings.length }, (_, life) => life)
    .filter((life) => from[life]! <= window.to && to[life]! > window.from);
  const byEnd = shown.toSorted((one, other) => to[one]! - to[other]!);
  const rows = new Uint32Array(mappings.length);
  const unused: number[] = [];
  let count = 0;
  let ended = 0;
  for (const life of shown) {
    for (; hasEnded(byEnd[ended]!, life); ended++) {
      unused.push(rows[byEnd[ended]!]!);
    }
    rows[life] = unused.pop() ?? count++;
  }
  return { rows, count };

  function hasEnded(other: number, life: number): boolean {
    return other < life && to[other]! <= from[life]!;
  }
}
