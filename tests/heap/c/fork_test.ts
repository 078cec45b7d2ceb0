// C programs that fork: the child has a copy of the heap, but no JavaScript.
import { assertEquals, assertMatch } from "@std/assert";
import { compileC, TO_LINK } from "../../support/compile_c.ts";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, program, run } from "../../support/run_deno.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const FORKED =
  " refused: this process was forked off, and JavaScript was not; call exec(3) in it first";

const CALLS = [
  /^osmem: os_malloc\(100\)/,
  /^osmem: os_calloc\(1, 100\)/,
  /^osmem: os_realloc\(0x[0-9a-f]+, 200\)/,
  /^osmem: os_free\(0x[0-9a-f]+\)/,
  /^osmem: hook/,
];

gatedTest({
  name: "a process that C forks off is refused, and the parent goes on",
  needs: [toRun(DENO), TO_LINK, { name: "read" }, { name: "write" }],
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const library = await compileC("fork", folder);
      const args = ["run", "--allow-ffi", program("c_fork.ts"), library];
      const { code, stdout, stderr } = await run(DENO, args);
      assertEquals(code, 0, stderr);
      assertEquals(JSON.parse(stdout), {
        child: 0b11111,
        held: 104,
        hooked: 7,
        refusedCalls: { otherThread: 0, nested: 0, deepStack: 0 },
      });
      const lines = stderr.trimEnd().split("\n");
      assertEquals(lines.length, CALLS.length, stderr);
      for (const [index, call] of CALLS.entries()) {
        assertMatch(lines[index]!, call);
        assertEquals(lines[index]!.replace(call, ""), FORKED);
      }
    }),
});
