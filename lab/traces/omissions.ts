import type { Omissions, Trace } from "./trace.ts";
import { formatCount } from "../words.ts";

const EXPLANATIONS: Readonly<
  Record<Exclude<keyof Omissions, "skippedLines">, (count: string) => string>
> = {
  unknownFrees: (count) => `left out frees of pointers never seen: ${count}`,
  secondFrees: (count) => `left out frees of pointers freed before: ${count}`,
  unknownReallocs: (count) =>
    `replayed as malloc the reallocs of pointers never seen or freed before: ${count}`,
  failedCalls: (count) =>
    `left out calls that failed or did not return: ${count}`,
  unseenFrees: (count) =>
    `put in frees of blocks that were handed out again without one: ${count}`,
  unsizedBlocks: (count) =>
    `left out blocks whose size the recording does not say: ${count}`,
  surplusOperations: (count) =>
    `left out operations beyond the number that the header says: ${count}`,
};

/**
 * What differs between a recording and its replay, and what else there is to say about
 * it, one line each; none if there is nothing.
 */
export function describeOmissions(
  { file, omissions, remarks }: Trace,
): string[] {
  const names = Object.keys(EXPLANATIONS) as (keyof typeof EXPLANATIONS)[];
  const differences = names
    .filter((name) => omissions[name] > 0)
    .map((name) => EXPLANATIONS[name](formatCount(omissions[name])));
  return [...remarks, ...differences].map((each) => `${file}: ${each}`);
}
