// What the README says is true: its code runs, its commands and links lead
// somewhere, its picture and its tables are up to date.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import configuration from "../../deno.json" with { type: "json" };
import { drawStart } from "../../docs/draw_start.ts";
import { drawTimelines } from "../../docs/draw_timelines.ts";
import * as module from "../../mod.ts";
import { osmem, ROOT } from "../support/command.ts";
import { gatedTest, toRun } from "../support/permissions.ts";
import { DENO, run } from "../support/run_deno.ts";

const README = new URL("README.md", ROOT);
const ONLY_FFI = ["run", "--quiet", "--no-prompt", "--allow-ffi"];

const FITS = ["best", "first", "next", "worst"];

interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

/** A test that needs the README's text, and what else is named. */
function test(
  name: string,
  needs: readonly Deno.PermissionDescriptor[],
  fn: (readme: string) => void | Promise<void>,
): void {
  gatedTest({
    name: `README: ${name}`,
    needs: [{ name: "read" }, ...needs],
    fn: async () => await fn(await Deno.readTextFile(README)),
  });
}

function codeBlocks(readme: string): CodeBlock[] {
  return Array.from(
    readme.matchAll(/^```(\w+)[^\n]*\n(.*?)^```$/gms),
    ([, language, text]) => ({ language, text }) as CodeBlock,
  );
}

/** The first code block in this language, and those after it. */
function blocksFrom(readme: string, language: string): CodeBlock[] {
  const blocks = codeBlocks(readme);
  const first = blocks.findIndex((block) => block.language === language);
  assert(first >= 0, `a code block in ${language}`);
  return blocks.slice(first);
}

/** Every match's first group, each once. */
function found(readme: string, pattern: RegExp): string[] {
  return [
    ...new Set(Array.from(readme.matchAll(pattern), ([, part]) => part!)),
  ];
}

/** Runs a program in a folder that has nothing else but these files. */
async function runInFolder(
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const outcome = await run(DENO, [...ONLY_FFI, `${folder}/hello.ts`]);
    assertEquals([outcome.code, outcome.stderr], [0, ""]);
    return outcome.stdout;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

test(
  "the first code has ten lines, runs with only --allow-ffi, and prints what is shown",
  [
    { name: "run" },
  ],
  async (readme) => {
    const [code, command, output] = blocksFrom(readme, "ts");
    assertEquals(code!.text.trimEnd().split("\n").length, 10);
    assertEquals(command!.text, "deno run --allow-ffi hello.ts\n");
    const child = new Deno.Command(DENO, {
      args: [...ONLY_FFI, "-"], // a program in this folder
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await new Blob([code!.text]).stream().pipeTo(child.stdin);
    const { stdout, stderr } = await child.output();
    assertEquals(new TextDecoder().decode(stderr), "");
    assertEquals(new TextDecoder().decode(stdout), output!.text);
  },
);

test("the first code runs in a folder that gives osmem its name", [
  toRun(DENO),
  { name: "write" },
], async (readme) => {
  const [code, , output] = blocksFrom(readme, "ts");
  const [names] = blocksFrom(readme, "json");
  const here = decodeURIComponent(ROOT.pathname);
  const printed = await runInFolder({
    "hello.ts": code!.text,
    "deno.json": names!.text.replace("/path/to/osmem/", here),
  });
  assertEquals(printed, output!.text);
});

test("the experiment runs as it stands, and writes a page", [
  toRun(DENO),
  { name: "write" },
], async (readme) => {
  const code = codeBlocks(readme).find(({ text }) => text.includes("toHTML()"));
  const command = codeBlocks(readme)
    .find(({ text }) => text.endsWith(" experiment.ts\n"));
  const folder = await Deno.makeTempDir();
  try {
    const child = new Deno.Command(DENO, {
      args: command!.text.trim().replace("=.", `=${folder}`).split(" ")
        .slice(1, -1).concat("--config", `${ROOT.pathname}deno.json`, "-"),
      cwd: folder,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await new Blob([code!.text]).stream().pipeTo(child.stdin);
    const { success, stdout, stderr } = await child.output();
    assert(success, new TextDecoder().decode(stderr));
    assertStringIncludes(new TextDecoder().decode(stdout), '"too small"');
    const page = await Deno.readTextFile(`${folder}/experiment.html`);
    assertStringIncludes(page, "<title>experiment</title>");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("the program in C has ten lines, and its trace is what is shown", [
  { name: "run" },
  { name: "write" },
], async (readme) => {
  const [program, command, trace] = codeBlocks(readme).slice(
    codeBlocks(readme).findIndex(({ text }) => text.includes("int main")),
  );
  assertEquals(program!.text.trimEnd().split("\n").length, 10);
  assertEquals(command!.text, "deno task osmem trace program.c\n");
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/program.c`;
    await Deno.writeTextFile(file, program!.text);
    const { stdout, stderr } = await osmem(["trace", file], {
      permissions: ["ffi", "read", "write", "run"]
        .map((name) => `--allow-${name}`),
    });
    assertEquals([stdout, stderr], [trace!.text, ""]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("every option of exec, trace and check that is named is one of theirs", [
  toRun(DENO),
], async (readme) => {
  const [, section = ""] = readme.split("## C programs\n");
  const named = found(
    section.split("\n## ")[0]!,
    /`(?:[^`]* )?(--[a-z][a-z0-9-]*)/g,
  )
    .filter((option) => !V8_OPTIONS.includes(option));
  const cli = decodeURIComponent(new URL("lab/cli.ts", ROOT).pathname);
  const help = await Promise.all(
    ["exec", "trace", "check"].map((command) =>
      run(DENO, ["run", "--no-prompt", cli, command, "--help"])
    ),
  );
  const options = help.map(({ stdout }) => stdout).join();
  assert(named.length > 0);
  for (const option of named) assertStringIncludes(options, option);
});

/** Options of deno and V8 that are named among those of osmem. */
const V8_OPTIONS = ["--v8-flags", "--stack-size"];

/** The rows of a trace in a table of policies, without the speed. */
function rowsOf(text: string, trace: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("│"));
  const rows: string[][] = [];
  let isTrace = false;
  for (const line of lines) {
    const cells = line.split("│").slice(1, -1).map((cell) => cell.trim());
    if (cells.length === 1) isTrace = cells[0] === trace;
    else if (isTrace && FITS.includes(cells[0]!)) {
      rows.push(cells.filter((cell) => !cell.endsWith(" M")));
    } else isTrace = false;
  }
  return rows;
}

test("the table of policies is what osmem compare prints, speed aside", [
  toRun(DENO),
], async (readme) => {
  const trace = "examples/traces/word-index.trace.gz";
  const { stdout } = await new Deno.Command(DENO, {
    args: ["run", "--allow-ffi", "--allow-read", "lab/cli.ts", "compare"]
      .concat("--fit", FITS.join(","), trace),
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const printed = rowsOf(new TextDecoder().decode(stdout), trace);
  assertEquals(printed.length, 2 * FITS.length);
  assertEquals(rowsOf(readme, trace), printed);
});

test("every link leads to a file or a folder", [], async (readme) => {
  const links = found(readme, /\]\(([^)#]+)\)/g)
    .filter((link) => !link.includes("://"));
  assert(links.length > 0);
  for (const link of links) await Deno.stat(new URL(link, ROOT));
});

test("every task that is named is one of deno.json's", [], (readme) => {
  const named = found(readme, /\btask ([\w-]+)/g);
  const tasks = Object.keys(configuration.tasks);
  assertEquals(named.filter((name) => !tasks.includes(name)), []);
  assertEquals(tasks.filter((name) => !named.includes(name)), []);
});

test("the two first commands need no Deno", [], (readme) => {
  const [commands] = blocksFrom(readme, "sh");
  assertEquals(
    commands!.text,
    "npx --yes deno@2.9.6 task start\nnpx --yes deno@2.9.6 task test\n",
  );
});

test("everything that mod.ts exports is named", [], (readme) => {
  for (const name of Object.keys(module)) assertStringIncludes(readme, name);
});

test("every method of a heap is named", [], (readme) => {
  for (const name of Object.getOwnPropertyNames(module.Heap.prototype)) {
    assertStringIncludes(
      readme,
      name === "constructor" ? "new Heap(" : `${name}(`,
    );
  }
});

test("every option of osmem run is named", [toRun(DENO)], async (readme) => {
  const cli = decodeURIComponent(new URL("lab/cli.ts", ROOT).pathname);
  const help = await run(DENO, ["run", "--no-prompt", cli, "run", "--help"]);
  const options = found(help.stdout, /(--[a-z-]+)/g);
  assert(options.includes("--memory"));
  for (const option of options) assertStringIncludes(readme, option);
});

test(
  "the picture shows what the start prints; docs/draw_start.ts draws it anew",
  [],
  async () => {
    const picture = await Deno.readTextFile(new URL("docs/start.svg", ROOT));
    assertEquals(picture, await drawStart());
  },
);

test(
  "the timelines are drawn of today's code; docs/draw_timelines.ts draws them anew",
  [],
  async (readme) => {
    for (const [name, drawn] of Object.entries(await drawTimelines())) {
      assertStringIncludes(readme, `docs/${name}`);
      const picture = await Deno.readTextFile(new URL(`docs/${name}`, ROOT));
      assertEquals(picture === drawn, true, `docs/${name} is not up to date`);
    }
  },
);
