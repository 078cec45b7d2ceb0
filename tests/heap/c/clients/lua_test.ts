// The Lua interpreter with all of its memory from a heap.
import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import { ClientError, whyMissing } from "../../../../bench/clients/client.ts";
import { LUA, Lua, LUA_ERRMEM } from "../../../../bench/clients/lua.ts";
import { gatedTest, toRun } from "../../../support/permissions.ts";
import {
  nameOf,
  POLICIES,
  type PolicyOptions,
  SINGLE_CHANGES,
} from "../../../support/policies.ts";
import {
  fromThenOn,
  once,
  type Refusal,
} from "../../../support/refusing_memory.ts";
import { DENO, program, run as runCommand } from "../../../support/run_deno.ts";
import { BoundHeap } from "./support/bound_heap.ts";
import { clientTests } from "./support/client_tests.ts";
import { randomStates } from "./support/random_states.ts";
import { clientSweep } from "./support/client_sweep.ts";
import { IS_THOROUGH } from "../../../support/thoroughness.ts";

const test = clientTests(LUA);

const COUNT = IS_THOROUGH ? 20_000 : 1000; // of words

const [CONTRACT] = POLICIES as [PolicyOptions];

/** Tables and strings are built, sorted and dropped; a step each. */
function steps(count: number): string[] {
  return [
    `words, state = {}, 1
     for index = 1, ${count} do
       state = state * 16807 % 2147483647
       words[index] = string.format("%08x", state)
     end`,
    `table.sort(words)`,
    `byWord = {}
     for index, word in ipairs(words) do byWord[word] = { index = index } end`,
    `dropped = string.rep(table.concat(words), 4); dropped = nil`,
    `for index = 2, #words, 2 do byWord[words[index]] = nil end
     collectgarbage()`,
    `kept = {}
     for word in pairs(byWord) do kept[#kept + 1] = word end
     table.sort(kept)`,
    `byWord = nil; collectgarbage()`,
  ];
}

/** Every second word is kept. */
function answerOf(count: number): string {
  const words = randomStates(count)
    .map((state) => state.toString(16).padStart(8, "0")).sort();
  return words.filter((_, index) => index % 2 === 0).join(" ");
}

/** Runs all steps, and checks the heap after each. */
function run(heap: BoundHeap, count: number): string | number | undefined {
  using lua = new Lua(heap);
  for (const step of steps(count)) {
    lua.run(step);
    heap.check();
  }
  return lua.run(`return table.concat(kept, " ")`);
}

for (const policy of [CONTRACT, ...SINGLE_CHANGES]) {
  test(`builds, sorts and drops tables and strings on a heap: ${nameOf(policy)}`, () => {
    using heap = new BoundHeap(policy);
    assertEquals(run(heap, COUNT), answerOf(COUNT));
    heap.checkEmpty();
  });
}

test("frees what its collector finds, while it runs", () => {
  using heap = new BoundHeap();
  using lua = new Lua(heap);
  lua.run(`kept = {} for index = 1, 10000 do kept[index] = { index } end`);
  const { liveBlocks } = heap.heap.stats();
  lua.run(`kept = nil; collectgarbage()`);
  assertGreater(liveBlocks - heap.heap.stats().liveBlocks, 20_000);
});

test("counts its own memory as the heap does", () => {
  using heap = new BoundHeap();
  using lua = new Lua(heap);
  const kibibytes = lua.run(`return collectgarbage("count")`) as number;
  const { liveBytes, liveBlocks } = heap.heap.stats();
  assertGreater(liveBytes + 1, kibibytes * 1024);
  assertGreater(kibibytes * 1024 + 7 * liveBlocks, liveBytes); // rounded up to 8
});

test("raises an error of its own when memory runs out, and goes on", () => {
  using heap = new BoundHeap();
  using lua = new Lua(heap);
  heap.memory.refuses = () => true;
  const error = assertThrows(
    () => lua.run(`local text = "x" while true do text = text .. text end`),
    ClientError,
    "not enough memory",
  );
  assertEquals(error.status, LUA_ERRMEM);
  heap.memory.refuses = () => false;
  assertEquals(lua.run(`collectgarbage() return 6 * 7`), 42);
  heap.check();
});

gatedTest({
  name:
    `${LUA.name} is refused memory where the stack is nearly used up, and the heap stays whole`,
  needs: [toRun(DENO)],
  leftOut: whyMissing(LUA),
  async fn() {
    const args = ["run", "--allow-ffi", program("deep_lua.ts")];
    const { code, stdout, stderr } = await runCommand(DENO, args);
    assertEquals(code, 0, stderr);
    const { deepStack, errorCount, answer } = JSON.parse(stdout);
    assertEquals([errorCount, answer], [0, 42]);
    assertGreater(deepStack, 0);
    assertEquals(stderr.match(/^osmem: hook refused: /gm)?.length, deepStack);
  },
});

/** Lua asks once more after it has collected garbage: that is refused too. */
function twice(target: number): Refusal {
  return (number) => number === target || number === target + 1;
}

for (const refusal of [once, twice, fromThenOn]) {
  test(`stands a request for memory refused ${refusal.name}, whichever it is`, () => {
    clientSweep({
      run: (heap) => run(heap, 250),
      answer: answerOf(250),
      outOfMemory: LUA_ERRMEM,
      least: 400,
    }, refusal);
  });
}
