/** Counts the cells of payload in live blocks, on the heap and mapped. */
export class Tally {
  /** Cells in live blocks now. */
  cells = 0;
  /** The most that `cells` has been. */
  peakCells = 0;

  /** Counts cells that live blocks gained, or lost if negative. */
  add(cells: number): void {
    this.cells += cells;
    if (this.cells > this.peakCells) this.peakCells = this.cells;
  }
}
