import { formatBytes } from "../../pictures/units.ts";
import type { HeapPolicy } from "../../../mod.ts";

const MERGES: Readonly<Record<HeapPolicy["coalesce"], string>> = {
  deferred: "merges free neighbours at the next search",
  immediate: "merges free neighbours at once",
  never: "never merges free neighbours",
};

/** Says what a heap's policy is, point by point. */
export function policyWords(policy: HeapPolicy): string[] {
  return [
    `${policy.fit} fit`,
    policy.split ? "splits blocks" : "never splits blocks",
    MERGES[policy.coalesce],
    thresholdWords(policy),
    policy.preallocate === 0
      ? "preallocates nothing"
      : `preallocates ${formatBytes(policy.preallocate)}`,
    `raises the break by multiples of ${formatBytes(policy.growth)}`,
  ];
}

function thresholdWords(policy: HeapPolicy): string {
  const { mmapThreshold, callocThreshold } = policy;
  if (mmapThreshold === Infinity && callocThreshold === Infinity) {
    return "makes no mappings";
  }
  return mmapThreshold === callocThreshold
    ? `maps blocks from ${limit(mmapThreshold)}`
    : `maps blocks from ${limit(mmapThreshold)} ` +
      `(calloc: ${limit(callocThreshold)})`;
}

function limit(bytes: number): string {
  return bytes === Infinity ? "no size on" : formatBytes(bytes);
}
