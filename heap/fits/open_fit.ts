import type { FitPolicy } from "../heap_options.ts";
import { BestFit } from "./best_fit.ts";
import { FirstFit, NextFit } from "./first_fit.ts";
import type { Fit, FreeBlocks } from "./fit.ts";
import { WorstFit } from "./worst_fit.ts";

/**
 * Makes an empty index for a policy. Only here all four are known, so that none of them
 * imports another.
 *
 * @param policy How it chooses.
 * @param blocks The blocks that it will be told of.
 * @param searchFrom Returns the block where a search of next fit starts.
 */
export function openFit(
  policy: FitPolicy,
  blocks: FreeBlocks,
  searchFrom: () => number,
): Fit {
  switch (policy) {
    case "best":
      return new BestFit(blocks);
    case "first":
      return new FirstFit(blocks);
    case "next":
      return new NextFit(blocks, searchFrom);
    case "worst":
      return new WorstFit();
  }
}
