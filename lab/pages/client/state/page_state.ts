import {
  clampWindow,
  isSameWindow,
  type TimelineWindow,
} from "../../timeline/timeline_window.ts";
import {
  blocksWindow,
  firstWindow,
  wholeWindow,
} from "../../timeline/timeline_scene.ts";
import type { PageRun } from "./page_run.ts";
import { Signal } from "./signal.ts";

/** What is being looked at: the same for all runs of the page. */
export class PageState {
  /** Calls made before the moment that is shown. */
  readonly calls: Signal<number>;
  /** The part of the timeline that is shown. */
  readonly window: Signal<TimelineWindow>;
  /** The most calls of a run. */
  readonly mostCalls: number;
  readonly #runs: readonly PageRun[];

  /** @param runs The runs. */
  constructor(runs: readonly PageRun[]) {
    this.#runs = runs;
    this.mostCalls = Math.max(...runs.map(({ data }) => data.length));
    this.calls = new Signal(this.mostCalls);
    this.window = new Signal(firstWindow(this.#scenes));
  }

  /** Everything that there is to show. */
  get whole(): TimelineWindow {
    return wholeWindow(this.#scenes);
  }

  /** Goes to a moment, and moves the window if it is outside. */
  goTo(calls: number): void {
    const moment = Math.round(Math.min(Math.max(calls, 0), this.mostCalls));
    this.calls.set(moment);
    const { from, to } = this.window.value;
    if (moment >= Math.floor(from) && moment < to) return;
    const start = moment - (to - from) / 2;
    this.show({ ...this.window.value, from: start, to: start + to - from });
  }

  /** Shows a part of the timeline, as far as that is possible. */
  show(window: TimelineWindow): void {
    const clamped = clampWindow(window, this.whole);
    if (!isSameWindow(clamped, this.window.value)) this.window.set(clamped);
  }

  /** Shows every call and every block. */
  showBlocks(): void {
    this.show(blocksWindow(this.#scenes));
  }

  get #scenes() {
    return this.#runs.map(({ scene }) => scene);
  }
}
