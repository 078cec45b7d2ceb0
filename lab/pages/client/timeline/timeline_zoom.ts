/// <reference lib="dom" />
import { zoomWindow } from "../../timeline/timeline_window.ts";
import { find } from "../dom.ts";
import type { PageState } from "../state/page_state.ts";

const STEP = 2;

/** What a button or a key does to the window. */
export type ZoomAction = "in" | "out" | "blocks" | "whole";

/** Zooms around the moment that is looked at, or shows everything. */
export function zoom(state: PageState, action: ZoomAction): void {
  if (action === "whole") return state.show(state.whole);
  if (action === "blocks") return state.showBlocks();
  const window = state.window.value;
  const factor = action === "in" ? 1 / STEP : STEP;
  const calls = Math.min(Math.max(state.calls.value, window.from), window.to);
  state.show(
    zoomWindow(
      window,
      { moments: factor, bytes: factor },
      calls,
      (window.low + window.high) / 2,
    ),
  );
}

/** Makes the buttons of a timeline work. */
export function initialiseZoomButtons(
  panel: HTMLElement,
  state: PageState,
): void {
  for (const action of ["in", "out", "blocks", "whole"] as const) {
    find(panel, `[data-zoom=${action}]`)
      .addEventListener("click", () => zoom(state, action));
  }
}
