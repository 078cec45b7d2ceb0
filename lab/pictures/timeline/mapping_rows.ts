import { type Lives, STILL_LIVE } from "./lives.ts";

/** For each mapping the row that it is drawn in, and how many rows there are. */
export interface MappingRows {
  /** Rows, counted from 0. */
  readonly rows: Uint32Array;
  /** How many. */
  readonly count: number;
}

/**
 * Gives every mapping a row that no other one has at the same time:
 *
 * ```text
 *   row 1        │ mapping 1          │
 *   row 0    │ mapping 0 │  │ mapping 2 │
 * ```
 */
export function assignRows(mappings: Lives): MappingRows {
  const { length, from, to } = mappings;
  const rows = new Uint32Array(length);
  const byEnd = Uint32Array.from({ length }, (_, life) => life)
    .sort((one, other) => to[one]! - to[other]!);
  const unused: number[] = [];
  let count = 0;
  let ended = 0;
  for (let life = 0; life < length; life++) {
    while (ended < length && hasEnded(byEnd[ended]!, life)) {
      unused.push(rows[byEnd[ended++]!]!);
    }
    rows[life] = unused.pop() ?? count++;
  }
  return { rows, count };

  function hasEnded(other: number, life: number): boolean {
    return other < life && to[other] !== STILL_LIVE &&
      to[other]! <= from[life]!;
  }
}
