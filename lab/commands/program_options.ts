import { type Command, Option } from "commander";
import { MEMORY_KINDS, type MemoryKind } from "../replay/open_heap.ts";
import { addPolicyOptions, type PolicyOptions } from "./policy_options.ts";
import { parseRunFile } from "./run_file.ts";

/** How a C program is run. */
export interface ProgramOptions extends PolicyOptions {
  /** The memory below its heap. */
  readonly memory: MemoryKind;
  /** Folders with headers of its own. */
  readonly include: readonly string[];
  /** Whether to list the blocks that it did not free. */
  readonly leaks?: boolean;
  /** Whether to print what its heap did in figures. */
  readonly stats?: boolean;
  /** A file for the run. */
  readonly output?: string;
}

/** What running a C program ends with. */
export const PROGRAM_EXIT_STATUS =
  "Exit status: that of the program; 1 if it cannot be run or reported, 2 wrong usage.";

/** What the description of a command that runs a C program ends with. */
export const OPTIONS_BEHIND_PROGRAM =
  "Options behind the program belong to the program.";

/** Adds the argument and the options that running a C program takes. */
export function addProgramOptions(command: Command): Command {
  command
    .argument(
      "<program>",
      "a shared object with a main, linked with -losmem; or a file in C",
    )
    .argument("[args...]", "for the program")
    .passThroughOptions()
    .addOption(
      new Option("-m, --memory <kind>", "the program break below its heap")
        .choices(MEMORY_KINDS).default("arena"),
    );
  return addPolicyOptions(addIncludeOption(command))
    .option("-l, --leaks", "list the blocks that it did not free")
    .option("-t, --stats", "print what its heap did in figures")
    .addOption(
      new Option(
        "-o, --output <file>",
        "write the run, to be looked at later (.json or .json.gz)",
      ).argParser(parseRunFile),
    );
}

/** Adds the option that says where the headers of a program in C are. */
export function addIncludeOption(command: Command): Command {
  return command.addOption(
    new Option(
      "-I, --include <folder>",
      "headers of a file in C; may be repeated",
    )
      .argParser((folder: string, before: string[]) => [...before, folder])
      .default([], "none"),
  );
}
