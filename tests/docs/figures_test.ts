// Pictures and tables that programs make are those that the programs make today, and
// lists of names are complete.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import configuration from "../../deno.json" with { type: "json" };
import { drawStart } from "../../docs/draw_start.ts";
import { drawTimelines } from "../../docs/draw_timelines.ts";
import * as lab from "../../lab/mod.ts";
import * as module from "../../mod.ts";
import { osmem, ROOT } from "../support/command.ts";
import { gatedTest, type Need, toRun } from "../support/permissions.ts";
import { DENO } from "../support/run_deno.ts";
import { type Page, readPage } from "./pages.ts";

const FITS = ["best", "first", "next", "worst"];

/** A test that needs a page, and what else is named. */
function test(
  path: string,
  name: string,
  needs: readonly Need[],
  fn: (page: Page) => void | Promise<void>,
): void {
  gatedTest({
    name: `${path}: ${name}`,
    needs: [{ name: "read" }, ...needs],
    fn: async () => await fn(await readPage(path)),
  });
}

/** The options in a help text, but for `--help`. */
function optionsIn(help: string): string[] {
  const options = Array.from(
    help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm),
    ([, option]) => option!,
  );
  return options.filter((option) => option !== "--help");
}

test(
  "README.md",
  "the picture shows what the start prints; docs/draw_start.ts draws it anew",
  [],
  async () => {
    const picture = await Deno.readTextFile(new URL("docs/start.svg", ROOT));
    assertEquals(picture, await drawStart());
  },
);

test(
  "docs/lab.md",
  "the timelines show what the heap does today; docs/draw_timelines.ts draws them anew",
  [],
  async ({ text }) => {
    for (const [name, drawn] of Object.entries(await drawTimelines())) {
      assertStringIncludes(text, `(${name})`);
      const picture = await Deno.readTextFile(new URL(`docs/${name}`, ROOT));
      assert(picture === drawn, `docs/${name} is not up to date`);
    }
  },
);

/** The rows of a trace in a table of policies, without the speed. */
function policyRows(text: string, trace: string): string[][] {
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

test(
  "docs/lab.md",
  "the table of policies is what osmem compare prints, speed aside",
  [toRun(DENO)],
  async ({ text }) => {
    const trace = "examples/traces/word-index.trace.gz";
    const { stdout } = await osmem(
      ["compare", "--fit", FITS.join(","), trace],
    );
    const printed = policyRows(stdout, trace);
    assertEquals(printed.length, 2 * FITS.length);
    assertEquals(policyRows(text, trace), printed);
  },
);

test(
  "docs/lab.md",
  "every command and every option of osmem run is named",
  [toRun(DENO)],
  async ({ text }) => {
    const [help, runHelp] = await Promise.all(
      [["--help"], ["run", "--help"]].map((args) => osmem(args)),
    );
    const commands = Array.from(
      help!.stdout.matchAll(/^ {2}([a-z]+) (?:\[options\]|<)/gm),
      ([, command]) => command!,
    );
    assert(commands.includes("compare"));
    for (const command of commands) {
      assertStringIncludes(text, `\`${command} `);
    }
    const options = optionsIn(runHelp!.stdout);
    assert(options.includes("--memory"));
    for (const option of options) assertStringIncludes(text, option);
  },
);

test(
  "docs/lab.md",
  "everything that the lab exports is named",
  [],
  ({ text }) => {
    for (const name of Object.keys(lab)) assertStringIncludes(text, name);
  },
);

test(
  "docs/c-programs.md",
  "every option that is named is one of exec, trace or check",
  [toRun(DENO)],
  async ({ text }) => {
    const named = Array.from(
      text.matchAll(/`(?:[^`]* )?(--[a-z][a-z0-9-]*)/g),
      ([, option]) => option!,
    ).filter((option) => !V8_OPTIONS.includes(option));
    const help = await Promise.all(
      ["exec", "trace", "check"].map((command) => osmem([command, "--help"])),
    );
    const options = help.flatMap(({ stdout }) => optionsIn(stdout));
    assert(named.length > 0);
    assertEquals(named.filter((option) => !options.includes(option)), []);
  },
);

/** Options of deno and V8 that are named among those of osmem. */
const V8_OPTIONS = ["--v8-flags", "--stack-size"];

/** Folders that git ignores, and those of other programs. */
const NO_ROOMS = ["coverage", "dist", "node_modules"];

/** The folders in a folder of the repository. */
async function foldersIn(path: string): Promise<string[]> {
  const folders: string[] = [];
  for await (const entry of Deno.readDir(new URL(path, ROOT))) {
    if (!entry.isDirectory || entry.name.startsWith(".")) continue;
    if (!NO_ROOMS.includes(entry.name)) folders.push(`\`${entry.name}/\``);
  }
  return folders;
}

test(
  "docs/architecture.md",
  "every folder is on the map",
  [],
  async ({ text }) => {
    const folders = [...await foldersIn("."), ...await foldersIn("heap/")];
    assertEquals(folders.filter((name) => !text.includes(name)), []);
  },
);

test("heap/README.md", "every room is in the table", [], async ({ text }) => {
  const rooms = await foldersIn("heap/");
  assertEquals(rooms.filter((name) => !text.includes(`| [${name}](`)), []);
});

test(
  "docs/contributing.md",
  "the line that maps the standard library is the one of deno.json",
  [],
  ({ codeBlocks }) => {
    const shown = codeBlocks.find(({ language }) => language === "json")!;
    const name = "@std/assert";
    const { imports } = JSON.parse(shown.text);
    assertEquals(imports, { [name]: configuration.imports[name] });
  },
);

test("docs/contributing.md", "every task is named", [], ({ text }) => {
  const tasks = Object.keys(configuration.tasks);
  for (const task of tasks) assertStringIncludes(text, `deno task ${task}\``);
});

test(
  "docs/api.md",
  "everything that mod.ts exports is named",
  [],
  ({ text }) => {
    for (const name of Object.keys(module)) assertStringIncludes(text, name);
  },
);

test("docs/api.md", "every method of a heap is named", [], ({ text }) => {
  for (const name of Object.getOwnPropertyNames(module.Heap.prototype)) {
    assertStringIncludes(
      text,
      name === "constructor" ? "new Heap(" : `${name}(`,
    );
  }
});

/** Every code; the type checker refuses a list that is not complete. */
const CODES: Readonly<
  Record<
    module.CorruptionCode | module.InvalidPointerCode | module.UsageErrorCode,
    true
  >
> = {
  "buffer-taken": true,
  "corrupted-heap": true,
  "disposed": true,
  "double-free": true,
  "foreign-isolate": true,
  "foreign-pointer": true,
  "in-call": true,
  "in-use": true,
  "interrupted": true,
  "inside-block": true,
  "memory-gone": true,
  "never-allocated": true,
  "no-such-field": true,
  "not-owner": true,
  "overrun": true,
  "owned": true,
  "received": true,
  "transferred": true,
  "unaligned": true,
  "use-after-free": true,
  "write-after-free": true,
  "wrong-answer": true,
  "wrong-type": true,
};

test("docs/debugging.md", "every code of an error is named", [], ({ text }) => {
  const named = Array.from(text.matchAll(/`([a-z-]+)`/g), ([, name]) => name);
  const codes = Object.keys(CODES);
  assertEquals(codes.filter((code) => !named.includes(code)), []);
});
