import { type Command, Option } from "commander";
import type { MemoryKind } from "../replay/open_heap.ts";
import { addMemoryOption, addRunOutputOption } from "./options.ts";
import { addPolicyOptions, type PolicyOptions } from "./policy_options.ts";

/** How a C program is run. */
export interface ProgramOptions extends PolicyOptions {
  /** The memory below its heap. */
  readonly memory: MemoryKind;
  /** Folders with headers of the program. */
  readonly include: readonly string[];
  /** Whether to list the blocks that it did not free. */
  readonly leaks?: boolean;
  /** Whether to print what its heap did in figures. */
  readonly stats?: boolean;
  /** A file for the run. */
  readonly output?: string;
}

/** The meaning of the exit status of a command that runs a C program. */
export const PROGRAM_EXIT_STATUS =
  "Exit status: that of the program; 1 if it cannot be run or reported, 2 wrong usage.";

/** How the description of a command that runs a C program ends. */
export const OPTIONS_AFTER_PROGRAM =
  "Options after the program are passed to the program.";

/** Adds the arguments and the options of a command that runs a C program. */
export function addProgramOptions(command: Command): Command {
  command
    .argument(
      "<program>",
      "a shared object with a main function, linked with -losmem; or a C file",
    )
    .argument("[args...]", "arguments for the program")
    .passThroughOptions();
  addMemoryOption(command, "program break below its heap");
  addPolicyOptions(addIncludeOption(command))
    .option("-l, --leaks", "list the blocks that the program did not free")
    .option("-t, --stats", "print figures of its heap");
  return addRunOutputOption(command);
}

/** Adds `--include`: folders with headers of programs in C. */
export function addIncludeOption(command: Command): Command {
  return command.addOption(
    new Option(
      "-I, --include <folder>",
      "folder with headers for a C file; may be repeated",
    )
      .argParser((folder: string, before: string[]) => [...before, folder])
      .default([], "none"),
  );
}
