import Table from "cli-table3";
import { formatCount } from "../words.ts";
import { type Exercise, type FreeBlock, HIDDEN, type Step } from "./steps.ts";

/** Free blocks that are shown of each step. */
const MOST_FREE = 6;

/** What offsets of free blocks are counted from, which need not be said at each. */
const HEAP_START = "HeapStart + ";

const EXPLANATION = [
  "search  blocks that a search through the list of all blocks examines",
  "break   bytes by which the program break is raised",
  "free    offset of the header from HeapStart, and bytes of payload",
].join("\n");

/**
 * Draws the calls of a small run one by one: what each returned, and the free
 * blocks after it.
 *
 * @param steps The calls, or exercises made of them.
 */
export function drawSteps(steps: readonly (Step | Exercise)[]): string {
  const table = new Table({
    head: ["step", "call", "returns", "search", "break", "free after it"],
    colAligns: ["right", "left", "left", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const step of steps) {
    table.push([step.step, step.call, ...resultsOf(step)]);
  }
  return `${table.toString()}\n${EXPLANATION}`;
}

function resultsOf(step: Step | Exercise): string[] {
  const { returns, examined, breakRaisedBy, freeBlocks } = step;
  return [
    returns ?? "",
    describeNumber(examined),
    describeNumber(breakRaisedBy),
    freeBlocks === HIDDEN ? HIDDEN : describeFreeBlocks(freeBlocks),
  ];
}

/** Nothing for 0: then nothing was searched, or the break stayed. */
function describeNumber(value: number | typeof HIDDEN): string {
  if (value === HIDDEN) return HIDDEN;
  return value === 0 ? "" : formatCount(value);
}

/** The first of the free blocks, a line each. */
function describeFreeBlocks(blocks: readonly FreeBlock[]): string {
  if (blocks.length === 0) return "none";
  const lines = blocks.slice(0, MOST_FREE).map(describeFree);
  const others = blocks.length - lines.length;
  return [...lines, ...(others === 0 ? [] : [`… ${formatCount(others)} more`])]
    .join("\n");
}

function describeFree({ header, size }: FreeBlock): string {
  return `${header.replace(HEAP_START, "")}: ${formatCount(size)}`;
}
