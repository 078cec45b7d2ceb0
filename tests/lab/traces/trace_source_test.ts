import { assertEquals, assertRejects } from "@std/assert";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { loadTrace } from "../../../lab/commands/trace_source.ts";
import { callsOf } from "../../support/traces.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { gatedTest } from "../../support/permissions.ts";

Deno.test("loadTrace() makes a workload", async () => {
  const trace = await loadTrace("workload:comb,blocks=2,size=8");
  assertEquals(trace.file, "comb(blocks=2, size=8, factor=2)");
});

Deno.test("loadTrace() reads OSTEP's operations from the name itself", async () => {
  const trace = await loadTrace("+100,+200,-0");
  assertEquals(callsOf(trace), [
    "malloc #0 1x100",
    "malloc #1 1x200",
    "free #0 0x0",
  ]);
  assertEquals(trace.file, "<operations>");
});

Deno.test("loadTrace() says where operations are wrong", async () => {
  await assertRejects(
    () => loadTrace("+100,-1"),
    TraceError,
    "<operations>:1:7: expected an index below 1",
  );
});

const READ = [{ name: "read" }] as const;

gatedTest({
  name: "loadTrace() takes what only begins like operations as a file",
  needs: READ,
  fn: async () => {
    for (const name of ["+1.trace", "./+1", "-0"]) {
      await assertRejects(
        () => loadTrace(name),
        TraceError,
        `${name}: cannot be opened: no such file`,
      );
    }
  },
});

gatedTest({
  name: "loadTrace() reads a file in the format that is named",
  needs: READ,
  fn: async () => {
    const file = "tests/traces/comb.rep";
    assertEquals((await loadTrace(file, { format: "rep" })).length, 29);
    await assertRejects(
      () => loadTrace(file, { format: "ostep" }),
      TraceError,
      `${file}:1:1: expected an operation`,
    );
  },
});

gatedTest({
  name: "loadTrace() refuses a device that is named",
  needs: READ,
  fn: async () => {
    await assertRejects(
      () => loadTrace("/dev/zero"),
      TraceError,
      "/dev/zero: is a device, not a file; to read it, give - as the trace and " +
        "redirect it: - < /dev/zero",
    );
  },
});

gatedTest({
  name: "loadTrace() refuses a named pipe, which may wait for ever",
  needs: [...READ, { name: "write" }, { name: "run" }],
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const pipe = `${folder}/pipe`;
      await new Deno.Command("mkfifo", { args: [pipe] }).output();
      await assertRejects(
        () => loadTrace(pipe),
        TraceError,
        `${pipe}: is a named pipe, not a file; to read it, give - as the trace ` +
          `and redirect it: - < ${pipe}`,
      );
    }),
});
