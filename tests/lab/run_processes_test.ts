import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type ProcessCommand,
  type ProcessResult,
  runProcesses,
} from "../../lab/processes/run_processes.ts";
import { TO_RUN_OSMEM } from "../support/command.ts";
import { gatedTest } from "../support/permissions.ts";

const LONG = new Uint8Array(10_000_000); // more than a pipe holds
const PATIENCE = 20_000; // milliseconds, far less than the slow process takes

/** A process that evaluates a script. */
function evaluating(script: string, input?: Uint8Array<ArrayBuffer>) {
  return { args: ["eval", "--quiet", script], input };
}

async function resultsOf(
  commands: readonly ProcessCommand[],
): Promise<ProcessResult[]> {
  const results: ProcessResult[] = [];
  const { signal } = new AbortController();
  for await (
    const [place, result] of runProcesses(commands, { atOnce: 2, signal })
  ) {
    results[place] = result;
  }
  return results;
}

function test(name: string, fn: () => Promise<void>): void {
  gatedTest({ name: `runProcesses() ${name}`, needs: TO_RUN_OSMEM, fn });
}

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

test("ends what still runs when nobody asks for results any more", async () => {
  const slow = evaluating(
    "await new Promise((done) => setTimeout(done, 60_000))",
  );
  const begin = performance.now();
  await assertRejects(
    async () => {
      const { signal } = new AbortController();
      const commands = [evaluating("Deno.exit(1)"), slow];
      for await (
        const _result of runProcesses(commands, { atOnce: 2, signal })
      ) {
        throw new Error("one failed");
      }
    },
    Error,
    "one failed",
  );
  assert(performance.now() - begin < PATIENCE, "the slow one was awaited");
});
