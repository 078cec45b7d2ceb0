import { readTrace } from "./read_trace.ts";
import type { Trace } from "./trace.ts";

/**
 * Reads a trace from a text, in any format that {@linkcode readTrace} reads.
 *
 * @param text The trace.
 * @param name What to call it, for messages and headings.
 * @throws {TraceError} If it is not a good trace; it names the line and column.
 *
 * @example Read three calls
 * ```ts
 * import { parseTrace } from "@osmem/osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const trace = await parseTrace("0 1 2 1\na 0 100\nf 0\n", "one.rep");
 * assertEquals(trace.length, 2);
 * ```
 */
export function parseTrace(text: string, name: string): Promise<Trace> {
  return readTrace(new Blob([text]).stream(), name);
}
