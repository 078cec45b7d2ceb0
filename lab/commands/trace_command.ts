import type { Command } from "commander";
import { addExamples } from "./options.ts";
import {
  addProgramOptions,
  OPTIONS_AFTER_PROGRAM,
  PROGRAM_EXIT_STATUS,
} from "./program_options.ts";
import type { TraceCommandOptions } from "./trace.ts";

/** Adds `osmem trace`. */
export function addTraceCommand(osmem: Command): void {
  const command = osmem.command("trace")
    .summary("run a C program and print its calls as the course's checker does")
    .description(
      "Runs a C program as osmem exec does, and prints each call with the system " +
        "calls that it made, in the format of the course's reference traces. " +
        OPTIONS_AFTER_PROGRAM,
    );
  addProgramOptions(command).option(
    "-w, --file <file>",
    "file for the trace (default: standard output, between what the program prints)",
  );
  addExamples(command, [
    "osmem trace program.c",
    "osmem trace --file program.ref program.so",
    "osmem trace --fit first program.so",
  ], PROGRAM_EXIT_STATUS).action(
    async (file: string, args: string[], options: TraceCommandOptions) => {
      const { trace } = await import("./trace.ts");
      await trace(file, args, options);
    },
  );
}
