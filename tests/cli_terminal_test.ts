import { assertEquals, assertStringIncludes } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { denoArguments, shell, TO_RUN_OSMEM } from "./support/command.ts";
import { gatedTest, isGranted } from "./support/permissions.ts";

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

/** What osmem prints on a terminal of so many columns. */
async function onTerminal(
  columns: number,
  environment = "NO_COLOR=",
): Promise<string> {
  const command = [Deno.execPath(), ...denoArguments(["run", COMB])].join(" ");
  const { code, stdout } = await shell(
    `script -qec 'stty cols ${columns}; ${environment} ${command}' /dev/null < /dev/null`,
  );
  assertEquals(code, 0, stdout);
  return stdout;
}

test("osmem run prints colours on a terminal", async () => {
  assertStringIncludes(await onTerminal(80), GREEN);
});

test("osmem run prints no colours on a terminal where NO_COLOR is set", async () => {
  assertEquals((await onTerminal(80, "NO_COLOR=1")).includes("\x1b["), false);
});

for (const columns of [40, 80, 200]) {
  test(`osmem run draws its maps within the ${columns} columns of a terminal`, async () => {
    const rows = stripAnsiCode(await onTerminal(columns))
      .split("\r\n")
      .filter((line) => /^ *([\d.]+ K?i?B|mapped) /.test(line));
    assertEquals(Math.max(...rows.map((row) => row.length)), columns);
  });
}
