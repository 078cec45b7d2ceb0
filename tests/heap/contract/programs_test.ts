// The C programs in tests/programs/, one rule of the contract or the meeting of two
// in each, and the traces beside them, which the model must give.
import { assertEquals, assertGreater } from "@std/assert";
import { compileLibrary, TO_LINK } from "../../support/compile_c.ts";
import { ForgivingModel } from "../../../model/model.ts";
import { gatedTest, isGranted } from "../../support/permissions.ts";
import { formatTrace, parseTrace } from "../../support/reference_trace.ts";
import { replay } from "../../support/replay.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const FOLDER = new URL("../../programs/", import.meta.url);
/** What lets no warning pass, nor a function that is nowhere. */
const STRICT = [
  ...["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"],
  "-Wl,--no-undefined",
];

const toReadIt = { name: "read", path: FOLDER } as const;

/** The names of the files that end like this; none where they cannot be read. */
function namesEndingIn(ending: string): string[] {
  if (!isGranted(toReadIt)) return [];
  return Array.from(Deno.readDirSync(FOLDER), ({ name }) => name)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length)).sort();
}

gatedTest({
  name: "every program in the folder has a trace, and every trace a program",
  needs: [toReadIt],
  fn() {
    const programs = namesEndingIn(".c");
    assertGreater(programs.length, 0);
    assertEquals(namesEndingIn(".ref"), programs);
  },
});

for (const program of namesEndingIn(".ref")) {
  gatedTest({
    name: `the model reproduces the trace of ${program}.c`,
    needs: [toReadIt],
    fn() {
      const text = Deno.readTextFileSync(new URL(`${program}.ref`, FOLDER));
      assertEquals(
        formatTrace(replay(new ForgivingModel(), parseTrace(text))),
        text.replace(/\(status \d+\) \+\+\+\n$/, "(status 0) +++\n"),
      );
    },
  });
}

for (const program of namesEndingIn(".c")) {
  gatedTest({
    name: `${program}.c compiles without a warning`,
    needs: [toReadIt, TO_LINK, { name: "read" }, { name: "write" }],
    fn: () =>
      inTemporaryFolder(async (folder) => {
        const { code, stderr } = await compileLibrary(
          decodeURIComponent(new URL(`${program}.c`, FOLDER).pathname),
          `${folder}/program.so`,
          { flags: STRICT },
        );
        assertEquals([code, stderr], [0, ""]);
      }),
  });
}
