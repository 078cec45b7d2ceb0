// The README is short, its first program runs where a newcomer runs it, and its
// figures are those of the page that it links to.
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { gatedTest, type Need, toRun } from "../support/permissions.ts";
import { ROOT } from "../support/command.ts";
import { DENO, run } from "../support/run_deno.ts";
import { type CodeBlock, type Page, readPage } from "./pages.ts";
import { rowsOf } from "./tables.ts";

const MOST_LINES = 250;

/** A test that needs the README, and what else is named. */
function test(
  name: string,
  needs: readonly Need[],
  fn: (readme: Page) => void | Promise<void>,
): void {
  gatedTest({
    name: `README: ${name}`,
    needs: [{ name: "read" }, ...needs],
    fn: async () => await fn(await readPage("README.md")),
  });
}

function firstIn(language: string, { codeBlocks }: Page): CodeBlock {
  const first = codeBlocks.find((block) => block.language === language);
  assert(first, `a code block in ${language}`);
  return first;
}

test(`it has at most ${MOST_LINES} lines`, [], ({ text }) => {
  assertLessOrEqual(text.trimEnd().split("\n").length, MOST_LINES);
});

test("the two first commands need no Deno", [], (readme) => {
  assertEquals(
    firstIn("sh", readme).text,
    "npx --yes deno@2.9.6 task start\nnpx --yes deno@2.9.6 task test\n",
  );
});

test(
  "the first program has ten lines, and its output is shown",
  [],
  (readme) => {
    const program = firstIn("ts", readme);
    assertEquals(program.text.trimEnd().split("\n").length, 10);
    const command = program.after;
    assertEquals(command?.text, "deno run --allow-ffi hello.ts\n");
    assertEquals(command?.after?.language, "text");
  },
);

test("the first program runs in a folder that gives osmem its name", [
  toRun(DENO),
  { name: "write" },
], async (readme) => {
  const program = firstIn("ts", readme);
  const names = firstIn("json", readme).text;
  const here = decodeURIComponent(ROOT.pathname);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/hello.ts`, program.text);
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      names.replace("/path/to/osmem/", here),
    );
    const { code, stdout, stderr } = await run(DENO, [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-ffi",
      `${folder}/hello.ts`,
    ]);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(stdout, program.after?.after?.text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("its costs are rows of docs/benchmarks.md", [], async (readme) => {
  const measured = await readPage("docs/benchmarks.md");
  const all = rowsOf(measured.text).filter((row) => "case" in row);
  const rows = rowsOf(readme.section("Cost"));
  assertEquals(rows.length, 5);
  for (const row of rows) {
    const isSame = (other: Readonly<Record<string, string>>) =>
      Object.entries(row).every(([column, cell]) => other[column] === cell);
    assert(all.some(isSame), JSON.stringify(row));
  }
});
