// A heap answers the thread that bound it. What any other is told must not wait for
// that one, which may be waiting for it.
import { assertEquals, assertMatch } from "@std/assert";
import { Heap } from "../../../mod.ts";
import { compileC, TO_LINK } from "../../support/compile_c.ts";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, program, run } from "../../support/run_deno.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const OTHER_THREAD =
  "refused: the heap belongs to another thread; call it from the one that bound it";

interface Found {
  readonly found: unknown;
  readonly lines: readonly string[];
}

/** One case of `tests/processes/c_threads.ts`. It is given up after 30 seconds. */
async function inProcess(name: string, library = ""): Promise<Found> {
  const script = program("c_threads.ts");
  const { code, stdout, stderr } = await run("timeout", [
    "30",
    DENO,
    "run",
    "--allow-ffi",
    "--allow-read",
    script,
    name,
    library,
  ]);
  assertEquals(code, 0, stderr);
  return { found: JSON.parse(stdout), lines: stderr.trimEnd().split("\n") };
}

const NEEDS = [toRun("timeout"), toRun(DENO)];

gatedTest({
  name: "a thread that C made is refused while the heap's own waits for it",
  needs: [...NEEDS, TO_LINK, { name: "read" }, { name: "write" }],
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const library = await compileC("threads", folder);
      const { found, lines } = await inProcess("a thread of C's", library);
      assertEquals(found, {
        refused: 0b1111,
        liveBlocks: 1,
        refusedCalls: { otherThread: 4, nested: 0, deepStack: 0 },
      });
      const calls = [
        /^osmem: os_malloc\(100\) /,
        /^osmem: os_calloc\(1, 100\) /,
        /^osmem: os_realloc\(0x[0-9a-f]+, 200\) /,
        /^osmem: os_free\(0x[0-9a-f]+\) /,
      ];
      assertEquals(lines.length, calls.length);
      for (const [index, call] of calls.entries()) {
        assertMatch(lines[index]!, call);
        assertEquals(lines[index]!.replace(call, ""), OTHER_THREAD);
      }
    }),
});

gatedTest({
  name: "a hook is refused in a thread that C made while the heap's own waits",
  needs: [...NEEDS, TO_LINK, { name: "read" }, { name: "write" }],
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const library = await compileC("threads", folder);
      const { found, lines } = await inProcess(
        "a hook in a thread of C's",
        library,
      );
      assertEquals(found, {
        answers: [0, 7],
        refusedCalls: { otherThread: 1, nested: 0, deepStack: 0 },
      });
      assertEquals(lines, [`osmem: hook ${OTHER_THREAD}`]);
    }),
});

gatedTest({
  name: "a call that Deno makes in a thread of its own is refused",
  needs: NEEDS,
  async fn() {
    const { found, lines } = await inProcess("a nonblocking call");
    assertEquals(found, {
      answer: null,
      refusedCalls: { otherThread: 1, nested: 0, deepStack: 0 },
    });
    assertEquals(lines, [`osmem: os_malloc(100) ${OTHER_THREAD}`]);
  },
});

gatedTest({
  name: "a Worker's heap answers the Worker, and refuses the main thread",
  needs: NEEDS,
  async fn() {
    const { found, lines } = await inProcess("a Worker beside");
    assertEquals(found, { held: [40, 104], foreign: null });
    assertEquals(lines, [`osmem: malloc(100) ${OTHER_THREAD}`]);
  },
});

gatedTest({
  name: "threads that bind at the same time find the places that are left",
  needs: [TO_LINK, { name: "read" }, { name: "write" }],
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const path = await compileC("places", folder);
      using _loads = new Heap();
      const library = Deno.dlopen(path, {
        refused_of_two_threads: { parameters: [], result: "i32" },
      });
      assertEquals(library.symbols.refused_of_two_threads(), 0);
      library.close();
    }),
});

for (const how of ["terminated", "closed"]) {
  gatedTest({
    name:
      `${how} Workers give their places and hooks back, and their functions refuse`,
    needs: NEEDS,
    async fn() {
      const { found } = await inProcess(`${how} Workers`);
      assertEquals(found, { bound: 16, hooks: 64, answers: [null] });
    },
  });
}
