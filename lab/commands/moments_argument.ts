import { InvalidArgumentError } from "commander";
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
  return text.split(",").map((moment) => {
    if (moment === "end") return moment;
    if (/^\d{1,15}$/.test(moment)) return Number(moment);
    throw new InvalidArgumentError(
      "Expected numbers of calls made before the moment, or end.",
    );
  });
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
