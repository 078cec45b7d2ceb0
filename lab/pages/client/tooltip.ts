/// <reference lib="dom" />
import type { RunBlock } from "../../runs/heap_moment.ts";
import { element, find } from "./dom.ts";
import type { PageRun } from "./state/page_run.ts";
import { blockFacts, blockName } from "./words.ts";

const DISTANCE = 14; // pixels between a point and what is said of it
const MARGIN = 8;

/** What was said goes away when something is pressed, and on Escape. */
export function initialiseTooltip(): void {
  document.addEventListener("pointerdown", hideTooltip, { capture: true });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") hideTooltip();
  });
}

/** Says beside a point what a block is. */
export function showBlock(
  run: PageRun,
  block: RunBlock,
  x: number,
  y: number,
): void {
  const facts = blockFacts(run, block).flatMap(([name, value]) => [
    element("dt", {}, name),
    element("dd", {}, value),
  ]);
  const name = element("strong", {}, blockName(block));
  show([name, element("dl", {}, ...facts)], x, y);
}

/** Says something beside a point. */
export function showText(text: string, x: number, y: number): void {
  show([text], x, y);
}

/** Says nothing any more. */
export function hideTooltip(): void {
  tooltip().hidden = true;
}

function tooltip(): HTMLElement {
  return find(document, ".tooltip");
}

function show(contents: readonly (Node | string)[], x: number, y: number) {
  const tip = tooltip();
  tip.replaceChildren(...contents);
  tip.hidden = false;
  const { innerWidth, innerHeight } = globalThis;
  const { offsetWidth: width, offsetHeight: height } = tip;
  const fits = x + DISTANCE + width + MARGIN < innerWidth;
  const left = fits ? x + DISTANCE : x - DISTANCE - width;
  const top = Math.min(y + DISTANCE, innerHeight - height - MARGIN);
  const leftmost = Math.min(
    Math.max(left, MARGIN),
    innerWidth - width - MARGIN,
  );
  tip.style.transform = `translate(${Math.round(leftmost)}px, ${
    Math.round(Math.max(top, MARGIN))
  }px)`;
}
