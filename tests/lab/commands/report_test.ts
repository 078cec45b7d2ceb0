import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formatBytes } from "../../../lab/words.ts";
import { runMain } from "../../support/run_main.ts";
import { testsInFolder } from "../../support/temporary_folder.ts";

const SCRIPT = "+100,+200,-0,+50";

const test = testsInFolder("osmem report");

async function report(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runMain(["report", ...args]);
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

test("writes a page, and says how large it is", async (folder) => {
  const file = `${folder}/page.html`;
  const said = await report("-o", file, "--title", "Four <calls>", SCRIPT);
  assertMatch(said, /^Wrote .*page\.html \([\d.]+ KiB\)\n$/);
  const page = await Deno.readTextFile(file);
  assertStringIncludes(page, "<title>Four &lt;calls&gt;</title>");
});

test("counts bytes, not characters, to say how large a page is", async (folder) => {
  const file = `${folder}/page.html`;
  const said = await report("-o", file, "--title", "✓".repeat(9999), SCRIPT);
  const { size } = await Deno.stat(file);
  assertStringIncludes(said, `(${formatBytes(size)})`);
});

test("puts two runs that were written beside each other", async (folder) => {
  const [best, worst] = [`${folder}/best.json`, `${folder}/worst.json.gz`];
  const script = "+400,+8,+100,+8,-0,-2,+90";
  for (const [fit, run] of [["best", best], ["worst", worst]] as const) {
    await runMain(["run", "-f", fit, "-o", run, script]);
  }
  await report(best, worst, "-o", `${folder}/both.html`);
  const page = await Deno.readTextFile(`${folder}/both.html`);
  assertStringIncludes(page, "First difference: call 7");
});

test("writes a picture of the timeline if the file is to be one", async (folder) => {
  const file = `${folder}/timeline.svg`;
  await report("-o", file, SCRIPT);
  assertMatch(await Deno.readTextFile(file), /^(<\?xml[^>]*>\s*)?<svg /);
});

test("warns that a run that was recorded keeps its policy", async (folder) => {
  const run = `${folder}/run.json`;
  await runMain(["run", "-o", run, SCRIPT]);
  const { code, stderr } = await runMain(
    ["report", "-f", "worst", "-o", `${folder}/page.html`, run],
  );
  assertEquals(code, 0);
  assertStringIncludes(stderr, `${run}: shown as it was recorded`);
});

for (
  const [name, content, message] of [
    [
      "is cut short",
      '{"format":"osmem run","vers',
      "not a complete JSON document",
    ],
    [
      "is of another version",
      '{"format":"osmem run","version":99}',
      "expected version to be one of 1, found 99",
    ],
  ] as const
) {
  test(`refuses a run that ${name}, and writes nothing`, async (folder) => {
    const run = `${folder}/run.json`;
    await Deno.writeTextFile(run, content);
    const { code, stdout, stderr } = await runMain(
      ["report", "-o", `${folder}/page.html`, run],
    );
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, message);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), [
      "run.json",
    ]);
  });
}
