import { type Command, InvalidArgumentError, Option } from "commander";
import { CheckError } from "../checker/check_error.ts";
import {
  type CheckResult,
  formatResult,
  formatTotal,
} from "../checker/check_result.ts";
import { checkTests } from "../checker/check_tests.ts";
import { type CheckedTest, findTests } from "../checker/find_tests.ts";
import {
  parsePoints,
  type Points,
  pointsOf,
  withoutTest,
} from "../checker/points.ts";
import { unreadable } from "../checker/read_reference.ts";
import { warn } from "./command_output.ts";
import { addExamples } from "./examples_help.ts";
import {
  ENDING_SIGNALS,
  InterruptedError,
  Interruption,
} from "../processes/interruption.ts";
import { parseJobs } from "./jobs.ts";
import type { Outcome } from "./outcome.ts";
import { addIncludeOption } from "./program_options.ts";
import { print } from "./terminal.ts";

/** The options of `osmem check`. */
interface CheckCommandOptions {
  /** A file with the points of each test. */
  readonly points?: string;
  /** Folders with headers of programs. */
  readonly include: readonly string[];
  /** Programs at a time. */
  readonly jobs: number;
  /** Seconds that a program may take. */
  readonly timeLimit: number;
  /** Whether to print JSON. */
  readonly json?: boolean;
}

/**
 * Adds `osmem check`.
 *
 * @param osmem The command line.
 * @param outcome Told when a test failed.
 */
export function addCheckCommand(osmem: Command, outcome: Outcome): void {
  const command = osmem.command("check")
    .summary("compare the traces of C programs with reference traces")
    .description(
      "Runs the programs of a folder, each in a process of its own, and compares the " +
        "trace of each with the reference trace beside it. Where there is only a " +
        "reference trace, its calls are made. Prints a line for each test as the " +
        "course's checker does, and below it the first difference.",
    )
    .argument(
      "<tests...>",
      "folders; reference traces (.ref); programs (.c, .so) with theirs beside them",
    )
    .option(
      "-p, --points <file>",
      'what each test is worth: { "test-all": 5 }',
    );
  addIncludeOption(command)
    .option(
      "-j, --jobs <number>",
      "programs at a time",
      parseJobs,
      navigator.hardwareConcurrency,
    )
    .addOption(
      new Option("--time-limit <seconds>", "for each program")
        .argParser(parseSeconds).default(60),
    )
    .option("--json", "print the results as JSON");
  addExamples(command, [
    "osmem check tests/programs",
    "osmem check --points points.json tests/",
    "osmem check program.c",
  ]).action(async (names: string[], options: CheckCommandOptions) => {
    const results = await check(names, options);
    outcome.failed ||= results.some(({ problem }) => problem !== undefined);
  });
}

async function check(
  names: readonly string[],
  options: CheckCommandOptions,
): Promise<CheckResult[]> {
  const { tests, withoutReference } = await findTests(names);
  const points = await readPoints(options.points);
  const worth = tests.map((test) => pointsOf(test, points));
  requirePermission(tests);
  warnOfProgramsWithoutReference(withoutReference);
  warnOfPointsWithoutTest(options.points, withoutTest(points, tests));
  // The programs, which terminals do not know, are ended first.
  using interruption = new Interruption(ENDING_SIGNALS);
  const { signal } = interruption;
  const results: CheckResult[] = [];
  const checked = checkTests(tests, worth, { ...options, signal });
  for await (const result of checked) {
    if (signal.aborted) throw interrupted(results, tests);
    results.push(result);
    if (!options.json) await print(formatResult(result));
  }
  await print(options.json ? describe(results) : formatTotal(results));
  return results;
}

function warnOfProgramsWithoutReference(programs: readonly string[]): void {
  if (programs.length === 0) return;
  const them = programs.length === 1 ? "it" : "them";
  warn([
    `${
      programs.join(", ")
    }: not run: there is no reference trace (.ref) beside ${them}`,
  ]);
}

function warnOfPointsWithoutTest(
  file: string | undefined,
  names: readonly string[],
): void {
  if (names.length === 0) return;
  warn([`${file}: no test is called ${names.join(", ")}`]);
}

function describe(results: readonly CheckResult[]): string {
  return JSON.stringify(
    results.map(({ test, points, problem = null }) => ({
      name: test.name,
      program: test.program ?? null,
      passed: problem === null,
      points: problem === null ? points : 0,
      possible: points,
      problem,
    })),
    null,
    2,
  );
}

async function readPoints(file?: string): Promise<Points | undefined> {
  if (file === undefined) return undefined;
  try {
    return parsePoints(await Deno.readTextFile(file), file);
  } catch (error) {
    throw error instanceof CheckError ? error : unreadable(file, error);
  }
}

/** A program may crash, so each is run in a process of its own. */
function requirePermission(tests: readonly CheckedTest[]): void {
  if (tests.every(({ program }) => program === undefined)) return;
  const needs = [{ name: "run", command: Deno.execPath() }, {
    name: "write",
  }] as const;
  const missing = needs.filter((need) =>
    Deno.permissions.querySync(need).state !== "granted"
  );
  if (missing.length === 0) return;
  throw new CheckError(
    "programs are run in processes of their own, which may not be started; run deno " +
      `with ${missing.map(({ name }) => `--allow-${name}`).join(" ")}`,
  );
}

function interrupted(
  results: readonly CheckResult[],
  tests: readonly CheckedTest[],
): InterruptedError {
  return new InterruptedError(
    `interrupted: ${results.length} of ${tests.length} tests were run`,
  );
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds < 1e6) return seconds;
  throw new InvalidArgumentError("Expected seconds, more than 0.");
}
