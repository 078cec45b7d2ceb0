import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { PageRun } from "./page_run.ts";
import type { PageState } from "./page_state.ts";
import { Signal } from "./signal.ts";

/** One run of the page, and what is selected in it. */
export class RunView {
  /** The run. */
  readonly run: PageRun;
  /** What is being looked at. */
  readonly state: PageState;
  /** The address of the header of the selected block. */
  readonly selected = new Signal<number | undefined>(undefined);

  /**
   * @param run The run.
   * @param state What is being looked at.
   */
  constructor(run: PageRun, state: PageState) {
    this.run = run;
    this.state = state;
  }

  /** The heap at the moment that is being looked at. */
  get moment() {
    return this.run.at(this.state.calls.value);
  }

  /** Selects the block that lies this many places after the selected one. */
  selectNext(places: number): void {
    const { snapshot } = this.moment;
    if (snapshot.length === 0) return;
    const { selected } = this;
    const from = selected.value === undefined
      ? -1
      : snapshot.addresses.indexOf(selected.value);
    const next = from < 0
      ? (places > 0 ? 0 : snapshot.length - 1)
      : Math.min(Math.max(from + places, 0), snapshot.length - 1);
    selected.set(snapshot.addresses[next]);
    this.#reveal(next);
  }

  /** Shows a block in the pictures; a mapping is always shown. */
  #reveal(index: number): void {
    const { addresses, sizes, statuses } = this.moment.snapshot;
    if (statuses[index] === STATUS.mapped) return;
    const low = this.run.scene.footprint.heap.offsetOf(addresses[index]!);
    this.state.reveal(low, low + HEADER_BYTES + sizes[index]!);
  }
}
