import { TO_RUN_PROGRAMS } from "./c_program.ts";
import {
  type CommandOptions,
  type Finished,
  osmem,
  TO_RUN_OSMEM,
} from "./command.ts";
import { TO_LINK } from "./compile_c.ts";
import { testsInFolder } from "./temporary_folder.ts";

/** A command of the command line that runs C programs, to be tested. */
export interface ProgramCommand {
  /** Runs it in a process of its own. */
  readonly run: (
    args: readonly string[],
    options?: CommandOptions,
  ) => Promise<Finished>;
  /** Registers a test of it, which is given a folder of its own. */
  readonly test: (name: string, fn: (folder: string) => Promise<void>) => void;
}

/** The command with this name. */
export function programCommand(command: string): ProgramCommand {
  return {
    run(args, options = {}) {
      const permissions = options.permissions ?? TO_RUN_PROGRAMS;
      return osmem([command, ...args], { ...options, permissions });
    },
    test: testsInFolder(`osmem ${command}`, [...TO_RUN_OSMEM, TO_LINK]),
  };
}
