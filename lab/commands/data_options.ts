import { type Command, Option } from "commander";

/**
 * Adds `--json` and `--csv`, of which one can be given.
 *
 * @param command The command.
 * @param what What it prints as data.
 */
export function addDataOptions(command: Command, what: string): Command {
  return command
    .addOption(new Option("--json", `print ${what} as JSON`).conflicts("csv"))
    .addOption(new Option("--csv", `print ${what} as CSV`));
}
