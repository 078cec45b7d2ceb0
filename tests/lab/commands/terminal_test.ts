import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import {
  quote,
  shell,
  shellCommand,
  TO_RUN_OSMEM,
} from "../../support/command.ts";
import { gatedTest, isGranted } from "../../support/permissions.ts";

const COMB = "tests/traces/comb.rep";
const GREEN = "\x1b[32m";

/** Whether util-linux's `script`, which makes a terminal, is there. */
function scriptIsThere(): boolean {
  if (!isGranted({ name: "run" })) return false;
  try {
    return new Deno.Command("script", { args: ["--version"] }).outputSync()
      .success;
  } catch {
    return false;
  }
}

function test(name: string, fn: () => Promise<void>): void {
  const leftOut = scriptIsThere() ? undefined : "needs util-linux's script";
  gatedTest({ name, needs: TO_RUN_OSMEM, leftOut, fn });
}

const OSMEM = shellCommand(["run"]);

/** What a command prints on a terminal, standard error included. */
async function onTerminal(command: string): Promise<string> {
  const { code, stdout } = await shell(
    `script -qec ${quote([command])} /dev/null < /dev/null`,
  );
  assertEquals(code, 0, stdout);
  return stdout;
}

test("osmem run prints colours on a terminal", async () => {
  assertStringIncludes(await onTerminal(`NO_COLOR= ${OSMEM} ${COMB}`), GREEN);
});

test("osmem run prints no colours on a terminal where NO_COLOR is set", async () => {
  assertEquals(
    (await onTerminal(`NO_COLOR=1 ${OSMEM} ${COMB}`)).includes("\x1b["),
    false,
  );
});

for (const columns of [40, 80, 200]) {
  test(`osmem run draws its maps within the ${columns} columns of a terminal`, async () => {
    const rows = stripAnsiCode(
      await onTerminal(`stty cols ${columns}; ${OSMEM} ${COMB}`),
    )
      .split("\r\n")
      .filter((line) => /^ *([\d.]+ K?i?B|mapped) /.test(line));
    assertEquals(Math.max(...rows.map((row) => row.length)), columns);
  });
}

test("osmem run shows its progress on a terminal while it replays a long trace, and takes it away", async () => {
  const frees = 1_000_000;
  const trace = `echo "1 1 ${
    frees + 1
  } 1"; echo "a 0 8"; yes "f -1" | head -n ${frees}`;
  const printed = await onTerminal(`{ ${trace}; } | ${OSMEM} -`);
  const progress = printed.slice(0, printed.indexOf("Replayed"));
  assertMatch(progress, /Replaying .* \d+%/);
  assertEquals(progress.endsWith("\x1b[2K"), true, "the line is cleared");
});
