import type { CheckedTest } from "./find_tests.ts";

/** The result of a test. */
export interface CheckResult {
  /** The test. */
  readonly test: CheckedTest;
  /** The points of the test. */
  readonly points: number;
  /** Why the test failed; `undefined` if it passed. */
  readonly problem: string | undefined;
}

const NAME_COLUMNS = 33;
const DOTS = ".".repeat(24);
const TOTAL_COLUMNS = 65;

/** Writes a result as the course's checker does, and the problem below it. */
export function formatResult(
  { test, points, problem }: CheckResult,
): string {
  const passed = problem === undefined;
  const line = `${test.name} `.padEnd(NAME_COLUMNS) + DOTS +
    (passed ? ` passed ...   ${formatPoints(points)}` : " failed ...   0");
  return passed ? line : `${line}\n${problem}`;
}

/** Writes the points of all tests that passed, out of those that there were. */
export function formatTotal(results: readonly CheckResult[]): string {
  const { reached, possible } = totalOf(results);
  return `\n${"Total:".padEnd(TOTAL_COLUMNS)} ` +
    `${formatPoints(reached)}/${formatPoints(possible)}`;
}

/** Points with two digits at most: sums of fractions are never quite exact. */
export function formatPoints(points: number): string {
  return String(Math.round(points * 100) / 100);
}

/** The points of the tests that passed, and of all. */
export function totalOf(
  results: readonly CheckResult[],
): { readonly reached: number; readonly possible: number } {
  const sum = (counted: readonly CheckResult[]) =>
    counted.reduce((total, { points }) => total + points, 0);
  const passed = results.filter(({ problem }) => problem === undefined);
  return { reached: sum(passed), possible: sum(results) };
}
