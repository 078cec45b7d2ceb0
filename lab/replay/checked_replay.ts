import type { HeapStats } from "../../mod.ts";
import { BlockContents, type VerifiedContents } from "./block_contents.ts";
import { BlockedRequests } from "./blocked_requests.ts";
import { describeCall } from "../traces/describe_call.ts";
import { type HeapMoment, takeMoment } from "./heap_moment.ts";
import { type MemoryKind, openHeap } from "./open_heap.ts";
import { PROGRESS_CALLS, type ProgressListener } from "./progress.ts";
import { Replayer } from "./replayer.ts";
import type { Trace } from "../traces/trace.ts";
import { TraceError } from "../traces/trace_error.ts";

/** What a replay without a clock found out. */
export interface CheckedReplay {
  /** The heap after the call with the most live bytes. */
  readonly fullest: HeapMoment;
  /** The heap after the last call. */
  readonly end: HeapMoment;
  /** The heap's own figures after the last call. */
  readonly stats: HeapStats;
  /** Growths of the break with enough free memory, but in pieces too small. */
  readonly blockedRequests: number;
  /** The contents that were verified; `null` if that was switched off. */
  readonly verified: VerifiedContents | null;
}

/** How to replay. */
export interface CheckedReplayOptions {
  /** The memory to replay on. */
  readonly memory: MemoryKind;
  /** Whether to write and verify contents. */
  readonly verify: boolean;
  /** Told of calls made. */
  readonly onProgress?: ProgressListener;
}

/**
 * Replays a trace, verifies contents, checks every invariant of the heap at the
 * end, and takes the figures that need no clock.
 *
 * @throws {TraceError} If the heap refuses a call, or lost contents.
 * @throws {CorruptionError} If the heap is damaged at the end.
 */
export function replayChecked(
  trace: Trace,
  options: CheckedReplayOptions,
): CheckedReplay {
  let call = 0;
  using open = openHeap(
    options.memory,
    (programBreak) => blocked.onGrowth(call, programBreak),
  );
  const { heap } = open;
  const replayer = new Replayer(trace, heap);
  const blocked = new BlockedRequests(trace, heap, replayer);
  const contents = options.verify
    ? new BlockContents(trace, heap, replayer)
    : undefined;
  let fullest: HeapMoment | undefined;

  for (call = 0; call < trace.length; call++) {
    contents?.before(call);
    perform(replayer, trace, call);
    contents?.after(call);
    if (call === trace.peak.call) {
      fullest = takeMoment(heap, call + 1, trace.peak.bytes);
    }
    if ((call + 1) % PROGRESS_CALLS === 0) options.onProgress?.(PROGRESS_CALLS);
  }
  contents?.end();
  heap.check();
  const end = takeMoment(heap, trace.length, trace.remainingBytes);
  return {
    fullest: fullest ?? end,
    end,
    stats: heap.stats(),
    blockedRequests: blocked.count,
    verified: contents?.verified ?? null,
  };
}

function perform(replayer: Replayer, trace: Trace, call: number): void {
  try {
    replayer.perform(call);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new TraceError(
      { file: trace.file, line: trace.lines[call] as number },
      `call ${call + 1}, ${describeCall(trace, call)}: ${problem}`,
      error,
    );
  }
}
