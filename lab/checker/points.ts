import { CheckError } from "./check_error.ts";
import type { CheckedTest } from "./find_tests.ts";

/** What each test is worth, by its name. */
export type Points = Readonly<Record<string, number>>;

/**
 * Reads what tests are worth: a JSON object such as `{ "test-all": 5 }`.
 *
 * @param text The file's text.
 * @param file Its name, for messages.
 * @throws {CheckError} If it is anything else.
 */
export function parsePoints(text: string, file: string): Points {
  const points = parseJson(text, file);
  if (typeof points !== "object" || points === null || Array.isArray(points)) {
    throw new CheckError(
      `${file}: expected an object with the points of each test, as in ` +
        `{ "test-all": 5 }`,
    );
  }
  for (const [name, value] of Object.entries(points)) {
    if (Number.isFinite(value) && value >= 0) continue;
    const worth = typeof value === "number" ? value : JSON.stringify(value);
    throw new CheckError(
      `${file}: ${name} is worth ${worth}: expected a number, 0 or more`,
    );
  }
  return points as Points;
}

/**
 * What a test is worth: 1 where no points are given.
 *
 * @throws {CheckError} If points are given, but not for this test.
 */
export function pointsOf(
  { name }: CheckedTest,
  points: Points | undefined,
): number {
  if (!points) return 1;
  const worth = Object.hasOwn(points, name) ? points[name] : undefined;
  if (worth !== undefined) return worth;
  throw new CheckError(
    `the points name no test ${name}; add it, with 0 if it is worth nothing`,
  );
}

/** The names that points are given for, though no test has them. */
export function withoutTest(
  points: Points | undefined,
  tests: readonly CheckedTest[],
): string[] {
  const names = new Set(tests.map(({ name }) => name));
  return Object.keys(points ?? {}).filter((name) => !names.has(name));
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new CheckError(`${file}: it is no JSON: ${problem}`, {
      cause: error,
    });
  }
}
