/**
 * A mark out of 100, as the course's own script gives one: 90 points for the traces of
 * the project's scenarios and programs, 10 for style.
 *
 * ```sh
 * deno task grade
 * ```
 *
 * @module
 */
import {
  type CheckResult,
  formatPoints,
  formatResult,
  totalOf,
} from "../../lab/checker/check_result.ts";
import { checkTests } from "../../lab/checker/check_tests.ts";
import { findTests } from "../../lab/checker/find_tests.ts";
import { checkStyle } from "./style.ts";

const TESTS = ["tests/scenarios", "tests/programs"];
const TEST_POINTS = 90;
const TIME_LIMIT = 60; // seconds for a program

async function gradeTests(): Promise<number> {
  const { tests } = await findTests(TESTS);
  const results: CheckResult[] = [];
  const worth = tests.map(() => TEST_POINTS / tests.length);
  const checked = checkTests(tests, worth, {
    include: [],
    jobs: navigator.hardwareConcurrency,
    timeLimit: TIME_LIMIT,
    signal: new AbortController().signal,
  });
  for await (const result of checked) {
    results.push(result);
    console.log(formatResult(result));
  }
  return totalOf(results).reached;
}

const tests = await gradeTests();
const style = await checkStyle();
const mark = formatPoints(tests + style.points);
console.log(`\n${"Tests:".padEnd(57)} ${formatPoints(tests)}/${TEST_POINTS}`);
console.log(`${"Style:".padEnd(57)} ${style.points}/10`);
console.log(`${"Mark:".padEnd(57)} ${mark}/100`);
if (style.leftOut.length > 0) {
  console.log(`Not checked, so without points: ${style.leftOut.join(", ")}`);
}
Deno.exit(mark === "100" ? 0 : 1);
