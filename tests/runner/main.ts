/**
 * Runs the tests in several processes at a time, and the examples of the documentation.
 * Each process has a program break, places for bindings and a limit of mappings of its
 * own, which the threads of `deno test --parallel` would share.
 *
 * ```sh
 * deno task test                        # everything
 * deno task test tests/heap/list        # the tests of a folder
 * deno task test heap/list              # the examples of a folder
 * deno task test --filter split         # what has this in its name
 * ```
 *
 * Options are those of `deno test`. The types are checked unless `--no-check` is given;
 * `--allow-…` takes the place of the permissions that tests have otherwise.
 *
 * @module
 */
import { type Arguments, parseArguments } from "./arguments.ts";
import { sumOf, type TestCounts, writeReport } from "./test_counts.ts";
import { findTestFiles, TestFiles } from "./test_files.ts";
import { TestOutput } from "./test_output.ts";

const TESTS = "tests";

const PROCESSES = navigator.hardwareConcurrency;

/** What became of a process. */
interface Outcome {
  readonly success: boolean;
  /** What it reported. A process that reports nothing counts as a test that failed. */
  readonly counts: TestCounts;
}

/** Arguments for deno, one process after the other. */
function* commands(given: Arguments): Generator<string[]> {
  const { paths, ignored, isChecked, permissions, options } = given;
  const isEverything = paths.length === 0;
  const isTest = (path: string) => `${path}/`.startsWith(`${TESTS}/`);
  const files = findTestFiles(
    isEverything ? [TESTS] : paths.filter(isTest),
    ignored,
  );
  const documented = paths.filter((path) => !isTest(path));
  const test = ["test", "--no-check", ...permissions, ...options];
  if (isChecked) yield ["check", ...(isEverything ? ["--doc"] : paths)];
  if (isEverything) yield [...test, "--doc", `--ignore=${TESTS}`];
  else if (documented.length > 0) yield [...test, "--doc", ...documented];
  const waiting = new TestFiles(files, PROCESSES);
  for (let some = waiting.take(); some.length > 0; some = waiting.take()) {
    yield [...test, ...some];
  }
}

/** Runs deno, and prints what is worth it. */
async function runDeno(args: readonly string[]): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const output = new TestOutput((text) => console.log(text));
  for await (const line of linesOf(child.stdout)) output.add(line);
  output.end();
  const { success, code, signal } = await child.status;
  if (success) return { success, counts: output.counts ?? {} };
  console.error(await errors);
  if (output.counts) return { success, counts: output.counts };
  const how = signal ? `was ended by ${signal}` : `ended with ${code}`;
  console.error(`deno ${args.join(" ")} ${how}\n`);
  return { success, counts: { failed: 1 } };
}

async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Runs all commands, as many at a time as there are processors. */
async function runAll(left: Iterable<string[]>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const takeTurns = async () => {
    for (const args of left) outcomes.push(await runDeno(args));
  };
  await Promise.all(Array.from({ length: PROCESSES }, takeTurns));
  return outcomes;
}

const begin = performance.now();
const outcomes = await runAll(commands(parseArguments(Deno.args)));
const success = outcomes.length > 0 && outcomes.every(({ success }) => success);
const counts = sumOf(outcomes.map(({ counts }) => counts));
console.log(`\n${writeReport(counts, success, performance.now() - begin)}`);
Deno.exit(success ? 0 : 1);
