import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { BlockRow } from "../../../lab/pictures/blocks/block_rows.ts";
import { gatedTests } from "../../support/permissions.ts";
import { runMain, TO_RUN_MAIN } from "../../support/run_main.ts";

const SCRIPT = "+100,+200,-0,+50";

const test = gatedTests("osmem blocks", TO_RUN_MAIN);

async function blocks(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runMain(["blocks", ...args]);
  assertEquals([code, stderr], [0, ""]);
  return stdout.trimEnd();
}

test("lists every block and the free ones as a list, within 80 columns", async () => {
  const text = await blocks(SCRIPT);
  for (const line of text.split("\n")) assert(line.length <= 80, line);
  assertStringIncludes(text, "│ +0x88   │       200 │ allocated │ +0x58  │");
  assertStringIncludes(
    text,
    "Free list: +0x58 (16 B) → +0x170 (128 KiB) → NULL",
  );
});

test("--at lists an earlier moment", async () => {
  const text = await blocks("--at", "0", SCRIPT);
  assertEquals(text, "Before the first call\nThere are no blocks.");
});

test("--limit lists so many, and says how many more there are", async () => {
  const text = await blocks("--limit", "1", SCRIPT);
  assertStringIncludes(text, "… and 3 blocks more");
});

test("--hex shows the bytes of the headers, each field named", async () => {
  const text = await blocks("--at", "3", "--hex", SCRIPT);
  assertStringIncludes(
    text,
    "│ +0     │ 68 00 00 00 00 00 00 00 │ size    │ 104 ",
  );
  assertStringIncludes(
    text,
    "│ +8     │ 00 00 00 00             │ status  │ 0, free",
  );
  assertEquals(text.match(/header at 0x/g)?.length, 3);
});

test("--hex links the headers as the addresses say", async () => {
  const text = await blocks("--hex", SCRIPT);
  const headers = [...text.matchAll(/header at (0x[0-9a-f]+)/g)];
  const links = [...text.matchAll(/│ next +│ (\S+)/g)];
  assertEquals(
    links.map(([, next]) => next),
    [...headers.slice(1).map(([, address]) => address), "NULL"],
  );
});

test("--json gives the rows as data", async () => {
  const rows: BlockRow[] = JSON.parse(await blocks("--json", SCRIPT));
  assertEquals(rows.map(({ size, state }) => [size, state]), [
    [56, "allocated"],
    [16, "free"],
    [200, "allocated"],
    [130_672, "free"],
  ]);
  assertEquals(rows[1]?.header, rows[0]!.next);
});

test("--csv gives a line for each block", async () => {
  const lines = (await blocks("--csv", SCRIPT)).split("\n");
  assertEquals(lines.length, 5);
  assertEquals(
    lines[0],
    "block,header,payload,size,requested,state,prev,next,label,since",
  );
});

for (
  const [name, args, code, message] of [
    ["a moment that is none", ["-a", "last", SCRIPT], 2, "or end."],
    [
      "bytes as JSON",
      ["--hex", "--json", SCRIPT],
      2,
      "option '-x, --hex' cannot be used with option '--json'",
    ],
    [
      "bytes as CSV",
      ["--csv", "--hex", SCRIPT],
      2,
      "option '-x, --hex' cannot be used with option '--csv'",
    ],
    [
      "bytes with a style of addresses",
      ["--hex", "--addresses", "absolute", SCRIPT],
      2,
      "option '-x, --hex' cannot be used with option '--addresses <style>'",
    ],
    [
      "two forms of data",
      ["--json", "--csv", SCRIPT],
      2,
      "option '--json' cannot be used with option '--csv'",
    ],
    [
      "a limit that is none",
      ["-n", "few", SCRIPT],
      2,
      "Expected a whole number.",
    ],
    [
      "a moment behind the end",
      ["-a", "5", SCRIPT],
      1,
      "no moment after 5 calls: the run has 4",
    ],
  ] as const
) {
  test(`of ${name} ends with ${code} and says so`, async () => {
    const finished = await runMain(["blocks", ...args]);
    assertEquals([finished.code, finished.stdout], [code, ""]);
    assertStringIncludes(finished.stderr, message);
  });
}
