import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import type { Step } from "../../../lab/steps/steps.ts";
import { gatedTests } from "../../support/permissions.ts";
import { runMain, TO_RUN_MAIN } from "../../support/run_main.ts";

const SCRIPT = "+100,+200,-0,+50";

const test = gatedTests("osmem run", TO_RUN_MAIN);

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runMain(["run", ...args]);
  assertEquals([code, stderr], [0, ""]);
  return stdout.trimEnd();
}

test("shows a small script call by call, within 80 columns", async (context) => {
  const text = await run(SCRIPT);
  for (const line of text.split("\n")) assert(line.length <= 80, line);
  await assertSnapshot(context, text);
});

test("--predict shows ? where the results would stand", async (context) => {
  const text = await run("--predict", SCRIPT);
  assert(!text.includes("0x"));
  await assertSnapshot(context, text);
});

test("--predict --reveal fills the results in again", async () => {
  assertEquals(await run("--predict", "--reveal", SCRIPT), await run(SCRIPT));
});

test("--steps shows the calls of a small file", async () => {
  const text = await run("--steps", "tests/traces/comb.rep");
  assertStringIncludes(text, "│   29 │ ");
});

test("--json gives the steps as data", async () => {
  const steps: Step[] = JSON.parse(await run("--json", "+100,+200000,-0,-1"));
  assertEquals(steps.map(({ returns }) => returns), [
    "HeapStart + 0x20",
    "<mapped-addr1> + 0x20",
    null,
    null,
  ]);
  assertEquals(steps[0], {
    step: 1,
    call: "malloc(100)",
    returns: "HeapStart + 0x20",
    examined: 1,
    breakRaisedBy: 131_072,
    freeBlocks: [{ header: "HeapStart + 0x88", size: 130_904 }],
  });
});

test("--csv gives a line for each step", async () => {
  const lines = (await run("--csv", SCRIPT)).split("\n");
  assertEquals(lines.length, 5);
  assertEquals(lines[0], "step,call,returns,examined,breakRaisedBy,freeBlocks");
  assertEquals(
    lines[3],
    "3,free(block 0),,0,0,HeapStart + 0x0: 104; HeapStart + 0x170: 130672",
  );
});

test("--predict hides the results in data too", async () => {
  const json: unknown[] = JSON.parse(await run("--predict", "--json", "+8,-0"));
  const hidden = { examined: "?", breakRaisedBy: "?", freeBlocks: "?" };
  assertEquals(json, [
    { step: 1, call: "malloc(8)", returns: "?", ...hidden },
    { step: 2, call: "free(block 0)", returns: null, ...hidden },
  ]);
});

test("goes on after a call that is refused, as a program in C would", async () => {
  const steps: Step[] = JSON.parse(
    await run("--json", "+8,+9007199254740991,-1,-0"),
  );
  assertEquals(steps.map(({ returns }) => returns), [
    "HeapStart + 0x20",
    "NULL, refused",
    null,
    null,
  ]);
  assertEquals(steps.map(({ call }) => call)[2], "free(NULL)");
});

test("shows the first of many free blocks, and how many more there are", async () => {
  const script = [
    ...Array.from({ length: 20 }, () => "+40"),
    ...Array.from({ length: 10 }, (_, pair) => `-${2 * pair}`),
  ].join();
  assertStringIncludes(await run(script), "│ … 5 more ");
});

test("follows the policy that is given, step by step", async () => {
  const script = "+400,+8,+100,+8,-0,-2,+90";
  const result = async (fit: string) => {
    const steps: Step[] = JSON.parse(await run("--json", "-f", fit, script));
    return steps.at(-1)?.returns;
  };
  assertEquals(await result("best"), "HeapStart + 0x1f8");
  assertEquals(await result("first"), "HeapStart + 0x20");
});

test("--steps refuses a trace that nobody would look at call by call", async () => {
  const { code, stderr } = await runMain(["run", "--steps", "workload:comb"]);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    "has 2000 calls: at most 1000 can be shown one by one",
  );
});

test("says where a script frees what it never had", async () => {
  const { code, stderr } = await runMain(["run", "+100,-1"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "osmem: <operations>:1:");
});
