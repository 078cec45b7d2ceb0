import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import { gatedTests } from "../../support/permissions.ts";
import { runMain, TO_RUN_MAIN } from "../../support/run_main.ts";

const COMB = "tests/traces/comb.rep";

const test = gatedTests("osmem map", TO_RUN_MAIN);

/** Addresses differ from run to run. */
function withoutAddresses(text: string): string {
  return text.replaceAll(/0x[0-9a-f]{8,}/g, "0x…");
}

test("draws the heap at the moments that are given", async (context) => {
  const { code, stdout, stderr } = await runMain(
    ["map", "--at", "0,2,end", "+100,+200,-0,+50"],
  );
  assertEquals([code, stderr], [0, ""]);
  await assertSnapshot(context, withoutAddresses(stdout));
});

test("draws the end if no moment is given", async () => {
  const { stdout } = await runMain(["map", COMB]);
  assertStringIncludes(stdout, "After call 29, ");
});

test("replays under the policy that is given", async () => {
  const drawn = async (...args: string[]) => {
    const { code, stdout } = await runMain(["map", ...args, COMB]);
    assertEquals(code, 0);
    return withoutAddresses(stdout);
  };
  assert(await drawn() !== await drawn("--split", "no"));
});

for (
  const [name, args, code, message] of [
    [
      "a moment that is none",
      ["-a", "1,x", COMB],
      2,
      "Expected a number of calls",
    ],
    [
      "a moment behind the end",
      ["-a", "30", COMB],
      1,
      `osmem: ${COMB}: no moment after 30 calls: the run has 29`,
    ],
    [
      "an unknown format",
      ["-F", "elf", COMB],
      2,
      "Allowed choices are valgrind",
    ],
    [
      "a format that the file does not have",
      ["-F", "valgrind", COMB],
      1,
      `osmem: ${COMB}:1:1: expected valgrind's mark`,
    ],
  ] as const
) {
  test(`of ${name} ends with ${code} and says so`, async () => {
    const finished = await runMain(["map", ...args]);
    assertEquals([finished.code, finished.stdout], [code, ""]);
    assertStringIncludes(finished.stderr, message);
  });
}
