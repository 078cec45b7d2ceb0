// More mappings asked for than the system allows a process.
import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { gatedTest, isGranted, toRun } from "../../support/permissions.ts";
import { DENO, program, run } from "../../support/run_deno.ts";
import { IS_THOROUGH } from "../../support/thoroughness.ts";

/** Where the system allows more mappings the tests would take too much time and memory. */
const MOST_TESTED = 131_072;

/** More than that. */
const ASKED = IS_THOROUGH ? 1_000_000 : 150_000;

/** Why the tests must be left out, if they must. */
async function tooMany(): Promise<string | undefined> {
  if (!isGranted(toRun("cat"))) return undefined;
  const limit = await setting("max_map_count");
  if (limit > MOST_TESTED) return `the system allows ${limit} mappings`;
  // Memory is refused before mappings are, and the engine gets none either.
  const isStrict = await setting("overcommit_memory") === 2;
  return isStrict ? "vm.overcommit_memory is 2" : undefined;
}

/** What is set in `/proc/sys/vm`. */
async function setting(name: string): Promise<number> {
  const { stdout } = await run("cat", [`/proc/sys/vm/${name}`]);
  return Number(stdout);
}

const needs = [toRun(DENO), toRun("cat"), { name: "read" }] as const;
const leftOut = await tooMany();

/** Runs a program of `tests/processes/`; returns the lines that it prints. */
async function linesOf(name: string, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(DENO, [
    "run",
    "--allow-ffi",
    "--allow-read",
    program(name),
    ...args,
  ]);
  assertEquals([code, stderr], [0, ""]);
  return stdout.split("\n");
}

gatedTest({
  name: "a mapping that was refused is given once others were given back",
  needs,
  leftOut,
  async fn() {
    const lines = await linesOf("mappings_again.ts");
    assertEquals(lines, ["ENOMEM", "given", ""]);
  },
});

gatedTest({
  name:
    `${ASKED} mappings asked for where the system allows fewer: each refusal is ` +
    "clear, no block is lost, and all can be freed",
  needs,
  leftOut,
  async fn() {
    const [asked, refusal, freed, splitRefusal, end] = await linesOf(
      "many_mappings.ts",
      String(ASKED),
    );
    const { made, refused, codes, lost } = JSON.parse(asked!);
    assertEquals([made + refused, codes, lost], [ASKED, [
      "out-of-memory",
    ], 0]);
    assertGreater(made, 20_000);
    assertEquals(
      refusal!.replace(String(made), "N").replace(/mmap\(\d+\)/, "mmap(…)"),
      "OutOfMemoryError: malloc(8) failed: mmap(…) failed with ENOMEM: the system has " +
        "no memory to give; this heap has N mappings, and vm.max_map_count limits the " +
        "mappings of a process (default: 65530): raise that limit with sysctl, or the " +
        "heap's mmapThreshold and callocThreshold, to get heap blocks instead. Nothing " +
        "was lost; free blocks or ask for less",
    );
    assertEquals(freed, '{"kept":true,"lost":0}');
    assertMatch(
      splitRefusal!,
      /^SystemCallError: munmap\(0x[0-9a-f]+, 40\) failed with ENOMEM: vm\.max_map_count mappings are all that a process may have, .*; give others back first$/,
    );
    assertEquals(end, '{"live":0}');
  },
});
