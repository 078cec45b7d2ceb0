import type { Command } from "commander";

const EXIT_STATUS = "Exit status: 0 done, 1 failed, 2 wrong usage.";

/**
 * Ends a command's help with examples and what its exit status means.
 *
 * @param command The command.
 * @param examples Lines that can be given to a shell.
 * @param exitStatus What it ends with, where that is something else than usual.
 */
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
