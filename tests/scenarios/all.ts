// Our own scenarios, in the format of the reference traces: what each one is
// about is its name. They are imported as text, which needs no permission.
import bestFit from "./best-fit.ref" with { type: "text" };
import callocReusesBlocks from "./calloc-reuses-blocks.ref" with {
  type: "text",
};
import freeDoesNotMerge from "./free-does-not-merge.ref" with { type: "text" };
import growth from "./growth.ref" with { type: "text" };
import growthOfAMergedEnd from "./growth-of-a-merged-end.ref" with {
  type: "text",
};
import lazyCoalescing from "./lazy-coalescing.ref" with { type: "text" };
import nullAndZero from "./null-and-zero.ref" with { type: "text" };
import preallocation from "./preallocation.ref" with { type: "text" };
import preallocationByCalloc from "./preallocation-by-calloc.ref" with {
  type: "text",
};
import preallocationByRealloc from "./preallocation-by-realloc.ref" with {
  type: "text",
};
import reallocAbsorbsWhatFollows from "./realloc-absorbs-what-follows.ref" with {
  type: "text",
};
import reallocGrowsTheLastBlock from "./realloc-grows-the-last-block.ref" with {
  type: "text",
};
import reallocIntoAMapping from "./realloc-into-a-mapping.ref" with {
  type: "text",
};
import reallocMovesWhatCannotGrow from "./realloc-moves-what-cannot-grow.ref" with {
  type: "text",
};
import reallocOfABlockBeforeAFreeEnd from "./realloc-of-a-block-before-a-free-end.ref" with {
  type: "text",
};
import reallocOfAMapping from "./realloc-of-a-mapping.ref" with {
  type: "text",
};
import reallocOfNullAndFree from "./realloc-of-null-and-free.ref" with {
  type: "text",
};
import reallocShrinksInPlace from "./realloc-shrinks-in-place.ref" with {
  type: "text",
};
import rounding from "./rounding.ref" with { type: "text" };
import splitting from "./splitting.ref" with { type: "text" };
import thresholds from "./thresholds.ref" with { type: "text" };

/** Every scenario: its text by its name. */
export const SCENARIOS: Readonly<Record<string, string>> = {
  "best-fit": bestFit,
  "calloc-reuses-blocks": callocReusesBlocks,
  "free-does-not-merge": freeDoesNotMerge,
  "growth": growth,
  "growth-of-a-merged-end": growthOfAMergedEnd,
  "lazy-coalescing": lazyCoalescing,
  "null-and-zero": nullAndZero,
  "preallocation": preallocation,
  "preallocation-by-calloc": preallocationByCalloc,
  "preallocation-by-realloc": preallocationByRealloc,
  "realloc-absorbs-what-follows": reallocAbsorbsWhatFollows,
  "realloc-grows-the-last-block": reallocGrowsTheLastBlock,
  "realloc-into-a-mapping": reallocIntoAMapping,
  "realloc-moves-what-cannot-grow": reallocMovesWhatCannotGrow,
  "realloc-of-a-block-before-a-free-end": reallocOfABlockBeforeAFreeEnd,
  "realloc-of-a-mapping": reallocOfAMapping,
  "realloc-of-null-and-free": reallocOfNullAndFree,
  "realloc-shrinks-in-place": reallocShrinksInPlace,
  "rounding": rounding,
  "splitting": splitting,
  "thresholds": thresholds,
};
