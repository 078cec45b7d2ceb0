import { replayWithRefusals } from "../replay/replay.ts";
import {
  type Exercise,
  exerciseOf,
  type Step,
  stepsOf,
} from "../steps/steps.ts";
import { drawSteps } from "../steps/steps_table.ts";
import { describeOmissions } from "../traces/omissions.ts";
import type { Trace } from "../traces/trace.ts";
import { TraceError } from "../traces/trace_error.ts";
import { policyIn, type PolicyOptions } from "./policy_options.ts";
import type { CommandOutput } from "./terminal.ts";

/** How the calls of a small trace are shown. */
export interface StepsOptions extends PolicyOptions {
  /** Whether to show the calls one by one. */
  readonly steps?: boolean;
  /** Whether `?` stands where the results would. */
  readonly predict?: boolean;
  /** Whether they are filled in again. */
  readonly reveal?: boolean;
  /** Whether to print JSON. */
  readonly json?: boolean;
  /** Whether to print CSV. */
  readonly csv?: boolean;
}

/** The most calls that are shown one by one. */
const MOST_STEPS = 1000;

/**
 * The calls of a small trace, one by one.
 *
 * @throws {TraceError} If there are too many calls.
 */
export async function showSteps(
  trace: Trace,
  options: StepsOptions,
): Promise<CommandOutput> {
  if (trace.length > MOST_STEPS) {
    throw new TraceError(
      { file: trace.file },
      `has ${trace.length} calls: at most ${MOST_STEPS} can be shown one by one; ` +
        "to see moments of it, use osmem map or osmem blocks",
    );
  }
  const { predict, reveal } = options;
  const steps = stepsOf(replayWithRefusals(trace, policyIn(options)));
  const isExercise = predict === true && reveal !== true;
  const shown = isExercise ? steps.map(exerciseOf) : steps;
  return {
    text: await describe(shown, options),
    warnings: describeOmissions(trace),
  };
}

async function describe(
  steps: readonly (Step | Exercise)[],
  { json, csv }: StepsOptions,
): Promise<string> {
  if (json) return JSON.stringify(steps, null, 2);
  return csv ? (await import("./csv.ts")).stepsToCsv(steps) : drawSteps(steps);
}
