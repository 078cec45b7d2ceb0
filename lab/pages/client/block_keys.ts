/// <reference lib="dom" />
import type { RunView } from "./state/run_view.ts";
import { blockIndexAt } from "./state/block_lookup.ts";
import { hideTooltip, showBlock } from "./tooltip.ts";

/**
 * In a picture of a heap, the arrow keys up and down go from block to block and
 * say what each one is.
 *
 * @param up How many places the key up goes: addresses may rise upward or downward.
 */
export function initialiseBlockKeys(
  stage: HTMLElement,
  view: RunView,
  up: 1 | -1,
): void {
  stage.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    view.selectNext(event.key === "ArrowUp" ? up : -up);
    describeSelected(stage, view);
  });
  stage.addEventListener("blur", hideTooltip);
}

function describeSelected(stage: HTMLElement, view: RunView): void {
  const { moment, run, selected } = view;
  const index = blockIndexAt(moment, selected.value ?? -1);
  if (index < 0) return;
  const { left, bottom } = stage.getBoundingClientRect();
  showBlock(run, moment.block(index), left, bottom);
}
