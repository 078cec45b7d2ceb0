/// <reference lib="dom" />
import type { RunBlock } from "../../runs/heap_moment.ts";
import { blockIndexAt } from "./state/block_lookup.ts";
import type { RunView } from "./state/run_view.ts";
import { hideTooltip, showBlock } from "./tooltip.ts";

/** A picture in which one goes from block to block. */
export interface BlockPicture {
  /** What takes the keys. */
  readonly stage: HTMLElement;
  /** The run. */
  readonly view: RunView;
  /** How many places the key up goes: addresses may rise upward or downward. */
  readonly up: 1 | -1;
  /** Where a block is drawn, in pixels of the stage. */
  placeOf(block: RunBlock): readonly [x: number, y: number];
}

/**
 * In a picture of a heap, the arrow keys up and down go from block to block and
 * say what each one is.
 */
export function initialiseBlockKeys(picture: BlockPicture): void {
  const { stage, view, up } = picture;
  stage.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    view.selectNext(event.key === "ArrowUp" ? up : -up);
    describeSelected(picture);
  });
  stage.addEventListener("blur", hideTooltip);
}

function describeSelected({ stage, view, placeOf }: BlockPicture): void {
  const { moment, run, selected } = view;
  const index = blockIndexAt(moment, selected.value ?? -1);
  if (index < 0) return;
  const block = moment.block(index);
  const { left, top, width, height } = stage.getBoundingClientRect();
  const [x, y] = placeOf(block);
  showBlock(
    run,
    block,
    left + Math.min(Math.max(x, 0), width),
    top + Math.min(Math.max(y, 0), height),
  );
}
