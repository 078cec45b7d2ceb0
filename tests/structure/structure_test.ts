// Which folder imports from which: the rules are those of the map, the check reports
// what breaks them, and a program that uses osmem loads few modules.
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { ROOT } from "../support/command.ts";
import { gatedTest, toRun } from "../support/permissions.ts";
import { DENO, type Outcome, run } from "../support/run_deno.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { loadedWith, readImports } from "./imports.ts";
import { CORE, type Folder, FOLDERS, problemOf, ROOMS } from "./layers.ts";

const ROOT_PATH = decodeURIComponent(ROOT.pathname);
const MOST_MODULES = 60; // that `mod.ts` loads

/** What the check says of a folder with these files. */
function check(files: Readonly<Record<string, string>>): Promise<Outcome> {
  return inTemporaryFolder(async (folder) => {
    for (
      const [path, text] of Object.entries({ "deno.json": "{}", ...files })
    ) {
      const parent = `${folder}/${path}`.replace(/[^/]+$/, "");
      await Deno.mkdir(parent, { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    const program = `${ROOT_PATH}tests/structure/check.ts`;
    const permissions = ["--allow-read", `--allow-run=${DENO}`];
    return await run(DENO, ["run", "--quiet", ...permissions, program, folder]);
  });
}

/** A test of the check: what it reports of these files, line by line. */
function checkTest(
  name: string,
  files: Readonly<Record<string, string>>,
  lines: readonly string[],
): void {
  gatedTest({
    name: `the check of imports ${name}`,
    needs: [{ name: "read" }, { name: "write" }, toRun(DENO)],
    async fn() {
      const { code, stdout, stderr } = await check(files);
      assertEquals(
        [stderr.split("\n").filter((line) => line !== ""), stdout, code],
        [lines, "", lines.length > 0 ? 1 : 0],
      );
    },
  });
}

checkTest("is silent where each goes down, and two files know each other", {
  "heap/list/block.ts": 'import "../fits/fit.ts"; import "./place.ts";',
  "heap/list/place.ts": 'import type { Block } from "./block.ts";',
  "heap/fits/fit.ts": 'import "../../errors/usage_error.ts";',
  "errors/usage_error.ts": "",
}, []);

checkTest("reports one that goes up, though only for types", {
  "heap/fits/fit.ts": 'import type { Block } from "../list/block.ts";',
  "heap/list/block.ts": "export type Block = number;",
}, [
  "heap/fits/fit.ts imports heap/list/block.ts: fits may not use list (docs/architecture.md)",
]);

checkTest("reports a circle with its files in order", {
  "errors/a.ts": 'import { b } from "./b.ts";',
  "errors/b.ts": 'export type { C } from "./c.ts";',
  "errors/c.ts": 'import type { A } from "./a.ts"; import "./b.ts";',
}, [
  "circle of imports: errors/a.ts → errors/b.ts → errors/c.ts → errors/a.ts",
]);

checkTest("reports a circle whose files also know each other in pairs", {
  "errors/a.ts": 'import "./b.ts"; import "./c.ts";',
  "errors/b.ts": 'import "./c.ts"; import "./a.ts";',
  "errors/c.ts": 'import "./a.ts"; import "./b.ts";',
}, [
  "circle of imports: errors/a.ts → errors/b.ts → errors/c.ts → errors/a.ts",
  "circle of imports: errors/a.ts → errors/c.ts → errors/b.ts → errors/a.ts",
]);

checkTest("finds what a name of the workspace stands for", {
  "deno.json": JSON.stringify({
    name: "@osmem/osmem",
    exports: { ".": "./mod.ts", "./layout": "./heap/layout.ts" },
    workspace: ["./lab"],
  }),
  "mod.ts": 'import "@osmem/lab";',
  "heap/layout.ts": "",
  "lab/deno.json": JSON.stringify({ name: "@osmem/lab", exports: "./mod.ts" }),
  "lab/mod.ts": 'import "@osmem/osmem"; import "@osmem/osmem/layout";',
}, [
  "lab/mod.ts imports heap/layout.ts: lab may not use layout.ts (docs/architecture.md)",
  "mod.ts imports lab/mod.ts: mod.ts may not use lab (docs/architecture.md)",
]);

checkTest("reports a folder that the map does not have", {
  "errors/usage_error.ts": 'import "../tools/format.ts";',
  "tools/format.ts": "",
}, [
  "errors/usage_error.ts imports tools/format.ts: no folder holds tools/format.ts (docs/architecture.md)",
]);

Deno.test("a folder within another has rules of its own", () => {
  assertEquals(
    problemOf("native/prebuild/main.ts", "ffi/library.ts"),
    undefined,
  );
  assertEquals(
    problemOf("native/main.ts", "ffi/library.ts"),
    "native may not use ffi",
  );
  assertEquals(
    problemOf("lab/mod.ts", "native/prebuild/main.ts"),
    "lab may not use native/prebuild",
  );
});

Deno.test("a folder uses only those before it", () => {
  FOLDERS.forEach(({ path, uses }, index) => {
    const before = FOLDERS.slice(0, index).map((folder) => folder.path);
    assertEquals(uses.filter((used) => !before.includes(used)), [], path);
  });
});

gatedTest({
  name: "the rules are the tables of docs/architecture.md",
  needs: [{ name: "read" }],
  async fn() {
    const map = await Deno.readTextFile(new URL("docs/architecture.md", ROOT));
    const rows = map.split("\n").filter((line) => line.startsWith("| `"))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const folders = rows.filter((row) => row.length === 5);
    const rooms = rows.filter((row) => row.length === 4);
    assertEquals(
      folders.map(([, path, , uses], index): Folder => ({
        path: pathsIn(path!)[0]!,
        uses: usedBy(uses!, folders.slice(0, index).map((row) => row[1]!)),
      })),
      [...FOLDERS],
    );
    assertEquals(
      rooms.map(([, paths]) => pathsIn(paths!)),
      ROOMS.map((paths) => [...paths]),
    );
  },
});

/** The paths that stand in a cell of a table. */
function pathsIn(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, path]) => path!);
}

/** What the last cell of a row lists; the cells before it name all other folders. */
function usedBy(cell: string, before: readonly string[]): string[] {
  if (cell === "everything") return before.flatMap(pathsIn);
  return cell.split(", ").flatMap((part) =>
    part === "the core" ? CORE : pathsIn(part)
  );
}

Deno.test("a file is loaded with another unless for its types or by import()", () => {
  const loaded = { from: "mod.ts", to: "heap.ts", isLoaded: true };
  const further = { from: "heap.ts", to: "list.ts", isLoaded: true };
  const types = { from: "mod.ts", to: "options.ts", isLoaded: false };
  const apart = { from: "bench.ts", to: "random.ts", isLoaded: true };
  assertEquals(
    loadedWith("mod.ts", [further, apart, types, loaded]),
    ["mod.ts", "heap.ts", "list.ts"],
  );
});

gatedTest({
  name: `mod.ts loads at most ${MOST_MODULES} modules`,
  needs: [{ name: "read" }, toRun(DENO)],
  async fn() {
    const modules = loadedWith("mod.ts", await readImports(ROOT_PATH));
    console.log(`mod.ts loads ${modules.length} modules`);
    assertLessOrEqual(modules.length, MOST_MODULES, modules.join("\n"));
  },
});
