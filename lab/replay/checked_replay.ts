import type { HeapStats } from "@osmem/osmem";
import { formatBytes } from "../words.ts";
import { record } from "../runs/recording.ts";
import type { Run } from "../runs/run.ts";
import { describeCall } from "../traces/describe_call.ts";
import type { Trace } from "../traces/trace.ts";
import { TraceError } from "../traces/trace_error.ts";
import { BlockContents, type VerifiedContents } from "./block_contents.ts";
import { openHeap, type ReplayHeapOptions } from "./open_heap.ts";
import {
  PROGRESS_CALLS,
  reportProgress,
  type Supervision,
} from "./progress.ts";
import { Replayer } from "./replayer.ts";

/** Bytes that are written to blocks at most. */
const MOST_WRITTEN = 2 ** 33;

/** Bytes that a process can have at most. */
const ADDRESS_SPACE = 2 ** 47;

/** What a replay without a clock found out. */
export interface CheckedReplay {
  /** What the heap did, call by call: fewer calls than the trace if it was stopped. */
  readonly run: Run;
  /** The heap's own figures after the last call. */
  readonly stats: HeapStats;
  /** The contents that were verified; `null` if that was switched off. */
  readonly verified: VerifiedContents | null;
}

/** How to replay. */
export interface CheckedReplayOptions extends ReplayHeapOptions, Supervision {
  /** Whether to write and verify contents. */
  readonly verify: boolean;
}

/**
 * Replays a trace, verifies contents, checks every invariant of the heap at the
 * end, and records what the heap did. If it is stopped it does so with what was
 * done until then.
 *
 * @throws {TraceError} If the heap refuses a call, or lost contents.
 * @throws {CorruptionError} If the heap is damaged at the end.
 */
export async function replayChecked(
  trace: Trace,
  options: CheckedReplayOptions,
): Promise<CheckedReplay> {
  if (options.verify) requireRoom(trace);
  using open = openHeap(options);
  const { heap } = open;
  using recording = record(heap, { title: trace.file });
  const replayer = new Replayer(trace, recording);
  const contents = options.verify
    ? new BlockContents(trace, heap, replayer)
    : undefined;
  for (let call = 0; call < trace.length; call++) {
    contents?.before(call);
    performCall(replayer, trace, call);
    contents?.after(call);
    const isReportDue = (call + 1) % PROGRESS_CALLS === 0;
    if (isReportDue && !await reportProgress(options, PROGRESS_CALLS)) break;
  }
  contents?.end();
  heap.check();
  return {
    run: recording.run(),
    stats: heap.stats(),
    verified: contents?.verified ?? null,
  };
}

/** Contents are written to be verified, and that takes real memory. */
function requireRoom({ file, peak }: Trace): void {
  const isRefused = peak.bytes > ADDRESS_SPACE; // by the heap, which says where
  if (peak.bytes <= MOST_WRITTEN || isRefused) return;
  throw new TraceError(
    { file },
    `${formatBytes(peak.bytes)} are live at its fullest moment: at most ${
      formatBytes(MOST_WRITTEN)
    } can be verified; ` +
      "replay it without verifying contents (--no-verify)",
  );
}

/**
 * Makes a call of a trace.
 *
 * @throws {TraceError} If the heap refuses it; it names the call and its line.
 */
export function performCall(
  replayer: Replayer,
  trace: Trace,
  call: number,
): void {
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
