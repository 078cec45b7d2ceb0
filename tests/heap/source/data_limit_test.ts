// A real limit of the system: setrlimit(2), RLIMIT_DATA.
import { assertEquals, assertGreater } from "@std/assert";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { program, run } from "../../support/run_deno.ts";

const LIMIT_KIB = 2 ** 20;

/** Runs a program whose data segment, mappings included, is limited to 1 GiB. */
async function runLimited(name: string): Promise<unknown> {
  const script = `ulimit -d ${LIMIT_KIB} && exec "$0" "$@"`;
  const { code, stdout, stderr } = await run("sh", [
    "-c",
    script,
    Deno.execPath(),
    "run",
    "--allow-ffi",
    program(name),
  ]);
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

gatedTest({
  name:
    "a heap survives a real limit on the data segment: mappings, an arena, the break",
  needs: [toRun("sh")],
  async fn() {
    const answer = await runLimited("exhaust_memory.ts");
    const runs = answer as Record<string, unknown>[];
    assertEquals(runs.map(({ syscall }) => syscall), ["mmap", "sbrk", "sbrk"]);
    for (const { code, allocated, liveBlocks } of runs) {
      assertEquals(code, "ENOMEM");
      assertEquals(liveBlocks, 0);
      assertGreater(allocated as number, 5);
    }
  },
});
