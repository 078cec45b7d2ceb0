import { formatCount } from "../../pictures/units.ts";
import type { Growth } from "../../runs/run_data.ts";

/**
 * Says why the break was raised, in a sentence: what the call needed, and what
 * was free when it did.
 */
export function growthWords(growth: Growth): string {
  const { request, freeBytes, largestFreeBytes, reason } = growth;
  const needed = `It needed ${inBytes(request)}`;
  switch (reason) {
    case "first use":
      return `${needed}, and the heap held no memory yet.`;
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
        `${inBytes(request)}; free blocks (the largest had ` +
        `${formatCount(largestFreeBytes)}) are not looked at for that.`;
  }
}

function inBytes(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "byte" : "bytes"}`;
}
