import { LineCursor } from "../traces/formats/line_cursor.ts";
import type { Trace } from "../traces/trace.ts";
import { TraceError } from "../traces/trace_error.ts";
import {
  describeParameter,
  type Parameter,
  type ParameterValue,
  refuseParameter,
} from "./parameters.ts";
import { readDistribution, readNumber } from "./parse_distribution.ts";
import { type Workload, WORKLOAD_NAMES, WORKLOADS } from "./workloads.ts";

/** What a specification of a workload begins with. */
export const WORKLOAD_PREFIX = "workload:";

const FILE = "<workload>";
const WORD = /[a-z]+(?:-[a-z]+)*/y;

/**
 * Makes the trace of a workload that a text specifies:
 *
 * ```text
 *   specification = [ "workload:" ] NAME { "," PARAMETER "=" value }
 *   value         = NUMBER | WORD | NAME { ":" NUMBER }      the last a distribution
 *
 *   workload:random,calls=100000,sizes=lognormal:200:1.5,seed=7
 * ```
 *
 * @param text The specification.
 * @throws {TraceError} If it is malformed; it says in which column. What
 * parameters are out of range only together is said without one.
 *
 * @example Make a comb from a text
 * ```ts
 * import { parseWorkload } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseWorkload("comb,blocks=100,size=40").length, 200);
 * ```
 */
export function parseWorkload(text: string): Trace {
  const cursor = new LineCursor(FILE);
  cursor.open(text, 1);
  cursor.skip(WORKLOAD_PREFIX);
  const workload = readName(cursor);
  const values = readValues(cursor, workload);
  try {
    return workload.make(values);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TraceError({ file: FILE }, error.message, error);
  }
}

function readName(cursor: LineCursor): Workload {
  const start = cursor.position;
  const name = cursor.match(WORD)?.[0];
  return WORKLOADS.find((workload) => workload.name === name) ??
    cursor.fail(`a workload, one of ${WORKLOAD_NAMES.join(", ")}`, start);
}

function readValues(
  cursor: LineCursor,
  { parameters }: Workload,
): Record<string, ParameterValue> {
  const values: Record<string, ParameterValue> = {};
  while (!cursor.atEnd) {
    cursor.expect(",");
    const start = cursor.position;
    const name = cursor.match(WORD)?.[0] ?? "";
    const parameter = Object.hasOwn(parameters, name)
      ? parameters[name] as Parameter
      : cursor.fail(
        `a parameter, one of ${Object.keys(parameters).join(", ")}`,
        start,
      );
    if (name in values) cursor.fail(`${name} once`, start);
    cursor.expect("=");
    values[name] = readValue(cursor, parameter);
  }
  return values;
}

function readValue(cursor: LineCursor, parameter: Parameter): ParameterValue {
  const start = cursor.position;
  const value = readAny(cursor, parameter);
  const expected = refuseParameter(parameter, value);
  if (expected !== undefined) cursor.fail(expected, start);
  return value;
}

function readAny(cursor: LineCursor, parameter: Parameter): ParameterValue {
  switch (parameter.type) {
    case "number":
      return readNumber(cursor) ?? cursor.fail(describeParameter(parameter));
    case "distribution":
      return readDistribution(cursor);
    case "choice":
      return cursor.match(WORD)?.[0] ?? "";
  }
}
