import type { FitPolicy } from "../heap_options.ts";
import { BestFit } from "./best_fit.ts";
import { FirstFit, NextFit, type Rover } from "./first_fit.ts";
import type { Fit, FreeBlocks } from "./fit.ts";
import { WorstFit } from "./worst_fit.ts";

/**
 * Makes an empty index.
 *
 * @param policy How it chooses.
 * @param blocks The blocks that it will be told of.
 * @param rover Where searches start, if the policy asks that.
 */
export function openFit(
  policy: FitPolicy,
  blocks: FreeBlocks,
  rover: Rover,
): Fit {
  switch (policy) {
    case "best":
      return new BestFit(blocks);
    case "first":
      return new FirstFit(blocks);
    case "next":
      return new NextFit(blocks, rover);
    case "worst":
      return new WorstFit();
  }
}
