// Calls from C in the midst of other calls, where a signal handler may have interrupted
// JavaScript.
import { assertEquals } from "@std/assert";
import { compileC, TO_LINK } from "../../support/compile_c.ts";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, type Outcome, program, run } from "../../support/run_deno.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const REFUSED =
  "refused: it was made during another call; make none in signal handlers, nor in " +
  "code that answers a call";

/** Runs a case of `tests/processes/c_nested.ts`. */
function nestedTest(
  name: string,
  scene: string,
  judge: (outcome: Outcome, lines: readonly string[]) => void,
): void {
  gatedTest({
    name,
    needs: [toRun(DENO), TO_LINK, { name: "read" }, { name: "write" }],
    fn: () =>
      inTemporaryFolder(async (folder) => {
        const library = await compileC("signals", folder);
        const script = program("c_nested.ts");
        const args = ["run", "--allow-ffi", script, scene, library];
        const outcome = await run(DENO, args);
        judge(outcome, outcome.stderr.split("\n").slice(0, -1));
      }),
  });
}

nestedTest(
  "C that calls the same bindings in the midst of a call is refused",
  "the same bindings",
  ({ code, stdout }, lines) => {
    assertEquals(code, 0, lines.join("\n"));
    assertEquals(JSON.parse(stdout), {
      inner: [0, 0],
      held: 104,
      errorCount: 0,
      refusedCalls: { otherThread: 0, nested: 2, deepStack: 0 },
    });
    assertEquals(lines, [
      `osmem: os_malloc(64) ${REFUSED}`,
      `osmem: hook ${REFUSED}`,
    ]);
  },
);

nestedTest(
  "C that calls bindings of another heap in the midst of a call is answered",
  "bindings of another heap",
  ({ code, stdout, stderr }) => {
    assertEquals([code, stderr], [0, ""]);
    assertEquals(JSON.parse(stdout), [1, 1]);
  },
);

nestedTest(
  "a hook's body can call C that calls its bindings, but not the hook itself",
  "a hook's body",
  ({ code, stdout }, lines) => {
    assertEquals(code, 0, lines.join("\n"));
    assertEquals(JSON.parse(stdout), {
      inner: [40, 0, 48, 0],
      outer: [40, 48],
    });
    assertEquals(lines, Array(2).fill(`osmem: hook ${REFUSED}`));
  },
);

nestedTest(
  "a signal handler that interrupts an answer is refused, and the heap stays whole",
  "a signal handler",
  ({ code, stdout }, lines) => {
    assertEquals(code, 0, lines.join("\n"));
    assertEquals(JSON.parse(stdout), {
      isEnough: true,
      areCounted: true,
      errorCount: 0,
      liveBlocks: 0,
    });
    assertEquals(new Set(lines), new Set([`osmem: os_malloc(40) ${REFUSED}`]));
  },
);

nestedTest(
  "exit() in the midst of a call ends the program without what was to be done then",
  "exit in an answer",
  ({ code, stdout }, lines) => {
    assertEquals([code, stdout], [6, ""]);
    assertEquals(lines, [
      "osmem: exit(6) was called during a call; so there is no report",
    ]);
  },
);
