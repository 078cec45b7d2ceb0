import { formatCount } from "../../words.ts";
import type { Trace } from "../trace.ts";
import { jsonWriter } from "./osmem_json.ts";
import { ostepWriter } from "./ostep.ts";
import { repWriter } from "./rep.ts";
import type { TraceWriter, WriterName } from "./trace_writer.ts";

const WRITERS: Readonly<Record<WriterName, TraceWriter>> = {
  rep: repWriter,
  ostep: ostepWriter,
  json: jsonWriter,
};

/**
 * Writes a trace, so that reading it again gives blocks of the same sizes and
 * lifetimes. Pieces come one by one: a trace of a million calls is never one text.
 *
 * @param trace The trace.
 * @param format The format to write.
 * @returns The pieces of the file, in order.
 *
 * @example Write a malloc-lab file
 * ```ts
 * import { comb, writeTrace } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const lines = [...writeTrace(comb({ blocks: 2, size: 8 }), "rep")].join("");
 * assertEquals(lines.split("\n").slice(4, 7), ["a 0 8", "a 1 8", "f 1"]);
 * ```
 */
export function writeTrace(trace: Trace, format: WriterName): Iterable<string> {
  return WRITERS[format].chunks(trace);
}

/**
 * What a format cannot say of a trace, and what {@linkcode writeTrace} writes
 * instead: one line each, with the number of calls concerned.
 *
 * @param trace The trace.
 * @param format The format to write.
 *
 * @example What OSTEP cannot say
 * ```ts
 * import { describeConversions, reallocGrowth } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describeConversions(reallocGrowth(), "ostep").length, 1);
 * ```
 */
export function describeConversions(
  trace: Trace,
  format: WriterName,
): string[] {
  return WRITERS[format].conversions(trace)
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${trace.file}: ${what}: ${formatCount(count)}`);
}
