import type { SystemCallCounts } from "@osmem/osmem";
import { CALL_NAMES, type CallName } from "../traces/trace.ts";
import type { HeapFigures } from "./heap_figures.ts";
import type { GrowthReason, RunData } from "./run_data.ts";
import type { RunTotals } from "./run_totals.ts";

/** The figures of a whole run. Sizes are in bytes. */
export interface RunStats {
  /** Calls. */
  readonly calls: number;
  /** Calls by kind. */
  readonly callsByKind: Readonly<Record<CallName, number>>;
  /** Calls that the heap refused. */
  readonly refusedCalls: number;
  /** Blocks that were allocated. */
  readonly blocks: number;
  /** The most requested bytes that were live (max P). */
  readonly peakRequestedBytes: number;
  /** The peak footprint: the most bytes obtained from the system (max H). */
  readonly peakFootprintBytes: number;
  /** max P / max H; `null` if the footprint was always 0. */
  readonly peakUtilisation: number | null;
  /** The heap after the call with the most requested bytes live. */
  readonly fullest: HeapFigures;
  /** The heap after the last call. */
  readonly end: HeapFigures;
  /** Raises of the break. */
  readonly growths: number;
  /** Raises of the break by their reason. */
  readonly growthsByReason: Readonly<Record<GrowthReason, number>>;
  /** Raises of the break with F at least the request, but L below it. */
  readonly blockedRequests: number;
  /** Searches for a free block. */
  readonly searches: number;
  /** Blocks that a plain list search would have examined, on average; `null` for no search. */
  readonly meanSearchLength: number | null;
  /** The most that one would have examined. */
  readonly worstSearchLength: number;
  /** System calls made, by name. */
  readonly systemCalls: SystemCallCounts;
}

/** What the figures of a run are made of. */
export interface StatsSource {
  /** What was recorded. */
  readonly data: RunData;
  /** What was live, and the footprint, after each call. */
  readonly totals: RunTotals;
  /** The figures of one moment. */
  readonly figuresAt: (calls: number) => HeapFigures;
}

/** Adds up a run. */
export function statsOf({ data, totals, figuresAt }: StatsSource): RunStats {
  const peakRequestedBytes = maximum(totals.requestedBytes);
  const peakFootprintBytes = maximum(totals.footprintBytes);
  const fullest = totals.requestedBytes.indexOf(peakRequestedBytes);
  return {
    calls: data.length,
    callsByKind: countKinds(data.kinds),
    refusedCalls: data.refusals.size,
    blocks: data.blockCount,
    peakRequestedBytes,
    peakFootprintBytes,
    peakUtilisation: peakFootprintBytes === 0
      ? null
      : peakRequestedBytes / peakFootprintBytes,
    fullest: figuresAt(fullest),
    end: figuresAt(data.length),
    growths: data.growths.length,
    growthsByReason: countReasons(data),
    blockedRequests:
      data.growths.filter((growth) =>
        growth.freeBytes >= growth.request &&
        growth.largestFreeBytes < growth.request
      ).length,
    ...searchStats(data.searches),
    systemCalls: countSystemCalls(data),
  };
}

function maximum(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function searchStats(lengths: Uint32Array) {
  let searches = 0, examined = 0, worst = 0;
  for (const length of lengths) {
    if (length === 0) continue;
    searches++;
    examined += length;
    worst = Math.max(worst, length);
  }
  return {
    searches,
    meanSearchLength: searches === 0 ? null : examined / searches,
    worstSearchLength: worst,
  };
}

function countKinds(kinds: Uint8Array): Record<CallName, number> {
  const counts = { malloc: 0, calloc: 0, realloc: 0, memalign: 0, free: 0 };
  for (const kind of kinds) counts[CALL_NAMES[kind]!]++;
  return counts;
}

function countReasons({ growths }: RunData): Record<GrowthReason, number> {
  const counts = {
    "first use": 0,
    "nothing free": 0,
    "too small": 0,
    "scattered": 0,
    "grows in place": 0,
  };
  for (const { reason } of growths) counts[reason]++;
  return counts;
}

function countSystemCalls({ systemCalls }: RunData): SystemCallCounts {
  const counts = { sbrk: 0, mmap: 0, munmap: 0 };
  for (const { name } of systemCalls) counts[name]++;
  return counts;
}
