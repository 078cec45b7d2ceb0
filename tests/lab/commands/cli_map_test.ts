import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import { osmem, TO_RUN_OSMEM } from "../../support/command.ts";
import { gatedTest } from "../../support/permissions.ts";

const COMB = "tests/traces/comb.rep";

function test(
  name: string,
  fn: (context: Deno.TestContext) => Promise<void>,
): void {
  gatedTest({ name: `osmem map ${name}`, needs: TO_RUN_OSMEM, fn });
}

/** Addresses differ from run to run. */
function withoutAddresses(text: string): string {
  return text.replaceAll(/0x[0-9a-f]{8,}/g, "0x…");
}

test("draws the heap at the moments that are given", async (context) => {
  const { code, stdout, stderr } = await osmem(
    ["map", "--at", "0,2,end", "+100,+200,-0,+50"],
  );
  assertEquals([code, stderr], [0, ""]);
  await assertSnapshot(context, withoutAddresses(stdout));
});

test("draws the end if no moment is given", async () => {
  const { stdout } = await osmem(["map", COMB]);
  assertStringIncludes(stdout, "After call 29, ");
});

test("replays under the policy that is given", async () => {
  const drawn = async (...args: string[]) => {
    const { code, stdout } = await osmem(["map", ...args, COMB]);
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
    const finished = await osmem(["map", ...args]);
    assertEquals([finished.code, finished.stdout], [code, ""]);
    assertStringIncludes(finished.stderr, message);
  });
}
