/// <reference lib="dom" />
import { moveWindow } from "../timeline/timeline_window.ts";
import type { PageState } from "./state/page_state.ts";
import type { RunView } from "./state/run_view.ts";
import { zoom } from "./timeline/timeline_zoom.ts";

const LEAST_LARGE_STEP = 10;
const LARGE_STEPS = 100;
const PAGE_SHARE = 0.5;

type Action = (event: KeyboardEvent) => void;

/** Makes the keys work that work everywhere in the page. */
export function initialiseKeyboard(
  state: PageState,
  views: readonly RunView[],
): void {
  const actions = keyActions(state, views);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.defaultPrevented || isTyping(event.target)) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}

/** Page Up and Page Down move a timeline that has the focus. */
export function initialisePaging(stage: HTMLElement, state: PageState): void {
  stage.addEventListener("keydown", (event) => {
    if (event.key !== "PageUp" && event.key !== "PageDown") return;
    event.preventDefault();
    const { low, high } = state.window.value;
    const bytes = (high - low) * PAGE_SHARE;
    const direction = event.key === "PageUp" ? 1 : -1;
    state.show(moveWindow(state.window.value, 0, direction * bytes));
  });
}

function keyActions(
  state: PageState,
  views: readonly RunView[],
): Readonly<Record<string, Action>> {
  const growths = momentsOf(
    views,
    ({ run }) => run.data.growths.map(({ call }) => call + 1),
  );
  const marks = momentsOf(
    views,
    ({ run }) => run.data.marks.map(({ after }) => after),
  );
  return {
    ArrowLeft: (event) => state.goTo(state.calls.value - stepOf(event, state)),
    ArrowRight: (event) => state.goTo(state.calls.value + stepOf(event, state)),
    Home: () => state.goTo(0),
    End: () => state.goTo(state.mostCalls),
    g: () => goToNext(state, growths),
    G: () => goToPrevious(state, growths),
    m: () => goToNext(state, marks),
    M: () => goToPrevious(state, marks),
    "+": () => zoom(state, "in"),
    "=": () => zoom(state, "in"),
    "-": () => zoom(state, "out"),
    "0": () => zoom(state, "whole"),
    b: () => zoom(state, "blocks"),
  };
}

function stepOf({ shiftKey }: KeyboardEvent, { mostCalls }: PageState): number {
  return shiftKey
    ? Math.max(Math.round(mostCalls / LARGE_STEPS), LEAST_LARGE_STEP)
    : 1;
}

function momentsOf(
  views: readonly RunView[],
  momentsIn: (view: RunView) => number[],
): number[] {
  return views.flatMap(momentsIn).sort((a, b) => a - b);
}

function goToNext(state: PageState, moments: readonly number[]): void {
  const next = moments.find((moment) => moment > state.calls.value);
  if (next !== undefined) state.goTo(next);
}

function goToPrevious(state: PageState, moments: readonly number[]): void {
  const last = moments.findLast((moment) => moment < state.calls.value);
  if (last !== undefined) state.goTo(last);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type !== "range";
}
