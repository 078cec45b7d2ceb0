import type { Trace } from "../trace.ts";

/** The short names of the formats that traces are written in. */
export const WRITER_NAMES = ["rep", "ostep", "json"] as const;

/** One of {@linkcode WRITER_NAMES}. */
export type WriterName = typeof WRITER_NAMES[number];

/** Writes traces in one format. */
export interface TraceWriter {
  /** The format's short name, that it is also read by. */
  readonly name: WriterName;

  /** The trace, piece by piece, so that a long one is never one text. */
  chunks(trace: Trace): Iterable<string>;

  /** What the format cannot say, and what is written instead; one line each. */
  notes(trace: Trace): string[];
}
