import type { HeapPolicy } from "../../mod.ts";

/** A heap's policy in a few words, as in `best fit, split, deferred coalescing`. */
export function describePolicy({ fit, split, coalesce }: HeapPolicy): string {
  return [
    `${fit} fit`,
    split ? "split" : "never split",
    coalesce === "never" ? "never coalesced" : `${coalesce} coalescing`,
  ].join(", ");
}
