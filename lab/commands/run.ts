import { writeReport } from "../pictures/report.ts";
import { InterruptedError, Interruption } from "../processes/interruption.ts";
import { measurementsOf } from "../replay/measurements.ts";
import type { MemoryKind } from "../replay/open_heap.ts";
import { PASSES, runTrace, type TraceRun } from "../replay/run_trace.ts";
import { describeOmissions } from "../traces/omissions.ts";
import type { Trace } from "../traces/trace.ts";
import { formatCount } from "../words.ts";
import { loadCalls, type ReadingOptions } from "./load_run.ts";
import { policyIn } from "./policy_options.ts";
import { ProgressBar } from "./progress_bar.ts";
import { showSteps, type StepsOptions } from "./show_steps.ts";
import { show } from "./terminal.ts";
import { terminalStyle } from "./terminal_style.ts";
import { areOperations } from "./trace_source.ts";

/** The options of `osmem run`. */
export interface RunCommandOptions extends StepsOptions, ReadingOptions {
  /** The memory to replay on. */
  readonly memory: MemoryKind;
  /** Whether to write and verify contents. */
  readonly verify: boolean;
  /** A file for the run. */
  readonly output?: string;
}

/**
 * Replays a trace, and shows the heap and its figures, or the calls one by one.
 *
 * @param name What the command line names: see {@linkcode loadCalls}.
 * @param options How to replay the trace, and what to show.
 * @throws {TraceError} If the trace cannot be read or replayed.
 * @throws {OutputError} If the run cannot be written.
 * @throws {InterruptedError} If Ctrl-C ended the replay; its figures are printed first.
 */
export async function runOrStep(
  name: string,
  options: RunCommandOptions,
): Promise<void> {
  const { steps, predict, reveal } = options;
  const trace = await loadCalls(name, options);
  const inSteps = steps || predict || reveal ||
    areOperations(name) && options.output === undefined;
  if (inSteps) await show(await showSteps(trace, options));
  else await run(trace, options);
}

async function run(trace: Trace, options: RunCommandOptions): Promise<void> {
  using interruption = new Interruption();
  using progress = new ProgressBar("Replaying", trace.length * PASSES);
  const done = await runTrace(trace, {
    memory: options.memory,
    verify: options.verify,
    policy: policyIn(options),
    signal: interruption.signal,
    onProgress: (calls) => progress.add(calls),
  });
  progress[Symbol.dispose]();
  const { output } = options;
  const kept = output === undefined
    ? []
    : await (await import("./keep_run.ts")).keepRun(
      done.replay.run.data,
      output,
    );
  await show({
    text: await describe(done, options),
    warnings: [...describeOmissions(trace), ...kept],
  });
  if (interruption.signal.aborted) throw interrupted(done);
}

async function describe(
  done: TraceRun,
  { json, csv }: RunCommandOptions,
): Promise<string> {
  if (json) return JSON.stringify(measurementsOf(done), null, 2);
  if (csv) {
    return (await import("./csv.ts")).measurementsToCsv(measurementsOf(done));
  }
  return writeReport(done, terminalStyle());
}

function interrupted({ trace, replay }: TraceRun): InterruptedError {
  const calls = `${formatCount(replay.run.length)} of ${
    formatCount(trace.length)
  } calls`;
  return new InterruptedError(
    `interrupted after ${calls}: the figures cover these calls`,
  );
}
