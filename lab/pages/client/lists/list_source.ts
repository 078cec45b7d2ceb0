/// <reference lib="dom" />

/** What a list shows. */
export interface ListSource {
  /** What the list is called. */
  readonly name: string;
  /** Its columns; one without a heading has none. */
  readonly columns: readonly string[];
  /** Pixels that a row takes. */
  readonly rowHeight: number;
  /** How many rows there are. */
  length(): number;
  /** Fills a row's cells. */
  fill(row: HTMLElement, cells: readonly HTMLElement[], index: number): void;
  /** A row was chosen. */
  choose(index: number, row: HTMLElement): void;
  /** A row was pointed at. */
  point?(index: number, event: MouseEvent): void;
}
