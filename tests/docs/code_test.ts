// The code on every page does what the page says. The conventions:
//
// - A `ts` block runs with only --allow-ffi. It prints what the `text` block right
//   after it shows, or nothing. In the `text`, `…` stands for what differs from run
//   to run, such as an address.
// - A `ts` block with a `deno run` command right after it is the program that the
//   command names, and has its permissions. It is marked `ts ignore` if it needs more
//   than --allow-ffi, so that `deno test --doc` leaves it out.
// - An `sh` block names tasks of deno.json, files that exist, and options that the
//   commands have. The `text` block after a single `deno task osmem …` is what that
//   prints. It may read the file in C that the block before it shows.
import { assert, assertEquals, assertMatch, fail } from "@std/assert";
import configuration from "../../deno.json" with { type: "json" };
import { osmem, ROOT } from "../support/command.ts";
import { gatedTest, type Need, toRun } from "../support/permissions.ts";
import { DENO, run } from "../support/run_deno.ts";
import { type CodeBlock, type Page, readPages } from "./pages.ts";
import { CONFIGURATION, runModules, runText } from "./run_modules.ts";

const LANGUAGES = ["ts", "sh", "text", "json", "c"];
const TO_RUN_PROGRAMS: readonly Need[] = [
  toRun(DENO),
  { name: "write" },
];

/** A test that needs the text of all pages, and what else is named. */
function test(
  name: string,
  needs: readonly Need[],
  fn: (blocks: readonly CodeBlock[], pages: readonly Page[]) => unknown,
): void {
  gatedTest({
    name: `documentation: ${name}`,
    needs: [{ name: "read" }, ...needs],
    async fn() {
      const pages = await readPages();
      await fn(pages.flatMap((page) => page.codeBlocks), pages);
    },
  });
}

/** The arguments of the `deno run` command right after a block, if there is one. */
function commandAfter({ after }: CodeBlock): string[] | undefined {
  const [, command] = after?.text.match(/^deno run (.*)\n$/) ?? [];
  return after?.language === "sh" ? command?.split(" ") : undefined;
}

/** Fails unless a text is what is shown, in which `…` stands for any text. */
function assertShows(actual: string, shown: string, place: string): void {
  const parts = shown.split("…").map(RegExp.escape);
  if (!new RegExp(`^${parts.join("[^]*?")}$`).test(actual)) {
    assertEquals(actual, shown, place);
  }
}

/** Runs something in a folder of its own, which is removed afterwards. */
async function inFolder<Result>(
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await Deno.makeTempDir();
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

test("every code block says in which language it is", [], (blocks) => {
  for (const { language, place } of blocks) {
    assert(LANGUAGES.includes(language), place);
  }
});

test("every TypeScript block passes the type checker", [
  toRun(DENO),
], async (_, pages) => {
  const paths = pages.map(({ path }) =>
    decodeURIComponent(new URL(path, ROOT).pathname)
  );
  const { code, stderr } = await run(DENO, ["check", "--doc-only", ...paths]);
  assertEquals(code, 0, stderr);
});

test(
  "TypeScript blocks run with only --allow-ffi and print what is shown",
  TO_RUN_PROGRAMS,
  async (blocks) => {
    const programs = blocks.filter((block) =>
      block.language === "ts" && !commandAfter(block)
    );
    for (const { meta, place } of programs) {
      assertEquals(meta, undefined, `${place} is left out and has no command`);
    }
    const printed = await inFolder(async (folder) => {
      const urls = programs.map(async ({ place, text }) => {
        const url = new URL(
          `file://${folder}/${place.replaceAll(/\W/g, "-")}.ts`,
        );
        await Deno.writeTextFile(url, text);
        return url.href;
      });
      return await runModules(await Promise.all(urls), ["--allow-ffi"]);
    });
    programs.forEach(({ place, after }, index) =>
      assertShows(
        printed[index]!,
        after?.language === "text" ? after.text : "",
        place,
      )
    );
  },
);

test(
  "programs run as the command after them says and print what is shown",
  TO_RUN_PROGRAMS,
  async (blocks) => {
    for (const block of blocks) {
      const args = block.language === "ts" && commandAfter(block);
      if (!args) continue;
      const shown = block.after?.after;
      const flags = [...args.slice(0, -1), "--config", CONFIGURATION];
      const { code, stdout, stderr } = await inFolder((folder) =>
        runText(block.text, flags, folder)
      );
      assertEquals([code, stderr], [0, ""], block.place);
      assertShows(
        stdout,
        shown?.language === "text" ? shown.text : "",
        block.place,
      );
    }
  },
);

test(
  "what is shown after a command of osmem is what that prints",
  [{ name: "run" }, toRun("cc"), { name: "write" }],
  async (blocks) => {
    const commands = new Map(
      blocks.filter(({ language }) => language === "sh").map((
        block,
      ) => [block, undefined as CodeBlock | undefined]),
    );
    for (const block of blocks) {
      if (block.language === "c" && block.after) {
        commands.set(block.after, block);
      }
    }
    let count = 0;
    for (const [{ text, after, place }, program] of commands) {
      const [, command] = text.match(/^deno task osmem (.*)\n$/) ?? [];
      if (!command || after?.language !== "text") continue;
      count++;
      const { code, stdout, stderr } = await inFolder(async (folder) => {
        const args = command.split(" ");
        if (program) {
          const file = `${folder}/${args.pop()}`;
          await Deno.writeTextFile(file, program.text);
          args.push(file);
        }
        const permissions = ["ffi", "read", "write", "run"];
        return await osmem(args, {
          permissions: permissions.map((name) => `--allow-${name}`),
        });
      });
      assertEquals([code, stderr], [0, ""], place);
      assertShows(stdout, after.text, place);
    }
    assert(count > 0);
  },
);

test("every task that is named is one of deno.json's", [], (_, pages) => {
  const tasks = Object.keys(configuration.tasks);
  for (const { path, text } of pages) {
    for (const [, name] of text.matchAll(/\btask ([a-z][a-z-]*)/g)) {
      if (!tasks.includes(name!)) fail(`${path}: no task ${name}`);
    }
  }
});

test("every file in a command exists", [], async (blocks) => {
  for (const { language, text, place } of blocks) {
    if (language !== "sh") continue;
    const files = text.matchAll(
      /(?<![\w./-])((?:bench|docs|examples|lab|native|tests)\/[\w./-]*\w)/g,
    );
    for (const [, file] of files) {
      await Deno.stat(new URL(file!, ROOT)).catch(() =>
        fail(`${place}: no ${file}`)
      );
    }
  }
});

test("every option of osmem that is used is one of its command's", [
  toRun(DENO),
], async (blocks) => {
  const uses = blocks.filter(({ language }) => language === "sh").flatMap((
    { text, place },
  ) =>
    Array.from(
      text.matchAll(/^(?:deno task )?osmem ([a-z]+)(.*)$/gm),
      ([, command, rest]) => ({ command: command!, rest: rest!, place }),
    )
  );
  assert(uses.length > 0);
  const names = [...new Set(uses.map(({ command }) => command))];
  const helps = new Map(
    await Promise.all(names.map(async (name) => {
      const { code, stdout } = await osmem([name, "--help"]);
      assertEquals(code, 0, name);
      return [name, stdout] as const;
    })),
  );
  for (const { command, rest, place } of uses) {
    for (const [, option] of rest.matchAll(/ (--?[a-z][\w-]*)/g)) {
      const isOne = new RegExp(`(^|[ ,])${option}\\b`, "m");
      assertMatch(helps.get(command)!, isOne, `${place}: ${option}`);
    }
  }
});

test("every JSON block is JSON", [], (blocks) => {
  for (const { language, text } of blocks) {
    if (language === "json") JSON.parse(text);
  }
});

test(
  "every C block compiles",
  [toRun("cc"), { name: "write" }],
  async (blocks) => {
    for (const { language, text, place } of blocks) {
      if (language !== "c") continue;
      const { code, stderr } = await inFolder(async (folder) => {
        await Deno.writeTextFile(`${folder}/block.c`, text);
        const headers = decodeURIComponent(new URL("native", ROOT).pathname);
        const flags = ["-Wall", "-Wextra", "-fsyntax-only", "-I", headers];
        return await run("cc", [...flags, `${folder}/block.c`]);
      });
      assertEquals([code, stderr], [0, ""], place);
    }
  },
);
