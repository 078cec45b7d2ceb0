import { lastAtMost } from "./address_scale.ts";
import type { BreakStep } from "./footprint.ts";
import type { TimelineWindow } from "./timeline_window.ts";

/** The offset of the break at a moment. */
export function breakAt(steps: readonly BreakStep[], moment: number): number {
  const step = lastAtMost(steps.length, moment, (at) => steps[at]!.moment);
  return steps[step]?.offset ?? 0;
}

/**
 * For each column of a picture, the row of the break: how far from the top, in
 * pixels, the heap begins.
 */
export function breakRows(
  steps: readonly BreakStep[],
  window: TimelineWindow,
  width: number,
  height: number,
): Float64Array {
  const perColumn = (window.to - window.from) / width;
  const perByte = height / (window.high - window.low);
  return Float64Array.from({ length: width }, (_, column) => {
    const moment = Math.floor(window.from + (column + 0.5) * perColumn);
    return (window.high - breakAt(steps, moment)) * perByte;
  });
}
