import { formatNumberOf } from "../lab/words.ts";
import {
  glibc,
  glibcWrapped,
  linearList,
  memcpy,
  memset,
  thiNgMalloc,
} from "./peers/all.ts";
import { EMPTY_SCRIPT, STARTUP } from "./startup.ts";
import type { Footprint, Result } from "./result.ts";

/** A figure that osmem should reach: the lower, the better. */
export interface Target {
  /** The case, with its number of blocks. */
  readonly name: string;
  /** What osmem is compared with. */
  readonly comparedWith: string;
  /** The figure to reach. */
  readonly most: number;
  /** What stands after the figures. */
  readonly unit: string;
  /** The figure that was reached, if all that it needs was measured. */
  readonly reached: (results: readonly Result[]) => number | undefined;
}

const GLIBC = glibc.name;
const WRAPPED = glibcWrapped.name;

/** Bytes that the tables of a heap of any size may take. */
const TABLES_AT_REST = 64 * 1024;

/** The targets, in the order of the cases. */
export const TARGETS: readonly Target[] = [
  ...ratios("pair of one size", 1e3, { [GLIBC]: 0.85, [WRAPPED]: 0.9 }),
  ...ratios("pair of changing sizes", 1e3, { [GLIBC]: 1, [WRAPPED]: 1 }),
  ...ratios("os_malloc and os_free", 1e3, { [GLIBC]: 1.2 }),
  ...ratios("random churn", 1e3, {
    [GLIBC]: 1,
    [WRAPPED]: 1.5,
    [thiNgMalloc.name]: 0.05,
  }),
  ...ratios("random churn", 1e4, { [linearList.name]: 0.01 }),
  ...ratios("random churn", 1e5, { [GLIBC]: 0.35, [WRAPPED]: 0.75 }),
  ...ratios("random churn", 1e6, { [GLIBC]: 0.4, [WRAPPED]: 1 }),
  ...["ascending", "descending", "in random order"].flatMap((order) =>
    ratios(`equal blocks, freed ${order}`, 1e6, {
      [GLIBC]: 0.5,
      [WRAPPED]: 0.5,
    })
  ),
  ...ratios("trace of word-index", 6382, { [GLIBC]: 0.8, [WRAPPED]: 1 }),
  ...ratios("calloc of 64 KiB on the heap", 1, { [memset.name]: 1.2 }),
  ...ratios("copying in realloc", 1, { [memcpy.name]: 1.2 }),
  {
    name: "side tables, at most",
    comparedWith: "the heap, 64 KiB apart",
    most: 3,
    unit: " %",
    reached: (results) => {
      const shares = results.flatMap(({ footprint }) =>
        footprint ? [100 * shareOfTables(footprint)] : []
      );
      return shares.length > 0 ? Math.max(0, ...shares) : undefined;
    },
  },
  {
    name: STARTUP.case,
    comparedWith: `over ${EMPTY_SCRIPT}`,
    most: 8,
    unit: " ms",
    reached: (results) => {
      const result = results.find((result) => result.case === STARTUP.case);
      const medians = mediansOf(result, EMPTY_SCRIPT);
      return medians && (medians.ours - medians.theirs) / 1e6;
    },
  },
];

/** Bytes of tables beyond those at rest, for each byte of the heap. */
function shareOfTables({ heaps, tables, peakFootprint }: Footprint): number {
  return (tables - heaps * TABLES_AT_REST) / peakFootprint;
}

/** Targets for osmem's time divided by that of other allocators. */
function ratios(
  name: string,
  blocks: number,
  most: Readonly<Record<string, number>>,
): Target[] {
  return Object.entries(most).map(([comparedWith, most]) => ({
    name: blocks > 1 ? `${name}, ${formatNumberOf(blocks, "block")}` : name,
    comparedWith,
    most,
    unit: "",
    reached: (results) => {
      const result = results.find((result) =>
        result.case === name && result.blocks === blocks
      );
      const medians = mediansOf(result, comparedWith);
      return medians && medians.ours / medians.theirs;
    },
  }));
}

/** osmem's median and another allocator's, if both were measured. */
function mediansOf(result: Result | undefined, peer: string) {
  const ours = result?.timings[0];
  const theirs = result?.timings.find((timing) => timing.peer === peer);
  return ours && theirs
    ? { ours: ours.median, theirs: theirs.median }
    : undefined;
}
