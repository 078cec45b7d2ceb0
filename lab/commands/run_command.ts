import { type Command, Option } from "commander";
import { writeReport } from "../pictures/report.ts";
import { formatCount } from "../pictures/units.ts";
import { measurementsOf } from "../replay/measurements.ts";
import { MEMORY_KINDS, type MemoryKind } from "../replay/open_heap.ts";
import { PASSES, runTrace, type TraceRun } from "../replay/run_trace.ts";
import { describeOmissions } from "../traces/omissions.ts";
import { loadTrace } from "../traces/trace_source.ts";
import { show } from "./command_output.ts";
import { addExamples } from "./examples_help.ts";
import { InterruptedError, Interruption } from "./interruption.ts";
import { writeFile } from "./output_file.ts";
import {
  addPolicyOptions,
  policyIn,
  type PolicyOptions,
} from "./policy_options.ts";
import { ProgressBar } from "./progress_bar.ts";
import { terminalStyle } from "./terminal.ts";

/** The options of `osmem run`. */
interface RunCommandOptions extends PolicyOptions {
  /** The memory to replay on. */
  readonly memory: MemoryKind;
  /** Whether to write and verify contents. */
  readonly verify: boolean;
  /** Whether to print JSON in the place of a report. */
  readonly json?: boolean;
  /** A file for the run. */
  readonly output?: string;
}

/** Adds `osmem run`. */
export function addRunCommand(osmem: Command): void {
  const command = osmem.command("run")
    .summary("replay the calls of a recorded program and show the heap")
    .description(
      "Replays the calls of a recorded program and shows the heap.\n\n" +
        "Reads what valgrind --trace-malloc=yes writes, and the malloc lab's " +
        ".rep files; either may be compressed with gzip. The format is found by content.",
    )
    .argument("<trace>", "the recording's file, or - for standard input")
    .addOption(
      new Option("-m, --memory <kind>", "the program break to replay on")
        .choices(MEMORY_KINDS).default("arena"),
    )
    .option("--no-verify", "neither write nor verify the contents of blocks")
    .option("--json", "print every figure as JSON")
    .option(
      "-o, --output <file>",
      "write the run, to be looked at later (.json or .json.gz)",
    );
  addExamples(addPolicyOptions(command), [
    "valgrind --trace-malloc=yes --log-file=ls.trace ls",
    "osmem run ls.trace",
    "osmem run --fit first -o ls.json.gz ls.trace",
    "osmem run --json ls.trace > ls.json",
    "zcat ls.trace.gz | osmem run -",
  ]).action(run);
}

async function run(name: string, options: RunCommandOptions): Promise<void> {
  const trace = await loadTrace(name);
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
  if (options.output !== undefined) {
    await writeFile(options.output, [JSON.stringify(done.replay.run)]);
  }
  await show({
    text: options.json
      ? JSON.stringify(measurementsOf(done), null, 2)
      : writeReport(done, terminalStyle()),
    warnings: describeOmissions(trace),
  });
  if (interruption.signal.aborted) throw interrupted(done);
}

function interrupted({ trace, replay }: TraceRun): InterruptedError {
  const calls = `${formatCount(replay.run.length)} of ${
    formatCount(trace.length)
  } calls`;
  return new InterruptedError(
    `interrupted: what is shown was measured until then, after ${calls}`,
  );
}
