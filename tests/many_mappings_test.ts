// A heap that asks for a million mappings where the system allows a process far fewer.
import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { gatedTest, isGranted, toRun } from "./support/permissions.ts";
import { DENO, program, run } from "./support/run_deno.ts";

/** Where the system allows more mappings the test would take too much time and memory. */
const MOST_TESTED = 131_072;

/** Why the test must be left out, if it must. */
async function tooMany(): Promise<string | undefined> {
  if (!isGranted(toRun("cat"))) return undefined;
  const { stdout } = await run("cat", ["/proc/sys/vm/max_map_count"]);
  const limit = Number(stdout);
  return limit > MOST_TESTED
    ? `the system allows ${limit} mappings`
    : undefined;
}

gatedTest({
  name:
    "a million mappings asked for where the system allows fewer: each refusal is " +
    "clear, no block is lost, and all can be freed",
  needs: [toRun(DENO), toRun("cat"), { name: "read" }],
  leftOut: await tooMany(),
  async fn() {
    const { code, stdout, stderr } = await run(DENO, [
      "run",
      "--allow-ffi",
      "--allow-read",
      program("many_mappings.ts"),
    ]);
    assertEquals([code, stderr], [0, ""]);
    const [asked, refusal, freed, splitRefusal, end] = stdout.split("\n");
    const { made, refused, codes, lost } = JSON.parse(asked!);
    assertEquals([made + refused, codes, lost], [1_000_000, [
      "out-of-memory",
    ], 0]);
    assertGreater(made, 20_000);
    assertEquals(
      refusal!.replace(String(made), "N").replace(/mmap\(\d+\)/, "mmap(…)"),
      "OutOfMemoryError: malloc(8) failed: mmap(…) failed with ENOMEM: the system has " +
        "no memory to give; this heap has N mappings, and vm.max_map_count limits those " +
        "of a process (65530 unless it was changed): raise that with sysctl, or the " +
        "heap's mmapThreshold and callocThreshold, to have heap blocks instead. Nothing " +
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
