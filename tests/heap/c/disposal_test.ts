// When bindings end, and how many there can be.
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { arenaMemory, type CBindings, Heap } from "../../../mod.ts";
import { boundFunctions } from "../../support/c_functions.ts";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, type Outcome, program, run } from "../../support/run_deno.ts";
import { StderrLines } from "../../support/stderr_lines.ts";
import { wrapMemory } from "../../support/wrap_memory.ts";

const PLACES = 16;

/** One case of `tests/processes/refused_c_calls.ts`, in a process of its own. */
async function refusedCalls(
  name: string,
  flags: readonly string[] = [],
): Promise<Outcome> {
  const script = program("refused_c_calls.ts");
  const outcome = await run(DENO, [
    "run",
    "--allow-ffi",
    ...flags,
    script,
    name,
  ]);
  assertEquals(outcome.code, 0, outcome.stderr);
  return outcome;
}

const UNSERVED =
  "no heap is bound; run the program with osmem exec, or call heap.bindToC({ os: true }) first";
const UNBOUND =
  "its heap is no longer bound; keep the bindings for as long as C calls";

gatedTest({
  name: "os_* fail like a refused allocation where no heap was ever bound",
  needs: [toRun(DENO)],
  async fn() {
    const { stdout, stderr } = await refusedCalls("never bound");
    assertEquals(JSON.parse(stdout), [0, 0, 0]);
    assertEquals(stderr.trimEnd().split("\n"), [
      `osmem: os_malloc(100) refused: ${UNSERVED}`,
      `osmem: os_calloc(18446744073709551615, 18446744073709551615) refused: ${UNSERVED}`,
      `osmem: os_realloc(0x1000, 9007199254740993) refused: ${UNSERVED}`,
      `osmem: os_free(0x1000) refused: ${UNSERVED}`,
    ]);
  },
});

gatedTest({
  name:
    "os_* fail in the same way when the bindings that they went to have ended",
  needs: [toRun(DENO)],
  async fn() {
    const { stdout, stderr } = await refusedCalls("no longer served");
    assertEquals(JSON.parse(stdout), [0, 0, 0]);
    assertEquals(
      stderr.match(/^osmem: os_\w+\(.*\) refused: no heap is bound/gm)?.length,
      4,
    );
  },
});

gatedTest({
  name:
    "bound functions fail when their bindings have ended, until the sixteenth after them",
  needs: [toRun(DENO)],
  async fn() {
    const { stdout, stderr } = await refusedCalls("stale functions");
    assertEquals(JSON.parse(stdout), {
      answers: [0, 0, 0, 0],
      blocksOfFifteenth: 0,
      blocksOfSixteenth: 1,
    });
    assertEquals(stderr.trimEnd().split("\n"), [
      `osmem: malloc(8) refused: ${UNBOUND}`,
      `osmem: calloc(1, 8) refused: ${UNBOUND}`,
      `osmem: realloc(0x1000, 8) refused: ${UNBOUND}`,
      `osmem: free(0x1000) refused: ${UNBOUND}`,
      `osmem: usableSize(0x1000) refused: ${UNBOUND}`,
    ]);
  },
});

gatedTest({
  name: "hooks fail when their bindings have ended, though others made a hook",
  needs: [toRun(DENO)],
  async fn() {
    const { stdout, stderr } = await refusedCalls("stale hook");
    assertEquals(JSON.parse(stdout), { answer: 0 });
    assertEquals(stderr, `osmem: hook refused: ${UNBOUND}\n`);
  },
});

gatedTest({
  name: "bindings that nothing refers to any more are still there for C",
  needs: [toRun(DENO)],
  async fn() {
    const flags = ["--v8-flags=--expose-gc"];
    const { stdout, stderr } = await refusedCalls("collected", flags);
    assertEquals([stdout.trim(), stderr], ["answered", ""]);
  },
});

Deno.test("bindings can be disposed of twice", () => {
  using heap = new Heap();
  const bindings = heap.bindToC();
  bindings[Symbol.dispose]();
  using others = new Heap().bindToC();
  bindings[Symbol.dispose]();
  assert(boundFunctions(others).malloc(8) > 0);
});

Deno.test("bindings cannot be disposed of while C is in a call through them", () => {
  using arena = arenaMemory();
  const thrown: unknown[] = [];
  const sbrk = (increment: number) => {
    try {
      bindings[Symbol.dispose]();
    } catch (error) {
      thrown.push(error);
    }
    return arena.sbrk(increment);
  };
  using heap = new Heap({ memory: wrapMemory(arena, { sbrk }) });
  const bindings: CBindings = heap.bindToC();
  assert(boundFunctions(bindings).malloc(8) > 0);
  assert(thrown.length > 0);
  for (const error of thrown) {
    assertStringIncludes(
      String(error),
      "UsageError: Cannot dispose of bindings",
    );
  }
  bindings[Symbol.dispose]();
});

Deno.test("sixteen heaps can be bound, and one more when one of them no longer is", () => {
  const heap = new Heap();
  const all = Array.from({ length: PLACES }, () => heap.bindToC());
  const error = assertThrows(() => heap.bindToC(), RangeError);
  assertStringIncludes(error.message, "16 are bound in this process already");
  for (const bindings of all) assert(boundFunctions(bindings).malloc(8) > 0);
  assertEquals(heap.stats().liveBlocks, PLACES);
  all.shift()![Symbol.dispose]();
  all.push(heap.bindToC());
  assert(boundFunctions(all.at(-1)!).malloc(8) > 0);
  for (const bindings of all) bindings[Symbol.dispose]();
  heap[Symbol.dispose]();
});

Deno.test("what bindings counted stays theirs when their place is another's", () => {
  using heap = new Heap();
  const first = heap.bindToC();
  using _stderr = new StderrLines();
  boundFunctions(first).free(8);
  first[Symbol.dispose]();
  for (let turns = 0; turns < PLACES; turns++) {
    using others = heap.bindToC();
    assertEquals(others.errorCount, 0);
  }
  assertEquals(first.errorCount, 1);
  assertEquals(first.refusedCalls, { otherThread: 0, nested: 0, deepStack: 0 });
});
