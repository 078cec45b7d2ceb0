import type { RunPolicy } from "../runs/run_data.ts";

/** A heap's policy in a few words, as in `best fit, split, deferred coalescing`. */
export function describePolicy({ fit, split, coalesce }: RunPolicy): string {
  return [
    `${fit} fit`,
    split ? "split" : "never split",
    coalesce === "never" ? "never coalesced" : `${coalesce} coalescing`,
  ].join(", ");
}
