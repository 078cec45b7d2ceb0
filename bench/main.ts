/**
 * The benchmark: what an operation costs beside other allocators.
 *
 * ```sh
 * deno task bench
 * deno task bench --case churn --live 1000,10000 --rounds 21
 * ```
 *
 * @module
 */
import {
  Command,
  CommanderError,
  InvalidArgumentError,
  Option,
} from "commander";
import { measureAlone } from "./alone.ts";
import { CASES } from "./cases/all.ts";
import { CLIENTS } from "./clients/all.ts";
import { type Machine, thisMachine } from "./machine.ts";
import type { Effort } from "./measure.ts";
import {
  clientTable,
  describeMachine,
  EXPLANATION,
  footprintTable,
  holdingTable,
  notesOf,
  ratioTable,
  tableOf,
  targetTable,
  titleOf,
} from "./report.ts";
import type { Result } from "./result.ts";
import { measureStartup, STARTUP } from "./startup.ts";
import { drawMarkdownTable, drawTable } from "./table.ts";

interface Options extends Effort {
  /** What the names of cases must contain. */
  readonly case: string;
  /** Instead of each case's own numbers of live blocks. */
  readonly live?: readonly number[];
  readonly json?: boolean;
  readonly markdown?: boolean;
}

const WRONG_USAGE = 2; // exit code, as the command line has it

function options(): Options {
  return new Command("bench")
    .description("Measures osmem beside other allocators.")
    .exitOverride()
    .addOption(
      new Option("--case <text>", "only the cases whose name contains this")
        .argParser(partOfName).default("", "all"),
    )
    .addOption(
      new Option("--live <numbers>", "how many blocks are live, by commas")
        .argParser(counts),
    )
    .option("--rounds <number>", "rounds to take the median of", count, 15)
    .option("--turn <milliseconds>", "of an allocator in a round", count, 20)
    .option("--json", "print every figure as JSON")
    .option("--markdown", "print all cases in a few tables, in Markdown")
    .configureOutput({
      getOutHelpWidth: () => 80,
      getErrHelpWidth: () => 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .parse(Deno.args, { from: "user" })
    .opts<Options>();
}

function count(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError("expected a positive whole number");
}

function counts(text: string): number[] {
  return text.split(",").map(count);
}

function partOfName(text: string): string {
  const names = [...CASES, ...CLIENTS].map(({ name }) => name)
    .concat(STARTUP.case);
  if (names.some((name) => isNamed(name, text))) return text;
  throw new InvalidArgumentError(
    `no case is named like that; there are${
      names.map((name) => `\n  ${name}`).join("")
    }`,
  );
}

/** Whether a name contains what was asked for, in capitals or not. */
function isNamed(name: string, text: string): boolean {
  return name.toLowerCase().includes(text.toLowerCase());
}

async function* measureAll(given: Options): AsyncGenerator<Result> {
  for (const measured of CASES) {
    if (!isNamed(measured.name, given.case)) continue;
    for (const blocks of given.live ?? measured.blocks) {
      yield await measureAlone(measured.name, blocks, given);
    }
  }
  for (const { name } of CLIENTS) {
    if (isNamed(name, given.case)) yield await measureAlone(name, 1, given);
  }
  if (isNamed(STARTUP.case, given.case)) yield await measureStartup(given);
}

/** What is printed at once, as soon as a case was measured. */
function draw(result: Result): string {
  const tables = result.timings.length > 0 ? [drawTable(tableOf(result))] : [];
  const lines = [titleOf(result), ...tables, ...notesOf(result)];
  return `\n${lines.join("\n")}`;
}

function drawMarkdown(machine: Machine, results: readonly Result[]): string {
  const tables = [
    targetTable,
    ratioTable,
    holdingTable,
    clientTable,
    footprintTable,
  ]
    .map((tableOf) => tableOf(results))
    .filter(({ rows }) => rows.length > 0);
  return [
    describeMachine(machine),
    ...tables.map(drawMarkdownTable),
    ...new Set(results.flatMap(({ leftOut }) => leftOut)),
  ].join("\n\n");
}

async function main(given: Options): Promise<void> {
  const { rounds, turn, json, markdown } = given;
  const print = json || markdown ? () => {} : console.log;
  const machine = thisMachine();
  print(`${describeMachine(machine)}\n\n${EXPLANATION}`);
  const results: Result[] = [];
  for await (const result of measureAll(given)) {
    print(draw(result));
    results.push(result);
  }
  const targets = targetTable(results);
  if (targets.rows.length > 0) print(`\nTargets\n${drawTable(targets)}`);
  if (markdown) console.log(drawMarkdown(machine, results));
  if (!json) return;
  console.log(JSON.stringify({ machine, rounds, turn, results }, null, 2));
}

try {
  await main(options());
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  Deno.exit(error.exitCode === 0 ? 0 : WRONG_USAGE);
}
