import type { Address } from "@osmem/osmem";
import type { BreakRaise } from "../../runs/timeline/break_raises.ts";
import type { Plot } from "./plot.ts";

/** From here to the right the break is this high. Both are pixels. */
export interface BreakStep {
  /** Where it begins. */
  readonly left: number;
  /** How high the break is. */
  readonly top: number;
}

/** Steps that are nearer to each other cannot be told apart. */
const NEAREST = 0.5; // pixels

/**
 * The raises of the break as steps, no more than can be seen.
 *
 * @param raises The raises, in order, from anywhere in the run.
 * @param before Where the break was before them.
 * @param plot Where they are drawn.
 */
export function stepsOf(
  raises: readonly BreakRaise[],
  before: Address,
  { window, x, y, frame }: Plot,
): BreakStep[] {
  const shown = raises.filter(({ after }) => after <= window.to);
  const earlier = shown.findLastIndex(({ after }) => after <= window.from);
  const first = shown[earlier]?.to ?? before;
  const steps: BreakStep[] = [{ left: frame.left, top: y.at(first) }];
  let skipped: BreakStep | undefined;
  for (const { after, to } of shown.slice(earlier + 1)) {
    const step = { left: x(after), top: y.at(to) };
    const last = steps.at(-1)!;
    const isNear = step.left - last.left < NEAREST &&
      last.top - step.top < NEAREST;
    skipped = isNear ? step : undefined;
    if (!isNear) steps.push(step);
  }
  return skipped ? [...steps, skipped] : steps;
}
