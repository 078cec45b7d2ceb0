import { type Command, InvalidArgumentError, Option } from "commander";
import type { CheckCommandOptions } from "./check.ts";
import { load } from "./load.ts";
import { addExamples, addMaxInputOption, parseJobs } from "./options.ts";
import { addIncludeOption } from "./program_options.ts";

/** Whether a command that did its work found a failure. */
export interface Outcome {
  /** Whether a test failed. */
  failed: boolean;
}

/**
 * Adds `osmem check`.
 *
 * @param osmem The command line.
 * @param outcome Changed when a test fails.
 */
export function addCheckCommand(osmem: Command, outcome: Outcome): void {
  const command = osmem.command("check")
    .summary("compare the traces of C programs with reference traces")
    .description(
      "Runs the programs of a folder, each in its own process, and compares the trace " +
        "of each with the reference trace next to it. A reference trace without a " +
        "program is replayed. Prints one line for each test, as the course's checker " +
        "does, followed by the first difference.",
    )
    .argument(
      "<tests...>",
      "folders, reference traces (.ref), or programs (.c, .so) with a reference trace next to them",
    )
    .option(
      "-p, --points <file>",
      'JSON file with the points of each test: { "test-all": 5 }',
    );
  addMaxInputOption(addIncludeOption(command), "reference trace")
    .option(
      "-j, --jobs <number>",
      "number of programs to run at a time",
      parseJobs,
      navigator.hardwareConcurrency,
    )
    .addOption(
      new Option("--time-limit <seconds>", "time limit for each program")
        .argParser(parseSeconds).default(60),
    )
    .option("--json", "print the results as JSON");
  addExamples(command, [
    "osmem check tests/programs",
    "osmem check --points points.json tests/",
    "osmem check program.c",
  ]).action(async (names: string[], options: CheckCommandOptions) => {
    const { check } = await load<typeof import("./check.ts")>(
      "check.ts",
    );
    if (!await check(names, options)) outcome.failed = true;
  });
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds < 1e6) return seconds;
  throw new InvalidArgumentError("Expected a number of seconds above 0.");
}
