/**
 * The benchmark: what an operation costs in osmem and in other allocators.
 *
 * ```sh
 * deno task bench
 * deno task bench --case churn --live 1000,10000 --rounds 21
 * deno task bench --write                            # measure all, write the page
 * deno task bench --write --from bench/figures.json  # write the page again
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
import { cpus } from "node:os";
import { measureAlone } from "./alone.ts";
import { CASES } from "./cases/all.ts";
import { CLIENTS } from "./clients/all.ts";
import type { Effort } from "./measure.ts";
import { pageOf, writePage } from "./page.ts";
import {
  describeMachine,
  drawTable,
  EXPLANATION,
  notesOf,
  tableOf,
  targetTable,
  titleOf,
} from "./report.ts";
import type { Figures, Machine, Result } from "./result.ts";
import { measureStartup, STARTUP } from "./startup.ts";

interface Options extends Effort {
  /** What the names of the measured cases contain. */
  readonly case: string;
  /** Numbers of live blocks that replace those of each case. */
  readonly live?: readonly number[];
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly write?: boolean;
  /** The file with the figures, if nothing is measured. */
  readonly from?: string;
}

const WRONG_USAGE = 2; // exit code; that of osmem is equal

const ROOT = new URL("../", import.meta.url);

function options(): Options {
  return new Command("bench")
    .description("Measures osmem beside other allocators.")
    .exitOverride()
    .addOption(
      new Option("--case <text>", "measure the cases whose name contains this")
        .argParser(partOfName).default("", "all"),
    )
    .addOption(
      new Option("--live <numbers>", "live blocks, separated by commas")
        .argParser(counts),
    )
    .option("--rounds <number>", "rounds to take the median of", count, 15)
    .option("--turn <milliseconds>", "of an allocator in a round", count, 20)
    .option("--json", "print all figures as JSON")
    .option("--markdown", "print the page docs/benchmarks.md of them")
    .addOption(
      new Option(
        "--write",
        "write the page docs/benchmarks.md, and its figures to bench/figures.json",
      ).conflicts(["case", "live", "json", "markdown"]),
    )
    .addOption(
      new Option(
        "--from <file>",
        "read figures that --json printed, measure nothing",
      )
        .conflicts(["case", "live", "rounds", "turn"]),
    )
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
    `no case has such a name; there are${
      names.map((name) => `\n  ${name}`).join("")
    }`,
  );
}

/** Whether a name contains a text; capitals do not matter. */
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

/** A case, printed as soon as it was measured. */
function draw(result: Result): string {
  const tables = result.timings.length > 0 ? [drawTable(tableOf(result))] : [];
  const lines = [titleOf(result), ...tables, ...notesOf(result)];
  return `\n${lines.join("\n")}`;
}

/** This machine. Needs `--allow-sys=cpus`. */
function thisMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? "unknown",
    processors: processors.length,
    architecture: Deno.build.arch,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
  };
}

async function main(given: Options): Promise<void> {
  const { rounds, turn, json, markdown, write, from } = given;
  const print = json || markdown ? () => {} : console.log;
  const stored: Figures | undefined = from &&
    JSON.parse(await Deno.readTextFile(from));
  const conditions = stored ?? {
    machine: thisMachine(),
    date: new Date().toISOString().slice(0, "2025-12-31".length),
    rounds,
    turn,
  };
  print(`${describeMachine(conditions.machine)}\n\n${EXPLANATION}`);
  const results: Result[] = [];
  for await (const result of stored?.results ?? measureAll(given)) {
    print(draw(result));
    results.push(result);
  }
  const targets = targetTable(results);
  if (targets.rows.length > 0) print(`\nTargets\n${drawTable(targets)}`);
  const figures = { ...conditions, results };
  if (json) console.log(JSON.stringify(figures, null, 2));
  if (markdown) console.log(pageOf(figures).trimEnd());
  if (write) await writePage(figures, ROOT);
}

try {
  await main(options());
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  Deno.exit(error.exitCode === 0 ? 0 : WRONG_USAGE);
}
