import type { TraceBuilder } from "../trace_builder.ts";

/** Reads the lines of one trace into a {@linkcode TraceBuilder}. */
export interface LineParser {
  /** The name of the format, with what the lines so far say about it. */
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

/** The short name of a format, as a command line takes it. */
export type FormatName =
  | "valgrind"
  | "rep"
  | "mtrace"
  | "ltrace"
  | "heaptrack"
  | "ostep"
  | "reference"
  | "json";

/** The short names of all formats. */
export const FORMAT_NAMES: readonly FormatName[] = [
  "valgrind",
  "rep",
  "mtrace",
  "ltrace",
  "heaptrack",
  "ostep",
  "reference",
  "json",
];

/** A way in which traces are written. */
export interface TraceFormat {
  /** Its short name. */
  readonly name: FormatName;

  /** Its name in messages. */
  readonly description: string;

  /**
   * Whether its lines are so distinct that a trace is also found after other lines, such
   * as what the recorded program printed.
   */
  readonly afterChatter: boolean;

  /** Whether this is the first line of such a trace, or may be. */
  matches(line: string): boolean;

  /**
   * A parser for one trace.
   *
   * @param file The file's name, for messages.
   * @param builder Receives the calls.
   */
  parser(file: string, builder: TraceBuilder): LineParser;
}
