import {
  type ProcessResult,
  runProcesses,
} from "../processes/run_processes.ts";
import { replayReference } from "../reference/replay_reference.ts";
import { TraceError } from "../traces/trace_error.ts";
import { CheckError } from "./check_error.ts";
import type { CheckResult } from "./check_result.ts";
import type { CheckedTest } from "./find_tests.ts";
import { readReference } from "./read_reference.ts";
import {
  type ProgramRunOptions,
  traceProcess,
  whyUnfinished,
} from "./program_trace.ts";
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
  const programs = tests.filter(({ program }) => program !== undefined);
  const folder = programs.length > 0
    ? await Deno.makeTempDir({ prefix: "osmem-" })
    : "";
  const runs = runPrograms(programs, folder, options);
  try {
    for (const [index, test] of tests.entries()) {
      const problem = test.program === undefined
        ? await checkReplay(test)
        : await nextOf(runs);
      yield { test, points: worth[index]!, problem };
    }
  } finally {
    await runs.return(undefined); // what still runs is ended
    if (folder !== "") await Deno.remove(folder, { recursive: true });
  }
}

async function checkReplay({ reference }: CheckedTest): Promise<Problem> {
  try {
    const expected = await readReference(reference);
    const actual = replayReference(expected, reference);
    return traceDifference(reference, expected, actual);
  } catch (error) {
    if (error instanceof TraceError || error instanceof CheckError) {
      return error.message;
    }
    throw error;
  }
}

/** The problems of programs in their order, although they end in another. */
async function* runPrograms(
  tests: readonly CheckedTest[],
  folder: string,
  options: CheckOptions,
): AsyncGenerator<Problem> {
  const traces = tests.map((_, index) => `${folder}/${index}.ref`);
  const commands = tests.map(({ program }, index) =>
    traceProcess(program!, traces[index]!, options)
  );
  const results: ProcessResult[] = [];
  let next = 0;
  const { jobs: atOnce, signal } = options;
  for await (
    const [place, result] of runProcesses(commands, { atOnce, signal })
  ) {
    results[place] = result;
    for (; results[next] !== undefined; next++) {
      yield await judge(tests[next]!, traces[next]!, results[next]!, options);
    }
  }
}

async function judge(
  { reference }: CheckedTest,
  file: string,
  result: ProcessResult,
  options: ProgramRunOptions,
): Promise<Problem> {
  const trace = await readTrace(file);
  const unfinished = whyUnfinished(trace, result, options);
  if (trace === undefined) return unfinished;
  const difference = await differenceFrom(reference, trace);
  return unfinished === undefined ? difference : `${unfinished}\n${difference}`;
}

async function differenceFrom(
  reference: string,
  trace: string,
): Promise<Problem> {
  try {
    const expected = await readReference(reference);
    return traceDifference(reference, expected, trace);
  } catch (error) {
    if (error instanceof CheckError) return error.message;
    throw error;
  }
}

/** The trace that a program left; none if it was never run. */
async function readTrace(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function nextOf(problems: AsyncGenerator<Problem>): Promise<Problem> {
  const { value } = await problems.next();
  return value ?? undefined;
}
