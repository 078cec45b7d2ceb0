import type { HeapPolicy } from "@osmem/osmem";
import type { Growth } from "../runs/run_data.ts";
import { formatBytes, formatCount } from "../words.ts";

/**
 * Says why the break was raised, in a sentence: what the call needed, and what
 * was free when it did.
 */
export function growthWords(growth: Growth): string {
  const { request, freeBytes, largestFreeBytes, reason } = growth;
  const needed = `It needed ${inBytes(request)}`;
  switch (reason) {
    case "first use":
      return `${needed}, and the heap had no memory yet.`;
    case "nothing free":
      return `${needed}, and no block was free.`;
    case "too small":
      return `${needed}, more than the ${inBytes(freeBytes)} that were free ` +
        `in all; the largest free block had ${formatCount(largestFreeBytes)}.`;
    case "scattered":
      return `${needed}; ${inBytes(freeBytes)} were free, but scattered: ` +
        `the largest free block had ${formatCount(largestFreeBytes)}.`;
    case "grows in place":
      return `realloc made the last block larger where it lies, to ` +
        `${inBytes(request)}; that uses no free block (the largest had ` +
        `${formatCount(largestFreeBytes)}).`;
  }
}

function inBytes(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "byte" : "bytes"}`;
}

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
