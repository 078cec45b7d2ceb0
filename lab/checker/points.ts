import { CheckError } from "./read_reference.ts";
import type { CheckedTest } from "./find_tests.ts";

/** The points of each test, by its name. */
export type Points = Readonly<Record<string, number>>;

/**
 * Reads the points of tests: a JSON object such as `{ "test-all": 5 }`.
 *
 * @param text The file's text.
 * @param file Its name, for messages.
 * @throws {CheckError} If the text is anything else.
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
 * The points of a test: 1 if no points are given.
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
    `the points do not list the test ${name}; add it, with 0 if it counts nothing`,
  );
}

/** The names with points that no test has. */
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
    throw new CheckError(`${file}: not JSON: ${problem}`, {
      cause: error,
    });
  }
}
