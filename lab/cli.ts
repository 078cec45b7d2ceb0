/**
 * The command line of osmem.
 *
 * ```sh
 * deno run --allow-ffi --allow-read cli.ts run program.trace
 * ```
 *
 * The exit code is 0 if everything was done, 1 if something failed, 2 for wrong usage.
 *
 * This module and what it imports only describe the commands: the code of a command is
 * loaded when the command is called.
 *
 * @module
 */
import { Command, CommanderError } from "commander";
import configuration from "./deno.json" with { type: "json" };
import { addBlocksCommand } from "./commands/blocks_command.ts";
import { addCheckCommand, type Outcome } from "./commands/check_command.ts";
import { addCompareCommand } from "./commands/compare_command.ts";
import { addConvertCommand } from "./commands/convert_command.ts";
import { addExecCommand } from "./commands/exec_command.ts";
import { LoadError } from "./commands/load.ts";
import { addMapCommand } from "./commands/map_command.ts";
import { addReportCommand } from "./commands/report_command.ts";
import { addRunCommand } from "./commands/run_command.ts";
import { addTraceCommand } from "./commands/trace_command.ts";
import { printNow, terminalWidth } from "./commands/terminal.ts";
import { printableLines } from "./printable.ts";

const Exit = { done: 0, failed: 1, usage: 2 } as const;

/**
 * Runs the command line.
 *
 * @param args The arguments after the name of the program.
 * @returns The exit code: 0 done, 1 failed, 2 wrong usage.
 *
 * @example Print the version
 * ```ts
 * import { main } from "@osmem/lab/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await main(["--version"]), 0);
 * ```
 */
export async function main(args: readonly string[]): Promise<number> {
  const outcome = { failed: false };
  try {
    await program(outcome).parseAsync(args, { from: "user" });
    return outcome.failed ? Exit.failed : Exit.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? Exit.done : Exit.usage;
    }
    if (error instanceof LoadError) return fail(error);
    const { isExpected } = await import("./commands/expected_errors.ts");
    if (!isExpected(error)) throw error;
    return fail(error);
  }
}

function fail({ message }: Error): number {
  console.error(printableLines(`osmem: ${message}`));
  return Exit.failed;
}

function program(outcome: Outcome): Command {
  const osmem = new Command("osmem")
    .description("A memory allocator on real memory, and a lab to watch it in.")
    .version(configuration.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help for a command")
    .helpCommand("help [command]", "print help for a command")
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput(OUTPUT);
  addRunCommand(osmem);
  addCompareCommand(osmem);
  addBlocksCommand(osmem);
  addMapCommand(osmem);
  addReportCommand(osmem);
  addConvertCommand(osmem);
  addExecCommand(osmem);
  addTraceCommand(osmem);
  addCheckCommand(osmem, outcome);
  osmem.showHelpAfterError("For help, run `osmem --help`.");
  for (const command of osmem.commands) {
    command.showHelpAfterError(
      `For options, run \`osmem ${command.name()} --help\`.`,
    );
  }
  return osmem;
}

/** Commander's own output; its defaults would ask for permissions. */
const OUTPUT = {
  writeOut: (text: string) => printNow(text.trimEnd()),
  writeErr: (text: string) => console.error(printableLines(text.trimEnd())),
  getOutHelpWidth: terminalWidth,
  getErrHelpWidth: terminalWidth,
  getOutHasColors: () => false,
  getErrHasColors: () => false,
};

if (import.meta.main) Deno.exit(await main(Deno.args));
