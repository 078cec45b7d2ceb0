/**
 * The command line of osmem.
 *
 * ```sh
 * deno run --allow-ffi --allow-read cli.ts run program.trace
 * ```
 *
 * It ends with 0 if all was done, 1 if something failed, 2 if it was called
 * wrongly.
 *
 * @module
 */
import { Command, CommanderError } from "commander";
import configuration from "../deno.json" with { type: "json" };
import { InterruptedError } from "./processes/interruption.ts";
import { addBlocksCommand } from "./commands/blocks_command.ts";
import { CheckError } from "./checker/check_error.ts";
import { addCheckCommand } from "./commands/check_command.ts";
import { addCompareCommand } from "./commands/compare_command.ts";
import { addConvertCommand } from "./commands/convert_command.ts";
import { addExecCommand } from "./commands/exec_command.ts";
import { addMapCommand } from "./commands/map_command.ts";
import { addReportCommand } from "./commands/report_command.ts";
import type { Outcome } from "./commands/outcome.ts";
import { addRunCommand } from "./commands/run_command.ts";
import { addTraceCommand } from "./commands/trace_command.ts";
import { OutputError, printNow, terminalStyle } from "./commands/terminal.ts";
import { ProcessError } from "./processes/run_processes.ts";
import { ProgramError } from "./programs/program_error.ts";
import { TraceError } from "./traces/trace_error.ts";
import {
  CorruptionError,
  LibraryError,
  OutOfMemoryError,
  SystemCallError,
} from "../mod.ts";

const Exit = { done: 0, failed: 1, usage: 2 } as const;

/** Errors that are about the input or the machine, not about osmem's own code. */
const EXPECTED_ERRORS = [
  TraceError,
  CheckError,
  CorruptionError,
  InterruptedError,
  LibraryError,
  OutOfMemoryError,
  OutputError,
  ProcessError,
  ProgramError,
  SystemCallError,
] as const;

/**
 * Runs the command line.
 *
 * @param args What was given after the program's name.
 * @returns The exit code: 0 done, 1 failed, 2 wrong usage.
 *
 * @example Ask for the version
 * ```ts
 * import { main } from "@osmem/osmem/cli";
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
    if (!isExpected(error)) throw error;
    console.error(`osmem: ${error.message}`);
    return Exit.failed;
  }
}

function program(outcome: Outcome): Command {
  const osmem = new Command("osmem")
    .description("A memory allocator on real memory, and a lab to watch it in.")
    .version(configuration.version)
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError("(osmem --help tells what can be given)")
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
  return osmem;
}

/** Commander's own output; its defaults would ask for permissions. */
const OUTPUT = {
  writeOut: (text: string) => printNow(text.trimEnd()),
  writeErr: (text: string) => console.error(text.trimEnd()),
  getOutHelpWidth: () => terminalStyle().width,
  getErrHelpWidth: () => terminalStyle().width,
  getOutHasColors: () => false,
  getErrHasColors: () => false,
};

function isExpected(error: unknown): error is Error {
  return EXPECTED_ERRORS.some((type) => error instanceof type);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
