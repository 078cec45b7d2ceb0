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
   * @throws {MalformedLineError} If the line is not understood.
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

/** How the lines of a trace are read. */
export interface ParsingOptions {
  /** The file's name, for messages. */
  readonly file: string;
  /** Whether everything that does not fit the format is an error. */
  readonly strict: boolean;
  /** The process whose calls are read, where a recording has those of several. */
  readonly pid: number | undefined;
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

  /**
   * Whether it is written by hand, so that a line that is not understood is an error of
   * the author's.
   */
  readonly byHand: boolean;

  /** Whether its recordings say which process made a call. */
  readonly tellsProcesses: boolean;

  /** Whether a line looks like one of such a trace. */
  matches(line: string): boolean;

  /**
   * A parser for one trace.
   *
   * @param builder Receives the calls.
   * @param options How to read the lines.
   */
  parser(builder: TraceBuilder, options: ParsingOptions): LineParser;
}
