/**
 * Where a heap's segments end and the next ones start: what lies between belongs
 * to others. Most heaps have no gap at all, so each question first asks that.
 *
 * ```text
 *   │ block │ block │▒▒▒▒▒▒▒▒│ block │
 *                   end      start
 * ```
 */
export class Gaps {
  readonly #ends = new Map<number, number>();
  /** A field of its own: every call asks it, and it costs less than a map's size. */
  #count = 0;

  /** Records that a segment ends at `end` and the next one starts at `start`. */
  add(end: number, start: number): void {
    this.#ends.set(start, end);
    this.#count++;
  }

  /** Whether there is a gap before `cell`. */
  isBefore(cell: number): boolean {
    return this.#count !== 0 && this.#ends.has(cell);
  }

  /** Where the block before the one at `start` ends: there, or before a gap. */
  endBefore(start: number): number {
    return this.#count === 0 ? start : this.#ends.get(start) ?? start;
  }
}
