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
import { CheckError, readText, unreadable } from "../checker/read_reference.ts";
import {
  ENDING_SIGNALS,
  InterruptedError,
  Interruption,
} from "../processes/interruption.ts";
import { printableLines } from "../printable.ts";
import { print, warn } from "./terminal.ts";

/** The options of `osmem check`. */
export interface CheckCommandOptions {
  /** A file with the points of each test. */
  readonly points?: string;
  /** Folders with headers of programs. */
  readonly include: readonly string[];
  /** Programs at a time. */
  readonly jobs: number;
  /** Seconds that a program may take. */
  readonly timeLimit: number;
  /** The bytes that a reference trace may have. */
  readonly maxInput: number;
  /** Whether to print JSON. */
  readonly json?: boolean;
}

/**
 * Runs tests, and prints a result for each.
 *
 * @param names Folders and files with tests.
 * @param options How to run them.
 * @returns Whether every test passed.
 * @throws {CheckError} If the tests cannot be found, or not be run.
 * @throws {InterruptedError} If a signal ended the command before its last test.
 */
export async function check(
  names: readonly string[],
  options: CheckCommandOptions,
): Promise<boolean> {
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
    if (!options.json) await print(printableLines(formatResult(result)));
  }
  await print(options.json ? describe(results) : formatTotal(results));
  return results.every(({ problem }) => problem === undefined);
}

function warnOfProgramsWithoutReference(programs: readonly string[]): void {
  if (programs.length === 0) return;
  const them = programs.length === 1 ? "it" : "them";
  warn([
    `${
      programs.join(", ")
    }: not run: there is no reference trace (.ref) next to ${them}`,
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
    return parsePoints(await readText(file), file);
  } catch (error) {
    throw error instanceof CheckError ? error : unreadable(file, error);
  }
}

/** Each program runs in its own process, since it may crash. */
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
    "permission denied to run programs in their own processes; run deno " +
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
