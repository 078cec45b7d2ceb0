import type { Moment, Run } from "../runs/run.ts";
import { TraceError } from "../traces/trace_error.ts";
import { formatCount } from "../words.ts";
import type { Moments } from "./options.ts";

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
      `no moment after ${calls} calls: the run has ${run.length}; ` +
        "give at most this number, or end",
    );
  });
}
