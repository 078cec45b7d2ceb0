import type { SystemCallCounts } from "@osmem/osmem";
import type { HeapFigures } from "../runs/heap_figures.ts";
import { countCalls } from "../traces/call_counts.ts";
import type { CallName, Omissions } from "../traces/trace.ts";
import type { VerifiedContents } from "./block_contents.ts";
import type { Latency } from "./latency.ts";
import type { MemoryKind } from "./open_heap.ts";
import type { TraceRun } from "./run_trace.ts";

/**
 * Every figure of a run. This is what `--json` prints: names and units stay as
 * they are, new ones may be added.
 */
export interface Measurements {
  /** What was replayed. */
  readonly trace: Omissions & {
    /** The file. */
    readonly file: string;
    /** Its format. */
    readonly format: string;
    /** Calls replayed. */
    readonly calls: number;
    /** Reallocs of NULL, which allocate. */
    readonly nullReallocs: number;
    /** Frees of NULL, which do nothing. */
    readonly nullFrees: number;
    /** Blocks allocated by them. */
    readonly blocks: number;
  };
  /** The memory it was replayed on. */
  readonly memory: MemoryKind;
  /** The contents that were verified; `null` if that was switched off. */
  readonly verified: VerifiedContents | null;
  /** Calls by kind. */
  readonly callsByKind: Readonly<Record<CallName, number>>;
  /** The most requested bytes that were live (max P). */
  readonly peakLiveBytes: number;
  /** The peak footprint: the most bytes obtained from the system (max H). */
  readonly peakFootprintBytes: number;
  /** max P / max H; `null` if the footprint was always 0. */
  readonly peakUtilisation: number | null;
  /** The heap after the call with the most live bytes. */
  readonly fullest: HeapFigures;
  /** The heap after the last call. */
  readonly end: HeapFigures;
  /** Growths of the break with F at least the request, but L below it. */
  readonly blockedRequests: number;
  /** System calls made, by name. */
  readonly systemCalls: SystemCallCounts;
  /** Bytes of the allocator's own tables at the end, outside the heap. */
  readonly tableBytes: number;
  /**
   * Calls in a second, from replays without any clock inside; `null` if the run
   * was interrupted before.
   */
  readonly callsPerSecond: number | null;
  /** Replays that it is the median of. */
  readonly speedPasses: number;
  /** Time of single calls, from a replay of its own; `null` likewise. */
  readonly timePerCall: Latency | null;
}

/** The figures of a run. */
export function measurementsOf(
  { trace, memory, replay, speed, latency }: TraceRun,
): Measurements {
  const { stats, run } = replay;
  const { fullest, end, blockedRequests, peakRequestedBytes } = run.stats();
  const replayed = { ...trace, length: run.length };
  const { byKind, nullReallocs, nullFrees } = countCalls(replayed);
  const peakFootprintBytes = stats.peakFootprintBytes;
  return {
    trace: {
      file: trace.file,
      format: trace.format,
      calls: run.length,
      nullReallocs,
      nullFrees,
      blocks: trace.blockCount,
      ...trace.omissions,
    },
    memory,
    verified: replay.verified,
    callsByKind: byKind,
    peakLiveBytes: peakRequestedBytes,
    peakFootprintBytes,
    peakUtilisation: peakFootprintBytes === 0
      ? null
      : peakRequestedBytes / peakFootprintBytes,
    fullest,
    end,
    blockedRequests,
    systemCalls: stats.systemCalls,
    tableBytes: stats.tableBytes,
    callsPerSecond: speed?.callsPerSecond ?? null,
    speedPasses: speed?.passes ?? 0,
    timePerCall: latency,
  };
}
