import type { Command } from "commander";
import { addExamples } from "./options.ts";
import {
  addProgramOptions,
  OPTIONS_AFTER_PROGRAM,
  PROGRAM_EXIT_STATUS,
  type ProgramOptions,
} from "./program_options.ts";

/** Adds `osmem exec`. */
export function addExecCommand(osmem: Command): void {
  const command = osmem.command("exec")
    .summary("run a C program on a heap in TypeScript")
    .description(
      "Runs a C program in this process. Its calls of os_malloc, os_calloc, os_realloc " +
        "and os_free are answered by the allocator in TypeScript. Ends with the exit " +
        "status of the program, and reports about its heap on standard error. " +
        OPTIONS_AFTER_PROGRAM,
    );
  addExamples(addProgramOptions(command), [
    "osmem exec program.c",
    "osmem exec --leaks program.so first second",
    "osmem exec --stats -o run.json.gz program.so",
    "osmem report run.json.gz",
  ], PROGRAM_EXIT_STATUS).action(
    async (file: string, args: string[], options: ProgramOptions) => {
      const { runProgramCommand } = await import("./run_program.ts");
      await runProgramCommand(file, args, options);
    },
  );
}
