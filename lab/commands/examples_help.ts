import type { Command } from "commander";

const EXIT_STATUS = "Exit status: 0 done, 1 failed, 2 wrong usage.";

/** The same for commands that run a program. */
export const PROGRAM_EXIT_STATUS =
  "Exit status: the program's own; 1 if it cannot be run, 2 wrong usage.";

/** Ends a command's help with examples and what its exit status means. */
export function addExamples(
  command: Command,
  examples: readonly string[],
  exitStatus = EXIT_STATUS,
): Command {
  const lines = examples.map((example) => `  $ ${example}`);
  return command.addHelpText(
    "after",
    ["", "Examples:", ...lines, "", exitStatus].join("\n"),
  );
}
