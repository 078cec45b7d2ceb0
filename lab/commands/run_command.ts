import { type Command, Option } from "commander";
import { writeReport } from "../pictures/report.ts";
import { formatCount } from "../pictures/units.ts";
import { measurementsOf } from "../replay/measurements.ts";
import { measurementsToCsv } from "../replay/measurements_csv.ts";
import { MEMORY_KINDS, type MemoryKind } from "../replay/open_heap.ts";
import { PASSES, runTrace, type TraceRun } from "../replay/run_trace.ts";
import { describeOmissions } from "../traces/omissions.ts";
import type { FormatName } from "../traces/formats/trace_format.ts";
import type { Trace } from "../traces/trace.ts";
import { areOperations } from "../traces/trace_source.ts";
import { show } from "./command_output.ts";
import { addDataOptions } from "./data_options.ts";
import { addExamples } from "./examples_help.ts";
import { addFormatOption, RUN_ARGUMENT } from "./format_option.ts";
import { InterruptedError, Interruption } from "../processes/interruption.ts";
import { keepRun } from "./keep_run.ts";
import { loadCalls } from "./load_run.ts";
import { addPolicyOptions, policyIn } from "./policy_options.ts";
import { parseRunFile } from "./run_file.ts";
import { showSteps, type StepsOptions } from "./show_steps.ts";
import { ProgressBar } from "./progress_bar.ts";
import { terminalStyle } from "./terminal.ts";

/** The options of `osmem run`. */
interface RunCommandOptions extends StepsOptions {
  /** The format of the trace. */
  readonly format?: FormatName;
  /** The memory to replay on. */
  readonly memory: MemoryKind;
  /** Whether to write and verify contents. */
  readonly verify: boolean;
  /** A file for the run. */
  readonly output?: string;
}

/** Adds `osmem run`. */
export function addRunCommand(osmem: Command): void {
  const command = osmem.command("run")
    .summary("replay the calls of a recorded program and show the heap")
    .description(
      "Replays the calls of a recorded program, verifies the contents of its blocks, " +
        "and shows the heap and its figures.\n\n" +
        "Reads what valgrind, mtrace, ltrace and heaptrack record, malloc-lab files, " +
        "OSTEP's operations and the course's reference traces, perhaps compressed. " +
        "Operations that stand on the command line are shown one by one.",
    )
    .argument("<trace>", RUN_ARGUMENT)
    .addOption(
      new Option("-m, --memory <kind>", "the program break to replay on")
        .choices(MEMORY_KINDS).default("arena"),
    )
    .option("--no-verify", "neither write nor verify the contents of blocks")
    .option("-s, --steps", "show the calls of a small trace one by one")
    .option("--predict", "the same, with ? where the results would stand")
    .option("--reveal", "fill them in again");
  addDataOptions(command, "every figure").addOption(
    new Option(
      "-o, --output <file>",
      "write the run, to be looked at later (.json or .json.gz)",
    )
      .argParser(parseRunFile).conflicts(["steps", "predict", "reveal"]),
  );
  addExamples(addPolicyOptions(addFormatOption(command)), [
    "valgrind --trace-malloc=yes --log-file=ls.trace ls",
    "osmem run ls.trace",
    "osmem run --fit first -o ls.json.gz ls.trace",
    "osmem run --predict +100,+200,-0,+50",
    "zcat ls.trace.gz | osmem run --json - > figures.json",
  ]).action(runOrStep);
}

async function runOrStep(
  name: string,
  options: RunCommandOptions,
): Promise<void> {
  const { format, steps, predict, reveal } = options;
  const trace = await loadCalls(name, { format });
  const inSteps = steps || predict || reveal ||
    areOperations(name) && options.output === undefined;
  if (inSteps) await show(showSteps(trace, options));
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
    : await keepRun(done.replay.run.data, output);
  await show({
    text: describe(done, options),
    warnings: [...describeOmissions(trace), ...kept],
  });
  if (interruption.signal.aborted) throw interrupted(done);
}

function describe(done: TraceRun, { json, csv }: RunCommandOptions): string {
  if (json) return JSON.stringify(measurementsOf(done), null, 2);
  if (csv) return measurementsToCsv(measurementsOf(done));
  return writeReport(done, terminalStyle());
}

function interrupted({ trace, replay }: TraceRun): InterruptedError {
  const calls = `${formatCount(replay.run.length)} of ${
    formatCount(trace.length)
  } calls`;
  return new InterruptedError(
    `interrupted: what is shown was measured until then, after ${calls}`,
  );
}
