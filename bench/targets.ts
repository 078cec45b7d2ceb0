import { formatNumberOf } from "../lab/words.ts";
import { CASES } from "./cases/all.ts";
import { CLIENTS } from "./clients/all.ts";
import {
  allocations,
  allocationsWithBytes,
  arraysForC,
  glibc,
  glibcWrapped,
  inC,
  linearList,
  memcpy,
  memset,
  thiNgMalloc,
} from "./peers/all.ts";
import { EMPTY_SCRIPT, ONE_FILE, STARTUP } from "./startup.ts";
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
const WITH_BYTES = allocationsWithBytes.name;
const OBJECT = "allocation object, 64 bytes";

/** Bytes that the tables of a heap of any size may take. */
const TABLES_AT_REST = 64 * 1024;

/** The targets, in the order of the cases. */
export const TARGETS: readonly Target[] = [
  ...ratios("pair of one size", 1e3, { [GLIBC]: 0.27, [WRAPPED]: 0.3 }),
  ...ratios("pair of changing sizes", 1e3, { [GLIBC]: 0.9, [WRAPPED]: 1 }),
  ...ratios("os_malloc and os_free", 1e3, { [GLIBC]: 1.2 }),
  ...ratios(OBJECT, 1e3, { [arraysForC.name]: 0.6 }),
  time({ case: OBJECT, ours: allocations.name }, 0.35),
  ratio({ case: OBJECT, ours: WITH_BYTES, theirs: arraysForC.name }, 2),
  time({ case: OBJECT, ours: WITH_BYTES }, 1.2),
  ...ratios("allocations, then frees", 16, { [GLIBC]: 1, [WRAPPED]: 1.3 }),
  ...ratios("churn of one size", 1e3, { [GLIBC]: 1.2, [WRAPPED]: 1.5 }),
  ...ratios("random churn", 1e3, {
    [GLIBC]: 1.4,
    [WRAPPED]: 2.1,
    [thiNgMalloc.name]: 0.05,
  }),
  ...ratios("random churn", 1e4, {
    [GLIBC]: 0.75,
    [WRAPPED]: 1.6,
    [linearList.name]: 0.01,
  }),
  ...ratios("random churn", 1e5, { [GLIBC]: 0.4, [WRAPPED]: 0.8 }),
  ...ratios("random churn", 1e6, { [GLIBC]: 0.5, [WRAPPED]: 1 }),
  ...["ascending", "descending", "in random order"].flatMap((order) =>
    ratios(`equal blocks, freed ${order}`, 1e6, {
      [GLIBC]: 0.5,
      [WRAPPED]: 0.5,
    })
  ),
  ...ratios("alternating frees", 1e3, { [GLIBC]: 1.3, [WRAPPED]: 2 }),
  ...ratios("realloc to a random size", 1e3, { [GLIBC]: 1.4, [WRAPPED]: 2.1 }),
  ...CASES.filter(({ module }) => module === "trace.ts")
    .flatMap(({ name, blocks: [blocks] }) =>
      ratios(name, blocks, { [GLIBC]: 0.8, [WRAPPED]: 1.9 })
    ),
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
  ratio({ case: clientOf("Lua"), theirs: inC.name }, 2),
  ratio({ case: clientOf("SQLite"), theirs: inC.name }, 2.5),
  ratio({ case: STARTUP.case, theirs: EMPTY_SCRIPT }, 1.8),
  ratio({ case: STARTUP.case, ours: ONE_FILE, theirs: EMPTY_SCRIPT }, 1.36),
];

/** The name of the case in which a C library gets its memory from osmem. */
function clientOf(library: string): string {
  return CLIENTS.find(({ name }) => name.startsWith(library))!.name;
}

/** Bytes of tables beyond those at rest, for each byte of the heap. */
function shareOfTables({ heaps, tables, peakFootprint }: Footprint): number {
  return (tables - heaps * TABLES_AT_REST) / peakFootprint;
}

/** Which times of a case a target is about. */
interface Times {
  readonly case: string;
  /** How many blocks are live; the first result of the case counts by default. */
  readonly blocks?: number;
  /** Which use of osmem; the first of the case by default. */
  readonly ours?: string;
}

/** Targets for osmem's time divided by that of other allocators. */
function ratios(
  name: string,
  blocks: number,
  most: Readonly<Record<string, number>>,
): Target[] {
  return Object.entries(most).map(([theirs, most]) =>
    ratio({ case: name, blocks, theirs }, most)
  );
}

/** A target for osmem's time divided by that of another allocator. */
function ratio(
  times: Times & { readonly theirs: string },
  most: number,
): Target {
  return {
    name: titleOf(times),
    comparedWith: times.theirs,
    most,
    unit: "",
    reached: (results) => {
      const { ours, timings } = timesIn(results, times);
      const theirs = timings.find(({ peer }) => peer === times.theirs);
      return ours && theirs && ours.median / theirs.median;
    },
  };
}

/** A target for osmem's time in microseconds. */
function time(times: Times, most: number): Target {
  return {
    name: titleOf(times),
    comparedWith: "the clock",
    most,
    unit: " μs",
    reached: (results) => {
      const { ours } = timesIn(results, times);
      return ours && ours.median / 1e3;
    },
  };
}

function titleOf({ case: name, blocks = 1, ours }: Times): string {
  const live = blocks > 1 ? `, ${formatNumberOf(blocks, "block")}` : "";
  return name + live + (ours === undefined ? "" : `: ${ours}`);
}

/** The times of a case, and osmem's among them; none if they were not measured. */
function timesIn(results: readonly Result[], times: Times) {
  const { timings = [] } =
    results.find((result) =>
      result.case === times.case &&
      (times.blocks === undefined || times.blocks === result.blocks)
    ) ?? {};
  const ours = times.ours === undefined
    ? timings[0]
    : timings.find(({ peer }) => peer === times.ours);
  return { ours, timings };
}
