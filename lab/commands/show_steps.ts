import { replayWithRefusals } from "../replay/replay_with_refusals.ts";
import { type Exercise, exerciseOf } from "../steps/exercises.ts";
import { type Step, stepsOf } from "../steps/steps.ts";
import { stepsToCsv } from "../steps/steps_csv.ts";
import { drawSteps } from "../steps/steps_table.ts";
import { describeOmissions } from "../traces/omissions.ts";
import type { Trace } from "../traces/trace.ts";
import { TraceError } from "../traces/trace_error.ts";
import type { CommandOutput } from "./command_output.ts";
import { policyIn, type PolicyOptions } from "./policy_options.ts";

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

/** More calls than anybody steps through. */
const MOST_STEPS = 1000;

/**
 * The calls of a small trace, one by one.
 *
 * @throws {TraceError} If there are more than anybody would look at.
 */
export function showSteps(trace: Trace, options: StepsOptions): CommandOutput {
  if (trace.length > MOST_STEPS) {
    throw new TraceError(
      { file: trace.file },
      `has ${trace.length} calls: at most ${MOST_STEPS} are shown one by one; ` +
        "look at moments of it with osmem map or osmem blocks",
    );
  }
  const { predict, reveal } = options;
  const steps = stepsOf(replayWithRefusals(trace, policyIn(options)));
  const isExercise = predict === true && reveal !== true;
  const shown = isExercise ? steps.map(exerciseOf) : steps;
  return { text: describe(shown, options), warnings: describeOmissions(trace) };
}

function describe(
  steps: readonly (Step | Exercise)[],
  { json, csv }: StepsOptions,
): string {
  if (json) return JSON.stringify(steps, null, 2);
  return csv ? stepsToCsv(steps) : drawSteps(steps);
}
