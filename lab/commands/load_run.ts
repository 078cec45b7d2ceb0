import { replay } from "../replay/replay.ts";
import { readRunOrTrace } from "../runs/read_run_or_trace.ts";
import { Run } from "../runs/run.ts";
import { traceOfRun } from "../runs/trace_of_run.ts";
import type { FormatName } from "../traces/formats/trace_format.ts";
import { describeOmissions } from "../traces/omissions.ts";
import type { ReadOptions } from "../traces/read_trace.ts";
import type { Trace } from "../traces/trace.ts";
import { loadSource } from "./trace_source.ts";
import { ProgressBar } from "./progress_bar.ts";
import { policyIn, type PolicyOptions } from "./policy_options.ts";

/** How to read what a command line names. */
export interface ReadingOptions {
  /** The format of a trace; detected by default. */
  readonly format?: FormatName | undefined;
  /** The process whose calls are read, where there are several. */
  readonly pid?: number | undefined;
  /** Whether a line that is not understood is an error. */
  readonly strict?: boolean | undefined;
  /** The bytes that a file may have, counted after decompression. */
  readonly maxInput?: number | undefined;
}

/** How to obtain the run that a command line names. */
export interface LoadRunOptions extends PolicyOptions, ReadingOptions {}

/** A run, and what the user should know about it. */
export interface LoadedRun {
  readonly run: Run;
  readonly warnings: readonly string[];
}

/**
 * The run that a command line names: one that `osmem run -o` wrote, or a trace,
 * which is replayed.
 *
 * @param name A file, or anything else that {@linkcode loadTrace} takes.
 * @param options The policy to replay a trace under.
 * @throws {TraceError} If it cannot be read or replayed.
 */
export async function loadRun(
  name: string,
  options: LoadRunOptions,
): Promise<LoadedRun> {
  const policy = policyIn(options);
  const source = await loadSource(name, readingIn(options), readRunOrTrace);
  if (source instanceof Run) {
    return { run: source, warnings: ignoredPolicy(name, policy) };
  }
  using progress = new ProgressBar("Replaying", source.length);
  const run = replay(source, {
    ...policy,
    onProgress: (calls) => progress.add(calls),
  });
  return { run, warnings: describeOmissions(source) };
}

/**
 * The calls that a command line names: a trace, or those of a run that `osmem run
 * -o` wrote, whose policy is not theirs.
 *
 * @param name A file, or anything else that {@linkcode loadTrace} takes.
 * @param options How to read it.
 * @throws {TraceError} If it cannot be read.
 */
export async function loadCalls(
  name: string,
  options: ReadingOptions,
): Promise<Trace> {
  const source = await loadSource(name, readingIn(options), readRunOrTrace);
  return source instanceof Run ? traceOfRun(source.data, name) : source;
}

function ignoredPolicy(name: string, policy: PolicyOptions): string[] {
  const given = Object.keys(policy);
  return given.length === 0 ? [] : [
    `${name}: shown as it was recorded; to replay it with another ${
      given.join(", ")
    }, give the trace`,
  ];
}

function readingIn(
  { format, pid, strict, maxInput }: ReadingOptions,
): ReadOptions {
  return {
    ...(format !== undefined && { format }),
    ...(pid !== undefined && { pid }),
    ...(strict !== undefined && { strict }),
    ...(maxInput !== undefined && { maxInput }),
  };
}
