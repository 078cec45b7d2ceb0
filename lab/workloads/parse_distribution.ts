import { LineCursor } from "../traces/formats/line_cursor.ts";
import {
  describeValue,
  type Distribution,
  DISTRIBUTION_NAMES,
  type DistributionName,
  isGoodValue,
  parametersOf,
  refuseDistribution,
} from "./distributions.ts";

const NUMBER = /\d+(?:\.\d+)?/y;
const WHAT = `a distribution, one of ${DISTRIBUTION_NAMES.join(", ")}`;

/**
 * Reads a distribution from a specification, as in `lognormal:200:1.5`.
 *
 * @throws {TraceError} If it is malformed; it says in which column.
 *
 * @example Read a distribution
 * ```ts
 * import { parseDistribution } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseDistribution("uniform:8:64"), {
 *   name: "uniform",
 *   values: [8, 64],
 * });
 * ```
 */
export function parseDistribution(text: string): Distribution {
  const cursor = new LineCursor("<distribution>");
  cursor.open(text, 1);
  const distribution = readDistribution(cursor);
  cursor.expectEnd();
  return distribution;
}

/**
 * Reads a distribution that stands in a longer text.
 *
 * @throws {TraceError} If it is malformed.
 */
export function readDistribution(cursor: LineCursor): Distribution {
  const start = cursor.position;
  const name = cursor.word();
  if (!isDistributionName(name)) cursor.fail(WHAT, start);
  const values: number[] = [];
  let last = start;
  for (const parameter of parametersOf(name)) {
    cursor.expect(":");
    last = cursor.position;
    const value = readNumber(cursor);
    if (!isGoodValue(parameter, value)) {
      cursor.fail(describeValue(parameter), last);
    }
    values.push(value);
  }
  const expected = refuseDistribution({ name, values });
  if (expected !== undefined) cursor.fail(expected, last);
  return { name, values };
}

/**
 * Reads a number that may have a fraction; `undefined` if there is none.
 */
export function readNumber(cursor: LineCursor): number | undefined {
  const match = cursor.match(NUMBER);
  return match ? Number(match[0]) : undefined;
}

function isDistributionName(name: string): name is DistributionName {
  return DISTRIBUTION_NAMES.some((known) => known === name);
}
