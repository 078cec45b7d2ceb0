import { BlockHistory } from "../../../runs/block_history.ts";
import { Keyframes } from "../../../runs/keyframes.ts";
import { HeapMoment } from "../../../runs/heap_moment.ts";
import type { RunData } from "../../../runs/run_data.ts";
import { RunTotals } from "../../../runs/run_totals.ts";
import {
  type TimelineScene,
  timelineSceneOf,
} from "../../timeline/timeline_scene.ts";

/** A run in the page: its data, and what was made of it to look things up. */
export class PageRun {
  /** Everything that was recorded. */
  readonly data: RunData;
  /** Which call allocated which block. */
  readonly history: BlockHistory;
  /** What was live and held after each call. */
  readonly totals: RunTotals;
  /** What its timeline shows. */
  readonly scene: TimelineScene;
  readonly #keyframes: Keyframes;
  #last: HeapMoment;

  /** @param data What was recorded. */
  constructor(data: RunData) {
    this.data = data;
    this.history = new BlockHistory(data);
    this.totals = new RunTotals(data);
    this.scene = timelineSceneOf(data);
    this.#keyframes = new Keyframes(data);
    this.#last = this.#find(0);
  }

  /** The heap after so many calls, or at the end if there are fewer. */
  at(calls: number): HeapMoment {
    const moment = Math.min(Math.max(calls, 0), this.data.length);
    if (this.#last.calls !== moment) this.#last = this.#find(moment);
    return this.#last;
  }

  /** The same, for looking at another moment in passing. */
  glanceAt(calls: number): HeapMoment {
    return calls === this.#last.calls ? this.#last : this.#find(calls);
  }

  #find(calls: number): HeapMoment {
    return new HeapMoment({
      data: this.data,
      history: this.history,
      state: this.#keyframes.at(calls),
      requestedBytes: this.totals.requestedBytes[calls]!,
      footprintBytes: this.totals.heldBytes[calls]!,
    });
  }
}
