import type { Omissions, Trace } from "./trace.ts";
import { formatCount } from "../words.ts";

const EXPLANATIONS: Readonly<
  Record<keyof Omissions, (count: string) => string>
> = {
  unknownFrees: (count) =>
    `left out frees of pointers never seen or freed before: ${count}`,
  unknownReallocs: (count) =>
    `replayed as malloc the reallocs of pointers never seen or freed before: ${count}`,
  failedCalls: (count) =>
    `left out calls that failed or did not return: ${count}`,
  unseenFrees: (count) =>
    `put in frees of blocks that were handed out again without one: ${count}`,
};

/**
 * What differs between a recording and its replay, one line each; none if
 * nothing does.
 */
export function describeOmissions({ file, omissions }: Trace): string[] {
  const names = Object.keys(EXPLANATIONS) as (keyof Omissions)[];
  return names
    .filter((name) => omissions[name] > 0)
    .map((name) =>
      `${file}: ${EXPLANATIONS[name](formatCount(omissions[name]))}`
    );
}
