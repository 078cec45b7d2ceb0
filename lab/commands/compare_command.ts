import type { Command } from "commander";
import type { ComparisonRow } from "../compare/comparison.ts";
import { comparisonToCsv } from "../compare/comparison_csv.ts";
import { drawComparison } from "../compare/comparison_table.ts";
import { measurePolicy } from "../compare/measure_policy.ts";
import {
  ProcessError,
  type ProcessResult,
  runProcesses,
} from "../processes/run_processes.ts";
import { formatCount } from "../pictures/units.ts";
import type { FormatName } from "../traces/formats/trace_format.ts";
import type { Trace } from "../traces/trace.ts";
import { STANDARD_INPUT } from "../traces/trace_source.ts";
import { show } from "./command_output.ts";
import { addDataOptions } from "./data_options.ts";
import { addExamples } from "./examples_help.ts";
import { addFormatOption, RUN_ARGUMENT } from "./format_option.ts";
import { InterruptedError, Interruption } from "../processes/interruption.ts";
import { parseJobs } from "./jobs.ts";
import { loadCalls } from "./load_run.ts";
import {
  addPolicyLists,
  argumentsFor,
  combinationsOf,
  type PolicyLists,
  type PolicyOptions,
} from "./policy_options.ts";
import { ProgressBar } from "./progress_bar.ts";
import { terminalStyle } from "./terminal.ts";

/** The options of `osmem compare`. */
interface CompareCommandOptions extends PolicyLists {
  /** The format of the traces. */
  readonly format?: FormatName;
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
  readonly format: FormatName | undefined;
  readonly policy: PolicyOptions;
}

/** Adds `osmem compare`. */
export function addCompareCommand(osmem: Command): void {
  const command = osmem.command("compare")
    .summary("replay traces under several policies, and compare the figures")
    .description(
      "Replays each trace under every combination of the policies given, each in " +
        "a process of its own, and prints a row for each. Search lengths are the " +
        "blocks that a search through the plain list of all blocks would examine.",
    )
    .argument("<trace...>", `each ${RUN_ARGUMENT}`);
  addPolicyLists(addFormatOption(command))
    .option(
      "-j, --jobs <number>",
      "processes at a time",
      parseJobs,
      navigator.hardwareConcurrency,
    );
  addExamples(addDataOptions(command, "the rows"), [
    "osmem compare --fit best,first,next,worst lua.trace",
    "osmem compare -f best,first -p 0,128K --mmap-threshold 64K,128K a.trace b.trace",
    "osmem compare --coalesce deferred,never --csv lua.trace > lua.csv",
  ]).action(compare);
}

async function compare(
  traces: string[],
  options: CompareCommandOptions,
): Promise<void> {
  const combinations = traces.flatMap((trace) =>
    combinationsOf(options).map((policy) => ({
      trace,
      format: options.format,
      policy,
    }))
  );
  using interruption = new Interruption();
  const { signal } = interruption;
  const isAlone = combinations.length === 1 || !mayRunProcesses();
  const rows = isAlone
    ? await measureHere(combinations, signal)
    : await measureInProcesses(combinations, options.jobs, signal);
  if (rows.length > 0) {
    await show({ text: describe(rows, options), warnings: [] });
  }
  if (rows.length === combinations.length) return;
  throw new InterruptedError(
    `interrupted: ${formatCount(rows.length)} of ` +
      `${formatCount(combinations.length)} combinations were measured`,
  );
}

function describe(
  rows: readonly ComparisonRow[],
  { json, csv }: CompareCommandOptions,
): string {
  if (json) return JSON.stringify(rows, null, 2);
  if (csv) return comparisonToCsv(rows);
  return drawComparison(rows, terminalStyle());
}

/** Whether each combination can have a process of its own; else they take turns. */
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
  for (const { trace: name, format, policy } of combinations) {
    const trace = traces.get(name) ??
      await loadCalls(name, { format });
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
  jobs: number,
  signal: AbortSignal,
): Promise<ComparisonRow[]> {
  const input = combinations.some(({ trace }) => trace === STANDARD_INPUT)
    ? new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer())
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

/** What one process is to do: the same command, for one combination. */
function argumentsOf({ trace, format, policy }: Combination): string[] {
  return [
    "run",
    "--quiet",
    "--allow-ffi",
    "--allow-read",
    import.meta.resolve("../cli.ts"),
    "compare",
    "--json",
    ...(format ? ["--format", format] : []),
    ...argumentsFor(policy),
    "--",
    trace,
  ];
}

/** A process ends like the command that started it would: with its own message. */
function readRow({ trace }: Combination, result: ProcessResult): ComparisonRow {
  if (result.code === 0) return parseRow(result.output);
  const problem = result.errors.trim().replace(/^osmem: /, "");
  throw new ProcessError(
    problem ||
      `${trace}: the process that replays it ended with ${result.code}, without a word`,
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
