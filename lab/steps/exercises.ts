import type { Step } from "./steps.ts";

/** Stands where a result would. */
export const HIDDEN = "?";

/** A step whose results are to be predicted. */
export type Exercise =
  & Pick<Step, "step" | "call">
  & {
    /** `?`, or nothing for `free`, which returns nothing. */
    readonly returns: typeof HIDDEN | null;
    readonly examined: typeof HIDDEN;
    readonly breakRaisedBy: typeof HIDDEN;
    readonly freeBlocks: typeof HIDDEN;
  };

/** Hides the results of a step, and whether there is something to predict. */
export function exerciseOf({ step, call, returns }: Step): Exercise {
  return {
    step,
    call,
    returns: returns === null ? null : HIDDEN,
    examined: HIDDEN,
    breakRaisedBy: HIDDEN,
    freeBlocks: HIDDEN,
  };
}
