import Table from "cli-table3";
import { formatCount } from "../pictures/units.ts";
import type { FreeBlock, Step } from "./steps.ts";

/** What offsets of free blocks are counted from, which need not be said at each. */
const HEAP_START = "HeapStart + ";

/** Stands where a result would, in an exercise. */
const HIDDEN = "?";

const EXPLANATION = [
  "search  blocks that a search through the list of all blocks examines",
  "break   bytes by which the program break is raised",
  "free    offset of the header from HeapStart, and bytes of payload",
].join("\n");

/**
 * Draws the calls of a small run one by one: what each returned, and the free
 * blocks after it.
 *
 * @param steps The calls.
 * @param isHidden Whether `?` stands where the results would, to be predicted.
 */
export function drawSteps(steps: readonly Step[], isHidden: boolean): string {
  const table = new Table({
    head: ["step", "call", "returns", "search", "break", "free after it"],
    colAligns: ["right", "left", "left", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const step of steps) {
    const results = isHidden ? hiddenResults(step) : resultsOf(step);
    table.push([step.step, step.call, ...results]);
  }
  return `${table.toString()}\n${EXPLANATION}`;
}

function resultsOf(step: Step): string[] {
  return [
    step.returns ?? "",
    step.examined === 0 ? "" : formatCount(step.examined),
    step.breakRaisedBy === 0 ? "" : formatCount(step.breakRaisedBy),
    step.freeBlocks.map(describeFree).join("\n") || "none",
  ];
}

/** Also hides whether there is something to predict; but `free` returns nothing. */
function hiddenResults({ returns }: Step): string[] {
  return [returns === null ? "" : HIDDEN, HIDDEN, HIDDEN, HIDDEN];
}

function describeFree({ header, size }: FreeBlock): string {
  return `${header.replace(HEAP_START, "")}: ${formatCount(size)}`;
}
