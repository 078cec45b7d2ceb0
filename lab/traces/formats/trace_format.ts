import type { TraceBuilder } from "../trace_builder.ts";

/** Reads the lines of one trace into a {@linkcode TraceBuilder}. */
export interface LineParser {
  /** The format's name, with what the lines so far told about it. */
  readonly format: string;

  /**
   * Reads a line.
   *
   * @param text The line, without its end.
   * @param line Its number, counted from 1.
   * @throws {TraceError} If the line is malformed.
   */
  read(text: string, line: number): void;

  /**
   * Called after the last line.
   *
   * @param lines How many there were.
   * @throws {TraceError} If something is missing.
   */
  end(lines: number): void;
}

/** A way in which traces are written. */
export interface TraceFormat {
  /** What it is called in messages. */
  readonly name: string;

  /** Whether a trace whose first line with anything in it is this one is such a trace. */
  matches(firstLine: string): boolean;

  /**
   * A parser for one trace.
   *
   * @param file The file's name, for messages.
   * @param builder Receives the calls.
   */
  parser(file: string, builder: TraceBuilder): LineParser;
}
