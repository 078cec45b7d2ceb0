import type { ComparisonRow } from "../compare/comparison.ts";
import { drawComparison } from "../compare/comparison_table.ts";
import { measurePolicy } from "../compare/measure_policy.ts";
import { InterruptedError, Interruption } from "../processes/interruption.ts";
import {
  ProcessError,
  type ProcessResult,
  runProcesses,
} from "../processes/run_processes.ts";
import { readWhole } from "../traces/lines.ts";
import type { Trace } from "../traces/trace.ts";
import { formatCount } from "../words.ts";
import { loadCalls, type ReadingOptions } from "./load_run.ts";
import {
  argumentsFor,
  combinationsOf,
  type PolicyLists,
  type PolicyOptions,
} from "./policy_options.ts";
import { ProgressBar } from "./progress_bar.ts";
import { show } from "./terminal.ts";
import { terminalStyle } from "./terminal_style.ts";
import { STANDARD_INPUT, STANDARD_INPUT_NAME } from "./trace_source.ts";

/** The options of `osmem compare`. */
export interface CompareCommandOptions extends PolicyLists, ReadingOptions {
  /** Processes at a time. */
  readonly jobs: number;
  /** Whether to print JSON. */
  readonly json?: boolean;
  /** Whether to print CSV. */
  readonly csv?: boolean;
}

/** A trace under a policy. */
interface Combination {
  readonly trace: string;
  readonly reading: ReadingOptions;
  readonly policy: PolicyOptions;
}

/**
 * Replays traces under several policies, and prints a row for each combination.
 *
 * @param traces What the command line names: see {@linkcode loadCalls}.
 * @param options The policies, and how to print the rows.
 * @throws {TraceError} If a trace cannot be read or replayed.
 * @throws {InterruptedError} If Ctrl-C ended the command before the last combination.
 */
export async function compare(
  traces: string[],
  options: CompareCommandOptions,
): Promise<void> {
  const { format, pid, strict, maxInput } = options;
  const combinations = traces.flatMap((trace) =>
    combinationsOf(options).map((policy) => ({
      trace,
      reading: { format, pid, strict, maxInput },
      policy,
    }))
  );
  using interruption = new Interruption();
  const { signal } = interruption;
  const isAlone = combinations.length === 1 || !mayRunProcesses();
  const rows = isAlone
    ? await measureHere(combinations, signal)
    : await measureInProcesses(combinations, options, signal);
  if (rows.length > 0) {
    await show({ text: await describe(rows, options), warnings: [] });
  }
  if (rows.length === combinations.length) return;
  throw new InterruptedError(
    `interrupted: ${formatCount(rows.length)} of ` +
      `${formatCount(combinations.length)} combinations were measured`,
  );
}

async function describe(
  rows: readonly ComparisonRow[],
  { json, csv }: CompareCommandOptions,
): Promise<string> {
  if (json) return JSON.stringify(rows, null, 2);
  if (csv) return (await import("./csv.ts")).comparisonToCsv(rows);
  return drawComparison(rows, terminalStyle());
}

/** Whether each combination can run in its own process; otherwise they run in turn. */
function mayRunProcesses(): boolean {
  const name = { name: "run", command: Deno.execPath() } as const;
  return Deno.permissions.querySync(name).state === "granted";
}

/** The rows of all combinations, one after the other, or of those before an interruption. */
async function measureHere(
  combinations: readonly Combination[],
  signal: AbortSignal,
): Promise<ComparisonRow[]> {
  using progress = new ProgressBar("Comparing", combinations.length);
  const traces = new Map<string, Trace>();
  const rows: ComparisonRow[] = [];
  for (const { trace: name, reading, policy } of combinations) {
    const trace = traces.get(name) ??
      await loadCalls(name, reading);
    traces.set(name, trace);
    rows.push(await measurePolicy(trace, policy));
    progress.add(1);
    if (signal.aborted) break;
  }
  return rows;
}

/** The rows of all combinations, or of those that were measured before an interruption. */
async function measureInProcesses(
  combinations: readonly Combination[],
  { jobs, maxInput }: CompareCommandOptions,
  signal: AbortSignal,
): Promise<ComparisonRow[]> {
  const input = combinations.some(({ trace }) => trace === STANDARD_INPUT)
    ? await readWhole(Deno.stdin.readable, STANDARD_INPUT_NAME, maxInput)
    : undefined;
  using progress = new ProgressBar("Comparing", combinations.length);
  const rows: ComparisonRow[] = [];
  const commands = combinations.map((combination) => ({
    args: argumentsOf(combination),
    input: combination.trace === STANDARD_INPUT ? input : undefined,
  }));
  await using runs = runProcesses(commands, { atOnce: jobs, signal });
  await Promise.all(runs.results.map(async (ending, place) => {
    const result = await ending;
    if (signal.aborted) return;
    rows[place] = readRow(combinations[place]!, result);
    progress.add(1);
  }));
  return rows.filter((row) => row !== undefined);
}

/** The arguments of the process that measures one combination. */
function argumentsOf({ trace, reading, policy }: Combination): string[] {
  const { format, pid, strict, maxInput } = reading;
  return [
    "run",
    "--quiet",
    "--allow-ffi",
    "--allow-read",
    import.meta.resolve("../cli.ts"),
    "compare",
    "--json",
    ...(format ? ["--format", format] : []),
    ...(pid === undefined ? [] : ["--pid", String(pid)]),
    ...(strict ? ["--strict"] : []),
    ...(maxInput === undefined ? [] : ["--max-input", String(maxInput)]),
    ...argumentsFor(policy),
    "--",
    trace,
  ];
}

/** The row that a process printed; its error message is passed on. */
function readRow({ trace }: Combination, result: ProcessResult): ComparisonRow {
  if (result.code === 0) return parseRow(result.output);
  const problem = result.errors.trim().replace(/^osmem: /, "");
  throw new ProcessError(
    problem ||
      `${trace}: the process that replays it ended with ${result.code} and no message`,
  );
}

/** In JSON `null` stands for a threshold that is infinite. */
function parseRow(text: string): ComparisonRow {
  const [row] = JSON.parse(
    text,
    (name, value) =>
      name.endsWith("Threshold") && value === null ? Infinity : value,
  );
  return row;
}
