import type { CoalescePolicy, FitPolicy } from "../../mod.ts";
import type { ModelOptions } from "../../model/model.ts";

/** The options that say how blocks are chosen, split and merged. */
export type PolicyOptions = Pick<ModelOptions, "fit" | "split" | "coalesce">;

/** Every fit. */
export const FITS: readonly FitPolicy[] = ["best", "first", "next", "worst"];

/** Every way to coalesce. */
export const COALESCE: readonly CoalescePolicy[] = [
  "deferred",
  "immediate",
  "never",
];

/** Every fit with every way to coalesce, with splitting and without: 24. */
export const POLICIES: readonly PolicyOptions[] = FITS.flatMap((fit) =>
  COALESCE.flatMap((coalesce) =>
    [true, false].map((split) => ({ fit, split, coalesce }))
  )
);

/** The contract's policies with one of them exchanged: 6. */
export const SINGLE_CHANGES: readonly PolicyOptions[] = POLICIES.filter((
  { fit, split, coalesce },
) =>
  [fit !== "best", !split, coalesce !== "deferred"].filter(Boolean).length === 1
);

/** A policy in a few words, as in `"next fit, no splitting, never merging"`. */
export function nameOf({ fit, split, coalesce }: PolicyOptions): string {
  const splitting = split ? "splitting" : "no splitting";
  return `${fit} fit, ${splitting}, ${coalesce} merging`;
}
