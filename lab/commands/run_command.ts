import { measurementsOf } from "../replay/measurements.ts";
import { describeOmissions } from "../traces/omissions.ts";
import type { MemoryKind } from "../replay/open_heap.ts";
import { ProgressBar } from "./progress_bar.ts";
import { type ReportOptions, writeReport } from "../pictures/report.ts";
import { PASSES, runTrace } from "../replay/run_trace.ts";
import { loadTrace } from "../traces/trace_source.ts";

/** The options of `osmem run`. */
export interface RunCommandOptions {
  /** The memory to replay on. */
  readonly memory: MemoryKind;
  /** Whether to write and verify contents. */
  readonly verify: boolean;
  /** Whether to print JSON in the place of a report. */
  readonly json?: boolean;
}

/** What a command has to say. */
export interface CommandOutput {
  /** For standard output. */
  readonly text: string;
  /** For standard error: what the user should know about the input. */
  readonly warnings: readonly string[];
}

/**
 * `osmem run`: replays a trace and reports on it.
 *
 * @param name The trace's file, or `-` for standard input.
 * @param options The options.
 * @param style How a report is written.
 * @throws {TraceError} If the trace cannot be read or replayed.
 */
export async function runCommand(
  name: string,
  options: RunCommandOptions,
  style: ReportOptions,
): Promise<CommandOutput> {
  const trace = await loadTrace(name);
  using progress = new ProgressBar("Replaying", trace.length * PASSES);
  const run = runTrace(trace, {
    ...options,
    onProgress: (calls) => progress.add(calls),
  });
  return {
    text: options.json
      ? JSON.stringify(measurementsOf(run), null, 2)
      : writeReport(run, style),
    warnings: describeOmissions(trace),
  };
}
