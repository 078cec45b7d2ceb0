import { UsageError, type UsageErrorCode } from "../../ffi/usage_error.ts";
import { formatCalls } from "./format_calls.ts";
import type { StackTrace } from "./stack_trace.ts";

/** How something ended that was disposed of, or whose heap was. */
export interface Ending {
  /** The code of the error that uses of it get. */
  readonly code: UsageErrorCode;
  /** What became of it, as in `"it was disposed of"`. */
  readonly what: string;
  /** Where, if that was noted. */
  readonly trace: StackTrace | undefined;
}

/** So many calls of each trace are shown: two of them leave room on a screen. */
const MOST_SHOWN = 5;

/**
 * The error for using what ended. Where it is known it says at which calls that came
 * about, each in a line, and ends with the remedy.
 *
 * @param action What was to be done, as in `"resize"`.
 * @param subject To what, as in `"allocation "frame" (64 bytes at 0x7f0000001020)"`.
 * @param ending How that ended.
 * @param remedy What to do instead, as in `"allocate again"`.
 * @param origin Where it was allocated, if that was noted.
 */
export function endedError(
  action: string,
  subject: string,
  ending: Ending,
  remedy: string,
  origin?: StackTrace,
): UsageError {
  const what = `Cannot ${action} ${subject}: ${ending.what}`;
  const traces = [
    ...linesOf("It ended at", ending.trace),
    ...linesOf("It was allocated at", origin),
  ];
  const message = traces.length === 0
    ? `${what}; ${remedy}`
    : [what, ...traces, `${remedy[0]!.toUpperCase()}${remedy.slice(1)}`]
      .join("\n");
  return new UsageError(ending.code, message);
}

function linesOf(heading: string, trace: StackTrace | undefined): string[] {
  const calls = trace?.calls.slice(0, MOST_SHOWN) ?? [];
  return calls.length === 0 ? [] : [heading, formatCalls(calls)];
}
