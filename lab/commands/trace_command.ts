import { type Command, Option } from "commander";
import { formatExit } from "../reference/reference_line.ts";
import { addExamples } from "./examples_help.ts";
import {
  addProgramOptions,
  OPTIONS_BEHIND_PROGRAM,
  PROGRAM_EXIT_STATUS,
  type ProgramOptions,
} from "./program_options.ts";
import { runProgramCommand } from "./run_program_command.ts";
import { TraceOutput } from "./trace_output.ts";

/** The options of `osmem trace`. */
interface TraceCommandOptions extends ProgramOptions {
  /** A file for the trace. */
  readonly file?: string;
}

/** Adds `osmem trace`. */
export function addTraceCommand(osmem: Command): void {
  const command = osmem.command("trace")
    .summary("run a C program and print its calls as the course's checker does")
    .description(
      "Runs a C program as osmem exec does, and prints each call with the system " +
        "calls that it made, in the format of the course's reference traces. " +
        OPTIONS_BEHIND_PROGRAM,
    );
  addProgramOptions(command).addOption(
    new Option(
      "-w, --file <file>",
      "write the trace there; by default it goes where the program prints",
    ),
  );
  addExamples(command, [
    "osmem trace program.c",
    "osmem trace --file program.ref program.so",
    "osmem trace --fit first program.so",
  ], PROGRAM_EXIT_STATUS).action(trace);
}

async function trace(
  file: string,
  args: string[],
  options: TraceCommandOptions,
): Promise<void> {
  const output = new TraceOutput(options.file);
  await runProgramCommand(file, args, options, {
    onCall: (lines) => output.write(lines),
    onStart: () => output.open(),
    onExit(status) {
      output.write(`${formatExit(status)}\n`);
      output.finish();
    },
  });
}
