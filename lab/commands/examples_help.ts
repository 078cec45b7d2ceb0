import type { Command } from "commander";

const EXIT_STATUS = "Exit status: 0 done, 1 failed, 2 wrong usage.";

/** Ends a command's help with examples and what its exit status means. */
export function addExamples(
  command: Command,
  examples: readonly string[],
): Command {
  const lines = examples.map((example) => `  $ ${example}`);
  return command.addHelpText(
    "after",
    ["", "Examples:", ...lines, "", EXIT_STATUS].join("\n"),
  );
}
