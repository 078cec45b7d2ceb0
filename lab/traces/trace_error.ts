import { printable } from "../printable.ts";

/** Where in a trace something is wrong; line and column count from 1. */
export interface TracePlace {
  /** The file, `<standard input>` if it was read from there. */
  readonly file: string;
  /** The line, where one line is concerned. */
  readonly line?: number;
  /** The column, where one place in the line is concerned. */
  readonly column?: number;
}

/**
 * Thrown when a trace cannot be read or replayed. The message begins with the
 * place, as compilers write it: `calls.trace:12:8: expected …`.
 */
export class TraceError extends Error {
  /** `"TraceError"`. */
  override readonly name = "TraceError";
  /** Where it is. */
  readonly place: TracePlace;
  /** The message without the place. */
  readonly problem: string;

  /**
   * Puts the place in front of the problem.
   *
   * @param place Where it is.
   * @param problem What was found, what was expected, and what to do.
   * @param cause The error that led to it.
   */
  constructor(place: TracePlace, problem: string, cause?: unknown) {
    const { file, line, column } = place;
    const parts = [printable(file), line, column].filter((part) =>
      part !== undefined
    );
    super(`${parts.join(":")}: ${problem}`, { cause });
    this.place = place;
    this.problem = problem;
  }
}

/** Thrown for a line that is not understood. The lines after it may be read all the same. */
export class MalformedLineError extends TraceError {}
