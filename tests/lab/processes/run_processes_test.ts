import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import {
  type ProcessCommand,
  type ProcessResult,
  runProcesses,
} from "../../../lab/processes/run_processes.ts";
import { TO_RUN_OSMEM } from "../../support/command.ts";
import { gatedTests } from "../../support/permissions.ts";

const LONG = new Uint8Array(10_000_000); // more than a pipe holds
const PATIENCE = 20_000; // milliseconds, far less than the slow process takes

/** A process that evaluates a script. */
function evaluating(script: string, input?: Uint8Array<ArrayBuffer>) {
  return { args: ["eval", "--quiet", script], input };
}

async function resultsOf(
  commands: readonly ProcessCommand[],
): Promise<ProcessResult[]> {
  const { signal } = new AbortController();
  await using runs = runProcesses(commands, { atOnce: 2, signal });
  return await Promise.all(runs.results);
}

const test = gatedTests("runProcesses()", TO_RUN_OSMEM);

test("gives each process its own input, or none", async () => {
  const count = "let n = 0;" +
    "for await (const part of Deno.stdin.readable) n += part.length;" +
    "console.log(n);";
  const results = await resultsOf([
    evaluating(count, LONG),
    evaluating(count),
    evaluating(count, LONG.slice(0, 3)),
  ]);
  assertEquals(results.map(({ output }) => Number(output)), [
    LONG.length,
    0,
    3,
  ]);
});

test("takes a process that ends before it has read its input", async () => {
  const [result] = await resultsOf([evaluating("Deno.exit(3)", LONG)]);
  assertEquals(result?.code, 3);
});

test("takes a process that writes much before it reads its input", async () => {
  const script = "console.log('x'.repeat(1_000_000));" +
    "for await (const _part of Deno.stdin.readable);";
  const [result] = await resultsOf([evaluating(script, LONG)]);
  assertEquals(result?.output.length, 1_000_001);
});

test("tells a process whose time was up from others", async () => {
  const sleep = "await new Promise((done) => setTimeout(done, 60_000))";
  const results = await resultsOf([
    { ...evaluating(sleep), timeLimit: 500 },
    evaluating("Deno.kill(Deno.pid, 'SIGKILL')"),
    { ...evaluating(""), timeLimit: PATIENCE },
  ]);
  assertEquals(
    results.map(({ signal, isTimedOut }) => [signal, isTimedOut]),
    [["SIGKILL", true], ["SIGKILL", false], [null, false]],
  );
});

test("adds to the environment of a process", async () => {
  const script = "console.log(Deno.env.get('GIVEN'), Deno.env.has('PATH'))";
  const [result] = await resultsOf([
    { ...evaluating(script), env: { GIVEN: "here" } },
  ]);
  assertEquals(result?.output, "here true\n");
});

const SLOW = evaluating(
  "await new Promise((done) => setTimeout(done, 60_000))",
);

test("ends what still runs when it is disposed of, and begins nothing more", async () => {
  const begin = performance.now();
  const { signal } = new AbortController();
  const commands = [evaluating("Deno.exit(1)"), SLOW, SLOW, SLOW];
  const runs = runProcesses(commands, { atOnce: 2, signal });
  assertEquals((await runs.results[0])?.code, 1);
  await runs[Symbol.asyncDispose]();
  const results = await Promise.all(runs.results);
  assertEquals(
    results.map(({ signal }) => signal),
    [null, "SIGKILL", "SIGKILL", "SIGKILL"],
  );
  assert(performance.now() - begin < PATIENCE, "a slow one was awaited");
});

test("ends all when it is told to", async () => {
  const begin = performance.now();
  const stop = new AbortController();
  const { signal } = stop;
  await using runs = runProcesses([SLOW, SLOW], { atOnce: 1, signal });
  stop.abort();
  const results = await Promise.all(runs.results);
  assertEquals(results.map(({ signal }) => signal), ["SIGKILL", "SIGKILL"]);
  assert(performance.now() - begin < PATIENCE, "a slow one was awaited");
});

test("runs no more processes at a time than it may", async () => {
  const script = "console.log(Date.now());" +
    "await new Promise((done) => setTimeout(done, 300));" +
    "console.log(Date.now())";
  const results = await resultsOf(Array(4).fill(evaluating(script)));
  const times = results.map(({ output }) => output.split("\n").map(Number));
  for (const [, end] of times) {
    const running = times.filter(([from, to]) => from! <= end! && end! <= to!);
    assertLessOrEqual(running.length, 2);
  }
});
