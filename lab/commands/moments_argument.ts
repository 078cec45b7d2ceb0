import { InvalidArgumentError } from "commander";
import { formatCount } from "../pictures/units.ts";
import type { Moment } from "../runs/moment.ts";
import type { Run } from "../runs/run.ts";
import { TraceError } from "../traces/trace_error.ts";

/** The moments that a command line names: numbers of calls, or `end`. */
export type Moments = readonly (number | "end")[];

/**
 * Reads moments with commas in between, as in `0,100,end`.
 *
 * @throws {InvalidArgumentError} If one is neither a number of calls nor `end`.
 */
export function parseMoments(text: string): Moments {
  return text.split(",").map(parseMoment);
}

/**
 * Reads one moment.
 *
 * @throws {InvalidArgumentError} If it is neither a number of calls nor `end`.
 */
export function parseMoment(text: string): number | "end" {
  if (text === "end") return text;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(
    "Expected a number of calls made before the moment, or end.",
  );
}

/** Says which moment it is, and which call led to it. */
export function describeMoment({ calls, lastCall }: Moment): string {
  return lastCall === undefined
    ? "Before the first call"
    : `After call ${formatCount(calls)}, ${lastCall}`;
}

/**
 * Moments as numbers of calls of a run.
 *
 * @throws {TraceError} If the run is shorter.
 */
export function momentsOf(run: Run, moments: Moments): number[] {
  return moments.map((moment) => {
    const calls = moment === "end" ? run.length : moment;
    if (calls <= run.length) return calls;
    throw new TraceError(
      { file: run.title },
      `there is no moment after ${calls} calls: the run has ${run.length}; ` +
        "give a number up to that, or end",
    );
  });
}
