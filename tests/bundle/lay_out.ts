/**
 * Lays a folder out in which the one-file build stands for the source: its `mod.ts`
 * exports what `osmem.js` does, and beside it are the tests that use nothing else of the
 * repository. The folder has no native library and nothing to make one of.
 *
 * ```sh
 * deno run --allow-read --allow-write --allow-run tests/bundle/lay_out.ts DIST FOLDER
 * ```
 *
 * `DIST` has `osmem.js` and `osmem.d.ts`, which `deno task bundle` makes. Prints how many
 * files of tests are there.
 *
 * @module
 */
import { dirname } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { loadedWith, readImports } from "../structure/imports.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** Helpers that start programs of the repository, or compile C. */
const OF_REPOSITORY =
  /^tests\/support\/(built|c_program|command|compile_c|program_command|published|run_deno|run_main)\.ts$/;

const [dist, folder] = Deno.args;
if (dist === undefined || folder === undefined) {
  console.error("expected two folders: lay_out.ts DIST FOLDER");
  Deno.exit(2);
}
const imports = (await readImports(ROOT)).filter(({ from }) =>
  from !== "mod.ts"
);
const tests = [...new Set(imports.map(({ from }) => from))].filter(isTest)
  .map((test) => loadedWith(test, imports))
  .filter((files) => files.includes("mod.ts") && files.every(isPublic));
for (const file of new Set(tests.flat())) {
  if (file !== "mod.ts") await copy(`${ROOT}${file}`, file);
}
for (const file of ["osmem.js", "osmem.d.ts"]) {
  await copy(`${dist}/${file}`, file);
}
await write("mod.ts", 'export * from "./osmem.js";\n');
const { imports: ofAll, scopes } = config;
await write(
  "deno.json",
  JSON.stringify({ imports: { ...ofAll, ...scopes["./tests/"] } }),
);
console.log(`${tests.length} files of tests are in ${folder}`);

function isTest(file: string): boolean {
  return file.startsWith("tests/") && file.endsWith("_test.ts");
}

function isPublic(file: string): boolean {
  return file === "mod.ts" ||
    file.startsWith("tests/") && !OF_REPOSITORY.test(file);
}

async function copy(source: string, file: string): Promise<void> {
  await Deno.mkdir(dirname(`${folder}/${file}`), { recursive: true });
  await Deno.copyFile(source, `${folder}/${file}`);
}

async function write(file: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/${file}`, text);
}
