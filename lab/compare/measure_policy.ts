import { replay } from "../replay/replay.ts";
import { measureSpeed } from "../replay/speed.ts";
import type { HeapPolicy } from "@osmem/osmem";
import type { Trace } from "../traces/trace.ts";
import type { ComparisonRow } from "./comparison.ts";

/**
 * Replays a trace under a policy, once to record what the heap does and then for
 * its speed.
 *
 * @throws {TraceError} If the heap refuses a call.
 */
export async function measurePolicy(
  trace: Trace,
  policy: Partial<HeapPolicy>,
): Promise<ComparisonRow> {
  const run = replay(trace, policy);
  const stats = run.stats();
  const speed = await measureSpeed(trace, { memory: "arena", policy });
  const { fullest } = stats;
  return {
    trace: trace.file,
    policy: run.policy,
    utilisation: stats.peakUtilisation,
    peakLiveBytes: stats.peakRequestedBytes,
    peakFootprintBytes: stats.peakFootprintBytes,
    internalFragmentationBytes: fullest.internalFragmentationBytes,
    externalFragmentation: fullest.externalFragmentation,
    headerBytes: fullest.headerBytes,
    blockedRequests: stats.blockedRequests,
    meanSearchLength: stats.meanSearchLength,
    worstSearchLength: stats.worstSearchLength,
    brkCalls: stats.systemCalls.sbrk,
    mmapCalls: stats.systemCalls.mmap,
    munmapCalls: stats.systemCalls.munmap,
    callsPerSecond: speed?.callsPerSecond ?? null,
  };
}
