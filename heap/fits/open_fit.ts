import type { FitPolicy } from "../heap_options.ts";
import { BestFit } from "./best_fit.ts";
import { FirstFit, NextFit } from "./first_fit.ts";
import type { Fit, FreeBlocks } from "./fit.ts";
import { WorstFit } from "./worst_fit.ts";

/**
 * Makes an empty index for a policy. Only this function knows all four policies, so that
 * no policy imports another.
 *
 * @param policy How a free block is chosen.
 * @param blocks The blocks of the heap.
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
