import type { Trace } from "../trace.ts";

/** The short name of a format that traces are written in. */
export type WriterName = "rep" | "ostep" | "json";

/** The short names of all formats that can be written. */
export const WRITER_NAMES: readonly WriterName[] = ["rep", "ostep", "json"];

/** Calls that are written as something else, and as what; perhaps there are none. */
export type Conversion = readonly [count: number, what: string];

/** Writes traces in one format. */
export interface TraceWriter {
  /** The short name of the format, by which it is also read. */
  readonly name: WriterName;

  /** The trace, piece by piece, so that a long one is never one text. */
  chunks(trace: Trace): Iterable<string>;

  /** What the format cannot say, and what is written instead. */
  conversions(trace: Trace): readonly Conversion[];
}
