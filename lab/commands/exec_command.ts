import type { Command } from "commander";
import { addExamples } from "./examples_help.ts";
import {
  addProgramOptions,
  OPTIONS_BEHIND_PROGRAM,
  PROGRAM_EXIT_STATUS,
  type ProgramOptions,
} from "./program_options.ts";
import { runProgramCommand } from "./run_program_command.ts";

/** Adds `osmem exec`. */
export function addExecCommand(osmem: Command): void {
  const command = osmem.command("exec")
    .summary("run a C program on a heap in TypeScript")
    .description(
      "Runs a C program whose os_malloc, os_calloc, os_realloc and os_free are " +
        "answered by the allocator in TypeScript, in the same process, and ends with " +
        "its exit status. What there is to say of its heap goes to standard error. " +
        OPTIONS_BEHIND_PROGRAM,
    );
  addExamples(addProgramOptions(command), [
    "osmem exec program.c",
    "osmem exec --leaks program.so first second",
    "osmem exec --stats -o run.json.gz program.so",
    "osmem report run.json.gz",
  ], PROGRAM_EXIT_STATUS).action((
    file: string,
    args: string[],
    options: ProgramOptions,
  ) => runProgramCommand(file, args, options));
}
