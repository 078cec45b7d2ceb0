import type { Step } from "./patient.ts";

/** Makes every system call that a heap can make, in every place it can. */
export const WORKLOAD: readonly Step[] = [
  ["malloc", "first", 100],
  ["calloc", "table", 25, 20],
  ["malloc", "mapping", 200_000],
  ["calloc", "zeros", 2, 5000],
  ["malloc", "most of the rest", 129_000],
  ["malloc", "new last block", 5000],
  ["realloc", "new last block", 9000],
  ["free", "new last block"],
  ["malloc", "grown from a free end", 20_000],
  ["malloc", "neighbour", 64],
  ["malloc", "end", 64],
  ["free", "neighbour"],
  ["realloc", "grown from a free end", 30_000],
  ["realloc", "first", 150_000],
  ["realloc", "mapping", 300_000],
  ["realloc", "mapping", 90_000],
  ["realloc", "zeros", 4000],
  ["realloc", "table", 200_000],
  ["realloc", "table", 0],
  ["free", "mapping"],
  ["malloc", "again", 250_000],
  ["free", "first"],
  ["calloc", "large zeros", 300, 1000],
];
