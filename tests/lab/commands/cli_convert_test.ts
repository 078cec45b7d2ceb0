import { assertEquals, assertStringIncludes } from "@std/assert";
import { osmem, TO_RUN_OSMEM } from "../../support/command.ts";
import { gatedTest } from "../../support/permissions.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const EVERY_CALL = "tests/traces/every_call.trace";
const COMB = "tests/traces/comb.rep";

function test(name: string, fn: () => Promise<void>): void {
  gatedTest({
    name: `osmem convert ${name}`,
    needs: [...TO_RUN_OSMEM, { name: "write" }],
    fn,
  });
}

async function figuresOf(trace: string, stdin = ""): Promise<unknown> {
  const { code, stdout } = await osmem(["compare", "--json", trace], { stdin });
  assertEquals(code, 0);
  const [{ trace: _name, callsPerSecond: _speed, ...figures }] = JSON.parse(
    stdout,
  );
  return figures;
}

for (const format of ["rep", "json"]) {
  test(`--to ${format} writes what replays as before`, async () => {
    const { code, stdout } = await osmem(["convert", "--to", format, COMB]);
    assertEquals(code, 0);
    assertEquals(await figuresOf("-", stdout), await figuresOf(COMB));
  });
}

test("says what the format cannot say", async () => {
  const { code, stdout, stderr } = await osmem(
    ["convert", "-t", "ostep", EVERY_CALL],
  );
  assertEquals(code, 0);
  assertStringIncludes(stdout, "+100,+200,");
  assertStringIncludes(stderr, `osmem: warning: ${EVERY_CALL}: `);
});

test("-o writes a compressed file by its name", async () => {
  await inTemporaryFolder(async (folder) => {
    const file = `${folder}/comb.json.gz`;
    const { code, stdout, stderr } = await osmem(
      ["convert", "-t", "json", "-o", file, COMB],
      { permissions: ["--allow-ffi", "--allow-read", "--allow-write"] },
    );
    assertEquals([code, stdout, stderr], [0, "", ""]);
    assertEquals(await figuresOf(file), await figuresOf(COMB));
  });
});

test("without a format to write ends with 2", async () => {
  const { code, stderr } = await osmem(["convert", COMB]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "required option '-t, --to <format>'");
});
