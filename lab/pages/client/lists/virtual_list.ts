/// <reference lib="dom" />
import { element } from "../dom.ts";
import { onceSeen } from "../state/frame.ts";

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

/** Rows above and below the visible ones, so that scrolling shows no blanks. */
const SPARE_ROWS = 6;

/** Rows of all lists have ids, by which a list names its active row. */
let lastId = 0;

/**
 * A list of any number of rows, of which there are only those that can be seen.
 * It takes the focus as a whole; the arrow keys up and down go from row to row.
 */
export class VirtualList {
  readonly #source: ListSource;
  readonly #scroller: HTMLElement;
  readonly #body: HTMLElement;
  readonly #rows: HTMLElement[] = [];
  readonly #draw: () => void;
  #active = -1;
  #isToReveal = false;
  /** What the browser said last: to ask again would cost a layout. */
  #scrolled = 0;
  #height = 0;
  #headingHeight = 0;
  #fittedRows = -1;

  /**
   * @param place The element that it stands in.
   * @param source What it shows.
   */
  constructor(place: HTMLElement, source: ListSource) {
    this.#source = source;
    this.#body = element("div", { class: "rows", role: "rowgroup" });
    this.#scroller = element(
      "div",
      {
        class: "list",
        role: "grid",
        tabindex: "0",
        "aria-label": source.name,
      },
      ...this.#heading(),
      this.#body,
    );
    place.replaceChildren(this.#scroller);
    this.#measure();
    this.#draw = onceSeen(this.#scroller, () => this.#paint());
    this.#listen();
    this.#paint();
  }

  /**
   * Shows what there is now.
   *
   * @param index The row that the keys start from, to be scrolled to; -1 for none.
   */
  show(index: number): void {
    this.#active = index;
    this.#isToReveal = index >= 0;
    this.#draw();
  }

  #heading(): HTMLElement[] {
    const { columns } = this.#source;
    if (columns.every((name) => name === "")) return [];
    const cells = columns.map((name) =>
      element("span", { role: "columnheader" }, name)
    );
    const row = element("div", { class: "row", role: "row" }, ...cells);
    return [element("div", { class: "heading", role: "rowgroup" }, row)];
  }

  #listen(): void {
    const list = this.#scroller;
    list.addEventListener("scroll", () => {
      this.#scrolled = list.scrollTop;
      this.#draw();
    }, { passive: true });
    new ResizeObserver(() => {
      this.#measure();
      this.#draw();
    }).observe(list);
    list.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("click", (event) => this.#choose(rowOf(event)));
    list.addEventListener("pointermove", (event) => {
      const index = rowOf(event);
      if (index >= 0) this.#source.point?.(index, event);
    });
  }

  #measure(): void {
    this.#height = this.#scroller.clientHeight;
    this.#headingHeight = this.#body.offsetTop;
  }

  #key(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: -1,
      ArrowDown: 1,
      PageUp: -this.#seenRows(),
      PageDown: this.#seenRows(),
      Enter: 0,
      " ": 0,
    };
    const step = steps[event.key];
    const length = this.#source.length();
    if (step === undefined || length === 0) return;
    event.preventDefault();
    const index = Math.min(Math.max(this.#active + step, 0), length - 1);
    this.#isToReveal = true;
    this.#choose(index);
  }

  #choose(index: number): void {
    if (index < 0 || index >= this.#source.length()) return;
    this.#active = index;
    this.#paint();
    const row = this.#rows.find((row) => row.dataset.index === String(index));
    if (row) this.#source.choose(index, row);
  }

  #seenRows(): number {
    return Math.max(Math.floor(this.#height / this.#source.rowHeight) - 1, 1);
  }

  /** Scrolls as little as shows a row, below the heading. */
  #reveal(index: number): void {
    const { rowHeight } = this.#source;
    const top = index * rowHeight;
    const seen = this.#height - this.#headingHeight;
    if (top < this.#scrolled) this.#scrollTo(top);
    else if (top + rowHeight > this.#scrolled + seen) {
      this.#scrollTo(top + rowHeight - seen);
    }
  }

  #scrollTo(top: number): void {
    this.#scrolled = top;
    this.#scroller.scrollTop = top;
  }

  #paint(): void {
    this.#fitRows();
    if (this.#isToReveal) this.#reveal(this.#active);
    this.#isToReveal = false;
    const { rowHeight } = this.#source;
    const length = this.#source.length();
    const longest = Math.max(length * rowHeight - this.#height, 0);
    const top = Math.min(this.#scrolled, longest);
    const first = Math.max(Math.floor(top / rowHeight) - SPARE_ROWS, 0);
    const most = Math.ceil(this.#height / rowHeight) + 2 * SPARE_ROWS;
    const count = Math.max(Math.min(most, length - first), 0);
    while (this.#rows.length < count) this.#addRow();
    this.#rows.forEach((row, at) => this.#place(row, first + at, at < count));
    this.#markActive();
  }

  /** Makes room for all rows, so that the scroll bar shows how many there are. */
  #fitRows(): void {
    const length = this.#source.length();
    if (length === this.#fittedRows) return;
    this.#fittedRows = length;
    this.#body.style.height = `${length * this.#source.rowHeight}px`;
    this.#scroller.setAttribute("aria-rowcount", String(length));
  }

  #addRow(): void {
    const cells = this.#source.columns.map(() =>
      element("span", { role: "gridcell" })
    );
    const id = `row-${++lastId}`;
    const row = element("div", { class: "row", role: "row", id }, ...cells);
    this.#rows.push(row);
    this.#body.append(row);
  }

  #place(row: HTMLElement, index: number, isUsed: boolean): void {
    row.hidden = !isUsed;
    if (!isUsed) return;
    row.style.transform = `translateY(${index * this.#source.rowHeight}px)`;
    row.dataset.index = String(index);
    row.setAttribute("aria-rowindex", String(index + 1));
    row.setAttribute("aria-selected", String(index === this.#active));
    this.#source.fill(row, [...row.children] as HTMLElement[], index);
  }

  #markActive(): void {
    const active = this.#rows.find((row) =>
      !row.hidden && row.dataset.index === String(this.#active)
    );
    if (active) this.#scroller.setAttribute("aria-activedescendant", active.id);
    else this.#scroller.removeAttribute("aria-activedescendant");
  }
}

function rowOf({ target }: Event): number {
  const row = target instanceof Element
    ? target.closest<HTMLElement>("[data-index]")
    : null;
  return row ? Number(row.dataset.index) : -1;
}
