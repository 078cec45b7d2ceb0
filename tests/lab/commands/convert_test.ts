import { assertEquals, assertStringIncludes } from "@std/assert";
import { gatedTests } from "../../support/permissions.ts";
import { runMain, TO_RUN_MAIN } from "../../support/run_main.ts";
import { testsInFolder } from "../../support/temporary_folder.ts";

const EVERY_CALL = "tests/traces/every_call.trace";
const COMB = "tests/traces/comb.rep";

const test = gatedTests("osmem convert", TO_RUN_MAIN);
const testInFolder = testsInFolder("osmem convert");

async function figuresOf(trace: string, stdin = ""): Promise<unknown> {
  const { code, stdout } = await runMain(["compare", "--json", trace], {
    stdin,
  });
  assertEquals(code, 0);
  const [{ trace: _name, callsPerSecond: _speed, ...figures }] = JSON.parse(
    stdout,
  );
  return figures;
}

for (const format of ["rep", "json"]) {
  test(`--to ${format} writes what replays as before`, async () => {
    const { code, stdout } = await runMain(["convert", "--to", format, COMB]);
    assertEquals(code, 0);
    assertEquals(await figuresOf("-", stdout), await figuresOf(COMB));
  });
}

test("says what the format cannot say", async () => {
  const { code, stdout, stderr } = await runMain(
    ["convert", "-t", "ostep", EVERY_CALL],
  );
  assertEquals(code, 0);
  assertStringIncludes(stdout, "+100,+200,");
  assertStringIncludes(stderr, `osmem: warning: ${EVERY_CALL}: `);
});

testInFolder("-o writes a compressed file by its name", async (folder) => {
  const file = `${folder}/comb.json.gz`;
  const { code, stdout, stderr } = await runMain(
    ["convert", "-t", "json", "-o", file, COMB],
  );
  assertEquals([code, stdout, stderr], [0, "", ""]);
  assertEquals(await figuresOf(file), await figuresOf(COMB));
});

test("without a format to write ends with 2", async () => {
  const { code, stderr } = await runMain(["convert", COMB]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "required option '-t, --to <format>'");
});
