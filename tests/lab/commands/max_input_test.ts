import { assertEquals, assertStringIncludes } from "@std/assert";
import { gatedTests, toRun } from "../../support/permissions.ts";
import { DENO } from "../../support/run_deno.ts";
import { runMain, TO_RUN_MAIN } from "../../support/run_main.ts";

const COMB = "tests/traces/comb.rep";
const COMMANDS = ["run", "compare", "blocks", "map", "report", "convert"];

const test = gatedTests("osmem", TO_RUN_MAIN);

for (const command of COMMANDS) {
  const to = command === "convert" ? ["--to", "json"] : [];

  test(`${command} --max-input refuses a trace that is longer`, async () => {
    const outcome = await runMain([command, ...to, "--max-input", "10", COMB]);
    assertEquals(outcome, {
      code: 1,
      signal: null,
      stdout: "",
      stderr:
        `osmem: ${COMB}: it is longer than 10 B (10 bytes, counted after ` +
        "decompression); give a shorter recording, or raise the limit " +
        "(--max-input on the command line, maxInput in TypeScript)\n",
    });
  });
}

for (const command of [...COMMANDS, "check"]) {
  test(`${command} --help states the longest input`, async () => {
    const { stdout } = await runMain([command, "--help"]);
    assertStringIncludes(
      stdout.replaceAll(/\s+/g, " "),
      "to read, counted after decompression (default: 512M)",
    );
  });
}

gatedTests("osmem", [...TO_RUN_MAIN, toRun(DENO)])(
  "compare reads no more of standard input than --max-input",
  async () => {
    const { code, stderr } = await runMain(
      ["compare", "--fit", "best,first", "--max-input", "10", "-"],
      { stdin: "+8,-0\n".repeat(100) },
    );
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      "osmem: <standard input>: it is longer than 10 B",
    );
  },
);
