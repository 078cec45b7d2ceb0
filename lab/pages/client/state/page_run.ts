import type { BlockHistory } from "../../../runs/block_history.ts";
import type { Keyframes } from "../../../runs/keyframes.ts";
import { HeapMoment } from "../../../runs/heap_moment.ts";
import type { RunData } from "../../../runs/run_data.ts";
import type { RunTotals } from "../../../runs/run_totals.ts";
import type { TimelineScene } from "../../timeline/timeline_scene.ts";

/** What is made of a run to look things up in it. */
export interface PageRunParts {
  /** Everything that was recorded. */
  readonly data: RunData;
  /** Which call allocated which block. */
  readonly history: BlockHistory;
  /** Live bytes and footprint after each call. */
  readonly totals: RunTotals;
  /** What its timeline shows. */
  readonly scene: TimelineScene;
  /** The blocks at some moments. */
  readonly keyframes: Keyframes;
}

/** A run in the page, with what was made of it. */
export class PageRun {
  readonly #parts: PageRunParts;
  #last: HeapMoment;

  /** @param parts What was made of it. */
  constructor(parts: PageRunParts) {
    this.#parts = parts;
    this.#last = this.#find(0);
  }

  /** Everything that was recorded. */
  get data(): RunData {
    return this.#parts.data;
  }

  /** Which call allocated which block. */
  get history(): BlockHistory {
    return this.#parts.history;
  }

  /** Live bytes and footprint after each call. */
  get totals(): RunTotals {
    return this.#parts.totals;
  }

  /** What its timeline shows. */
  get scene(): TimelineScene {
    return this.#parts.scene;
  }

  /** The heap after this many calls, or at the end if there are fewer. */
  at(calls: number): HeapMoment {
    const moment = Math.min(Math.max(calls, 0), this.data.length);
    if (this.#last.calls !== moment) this.#last = this.#find(moment);
    return this.#last;
  }

  /** The heap at another moment, without keeping it as the current one. */
  glanceAt(calls: number): HeapMoment {
    return calls === this.#last.calls ? this.#last : this.#find(calls);
  }

  #find(calls: number): HeapMoment {
    const { data, history, totals, keyframes } = this.#parts;
    return new HeapMoment({
      data,
      history,
      state: keyframes.at(calls),
      requestedBytes: totals.requestedBytes[calls]!,
      footprintBytes: totals.footprintBytes[calls]!,
    });
  }
}
