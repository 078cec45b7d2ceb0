import {
  type ProcessResult,
  runProcesses,
} from "../processes/run_processes.ts";
import { replayReference } from "../reference/replay_reference.ts";
import { TraceError } from "../traces/trace_error.ts";
import type { CheckResult } from "./check_result.ts";
import type { CheckedTest } from "./find_tests.ts";
import {
  type ProgramRunOptions,
  traceProcess,
  whyUnfinished,
} from "./program_trace.ts";
import { CheckError, readReference, readText } from "./read_reference.ts";
import { traceDifference } from "./trace_difference.ts";

/** How tests are run. */
export interface CheckOptions extends ProgramRunOptions {
  /** Programs at a time. */
  readonly jobs: number;
  /** Ends all of them. */
  readonly signal: AbortSignal;
}

/** The problem of a test, `undefined` for one that passed. */
type Problem = string | undefined;

/**
 * Runs tests, and compares the trace of each with its reference.
 *
 * @param tests The tests.
 * @param worth The points of each.
 * @param options How to run them.
 * @returns The results, in the order of the tests, as soon as they are known.
 */
export async function* checkTests(
  tests: readonly CheckedTest[],
  worth: readonly number[],
  options: CheckOptions,
): AsyncGenerator<CheckResult> {
  await using started = new AsyncDisposableStack();
  const runs = await startPrograms(tests, options, started);
  for (const [index, test] of tests.entries()) {
    const run = runs.get(test);
    const problem = run
      ? await judge(test, run.trace, await run.result, options)
      : await checkReplay(test, options);
    yield { test, points: worth[index]!, problem };
  }
}

/** A program that runs. */
interface ProgramRun {
  /** The file that its trace is written to. */
  readonly trace: string;
  /** The result of its process. */
  readonly result: Promise<ProcessResult>;
}

/** Starts the programs of those tests that have one; disposing ends and removes all. */
async function startPrograms(
  tests: readonly CheckedTest[],
  options: CheckOptions,
  started: AsyncDisposableStack,
): Promise<ReadonlyMap<CheckedTest, ProgramRun>> {
  const withProgram = tests.filter(({ program }) => program !== undefined);
  if (withProgram.length === 0) return new Map();
  const folder = await Deno.makeTempDir({ prefix: "osmem-" });
  started.defer(() => Deno.remove(folder, { recursive: true }));
  const traces = withProgram.map((_, index) => `${folder}/${index}.ref`);
  const commands = withProgram.map(({ program }, index) =>
    traceProcess(program!, traces[index]!, options)
  );
  const { jobs: atOnce, signal } = options;
  const { results } = started.use(runProcesses(commands, { atOnce, signal }));
  return new Map(withProgram.map((test, index) => [
    test,
    { trace: traces[index]!, result: results[index]! },
  ]));
}

async function checkReplay(
  { reference }: CheckedTest,
  { maxInput }: ProgramRunOptions,
): Promise<Problem> {
  try {
    const expected = await readReference(reference, maxInput);
    const actual = replayReference(expected, reference);
    return traceDifference(reference, expected, actual);
  } catch (error) {
    if (error instanceof TraceError || error instanceof CheckError) {
      return error.message;
    }
    throw error;
  }
}

async function judge(
  { reference }: CheckedTest,
  file: string,
  result: ProcessResult,
  options: ProgramRunOptions,
): Promise<Problem> {
  let trace: string | undefined;
  try {
    trace = await readTrace(file, options);
  } catch (error) {
    if (error instanceof TraceError) return `its own trace: ${error.message}`;
    throw error;
  }
  const unfinished = whyUnfinished(trace, result, options);
  if (trace === undefined) return unfinished;
  const difference = await differenceFrom(reference, trace, options);
  const problems = [unfinished, difference].filter((each) =>
    each !== undefined
  );
  return problems.length === 0 ? undefined : problems.join("\n");
}

async function differenceFrom(
  reference: string,
  trace: string,
  { maxInput }: ProgramRunOptions,
): Promise<Problem> {
  try {
    const expected = await readReference(reference, maxInput);
    return traceDifference(reference, expected, trace);
  } catch (error) {
    if (error instanceof CheckError) return error.message;
    throw error;
  }
}

/** The trace that a program left; none if it was never run. */
async function readTrace(
  file: string,
  { maxInput }: ProgramRunOptions,
): Promise<string | undefined> {
  try {
    return await readText(file, maxInput);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
