/// <reference lib="dom" />
import { element, find } from "./dom.ts";
import { oncePerFrame } from "./state/frame.ts";
import type { RunView } from "./state/run_view.ts";
import type { PageState } from "./state/page_state.ts";
import { callName } from "./words.ts";

/** Makes the bar at the bottom work: buttons, slider, number, and the call. */
export function initialiseStepper(
  state: PageState,
  views: readonly RunView[],
): void {
  const bar = find(document, ".stepper");
  const slider = find<HTMLInputElement>(bar, "[data-slider]");
  const number = find<HTMLInputElement>(bar, "[data-number]");
  initialiseButtons(bar, state);
  slider.addEventListener("input", () => state.goTo(slider.valueAsNumber));
  number.addEventListener("change", () => {
    if (Number.isFinite(number.valueAsNumber)) {
      state.goTo(number.valueAsNumber);
    }
    number.value = String(state.calls.value);
  });
  const show = () => {
    const { value } = state.calls;
    slider.value = String(value);
    number.value = String(value);
    showCalls(bar, views);
  };
  state.calls.follow(oncePerFrame(show));
  show();
}

function initialiseButtons(bar: HTMLElement, state: PageState): void {
  const steps = {
    first: () => 0,
    previous: () => state.calls.value - 1,
    next: () => state.calls.value + 1,
    last: () => state.mostCalls,
  };
  for (const [name, target] of Object.entries(steps)) {
    find(bar, `[data-step=${name}]`)
      .addEventListener("click", () => state.goTo(target()));
  }
}

function showCalls(bar: HTMLElement, views: readonly RunView[]): void {
  const lines = views.map((view, index) => {
    const name = views.length > 1 ? `${"AB"[index]} ` : "";
    return element("span", {}, `${name}${lastCallWords(view)}`);
  });
  find(bar, "[data-call]").replaceChildren(...lines);
}

function lastCallWords({ run, moment, state }: RunView): string {
  if (moment.calls === 0) return "before the first call";
  const ended = state.calls.value > run.data.length ? "ended with " : "";
  const call = moment.calls - 1;
  const label = run.data.labels.get(call);
  return `${ended}${callName(run, call)}${
    label === undefined ? "" : ` “${label}”`
  }`;
}
