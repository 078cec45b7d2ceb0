import type { Trace } from "../trace.ts";

/** The short name of a format that traces are written in. */
export type WriterName = "rep" | "ostep" | "json";

/** All of them. */
export const WRITER_NAMES: readonly WriterName[] = ["rep", "ostep", "json"];

/** Writes traces in one format. */
export interface TraceWriter {
  /** The format's short name, that it is also read by. */
  readonly name: WriterName;

  /** The trace, piece by piece, so that a long one is never one text. */
  chunks(trace: Trace): Iterable<string>;

  /** What the format cannot say, and what is written instead; one line each. */
  notes(trace: Trace): string[];
}
