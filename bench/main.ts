/**
 * The benchmark: what an operation costs beside other allocators, with a
 * thousand, a hundred thousand and a million live blocks.
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
import { type Case, CASES } from "./cases/all.ts";
import { thisMachine } from "./machine.ts";
import { measureAlone } from "./alone.ts";
import type { Result } from "./measure.ts";
import { describeMachine, drawCase, EXPLANATION } from "./report.ts";

interface Options {
  readonly case: readonly Case[];
  readonly live: readonly [number, ...number[]];
  readonly rounds: number;
  readonly json?: boolean;
}

const WRONG_USAGE = 2; // exit code, as the command line has it

function options(): Options {
  return new Command("bench")
    .description("Measures osmem beside other allocators.")
    .exitOverride()
    .addOption(
      new Option("--case <text>", "only the cases whose name contains this")
        .argParser(casesNamed).default(CASES, "all"),
    )
    .addOption(
      new Option("--live <numbers>", "how many blocks are live, by commas")
        .argParser(counts).default([1e3, 1e5, 1e6], "1000,100000,1000000"),
    )
    .option("--rounds <number>", "rounds to take the median of", count, 9)
    .option("--json", "print every figure as JSON")
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

function casesNamed(text: string): readonly Case[] {
  const cases = CASES.filter(({ name }) => name.includes(text));
  if (cases.length > 0) return cases;
  const names = CASES.map(({ name }) => `\n  ${name}`).join("");
  throw new InvalidArgumentError(
    `no case is named like that; there are${names}`,
  );
}

async function measureCase(
  measured: Case,
  { live, rounds }: Options,
): Promise<[Result, ...Result[]]> {
  const [few, ...more] = live;
  const results: [Result, ...Result[]] = [
    await measureAlone(measured, few, rounds),
  ];
  for (const blocks of more) {
    results.push(await measureAlone(measured, blocks, rounds));
  }
  return results;
}

async function main(given: Options): Promise<void> {
  const print = given.json ? () => {} : console.log;
  const machine = thisMachine();
  print(`${describeMachine(machine)}\n\n${EXPLANATION}`);
  const results: Result[] = [];
  for (const measured of given.case) {
    const ofCase = await measureCase(measured, given);
    print(`\n${drawCase(ofCase)}`);
    results.push(...ofCase);
  }
  if (!given.json) return;
  const { rounds } = given;
  console.log(JSON.stringify({ machine, rounds, results }, null, 2));
}

try {
  await main(options());
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  Deno.exit(error.exitCode === 0 ? 0 : WRONG_USAGE);
}
