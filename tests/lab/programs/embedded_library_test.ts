// C programs where the embedded library is in use: there is no file to link with, and
// where osmem was imported by a URL there is no header either.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  compile,
  TO_RUN_PROGRAMS,
  writeProgram,
} from "../../support/c_program.ts";
import { ROOT } from "../../support/command.ts";
import { TO_LINK } from "../../support/compile_c.ts";
import { FileServer } from "../../support/file_server.ts";
import { gatedTest } from "../../support/permissions.ts";
import { inFolderWithPackage, TO_PUBLISH } from "../../support/published.ts";
import { DENO, type Outcome, run } from "../../support/run_deno.ts";

const MAIN = `char *block = os_calloc(1, 100);
strcpy(block, "a block of the heap");
puts(block);
os_free(block);
return 0;`;

/** Registers a test that has the package in a folder, and what its command line takes. */
function test(name: string, fn: (folder: string) => Promise<void>): void {
  gatedTest({
    name,
    needs: [...TO_PUBLISH, { name: "run" }, TO_LINK],
    fn: () =>
      inFolderWithPackage(async (folder) => {
        const lock = `${folder}/osmem/deno.lock`;
        await Deno.copyFile(new URL("deno.lock", ROOT), lock);
        await linkLibraries(`${folder}/deno`);
        await fn(folder);
      }),
  });
}

/** Makes a cache that has the libraries of npm; what else comes in is not kept. */
async function linkLibraries(cache: string): Promise<void> {
  const { stdout } = await run(DENO, ["info", "--json"]);
  const { npmCache } = JSON.parse(stdout) as { readonly npmCache: string };
  await Deno.mkdir(cache);
  await Deno.symlink(npmCache, `${cache}/npm`);
}

/** Runs a command of osmem in the folder of the package. */
function runOsmem(folder: string, args: readonly string[]): Promise<Outcome> {
  const cli = `${folder}/osmem/lab/cli.ts`;
  return run(DENO, [
    ...["run", "--quiet", "--no-prompt", ...TO_RUN_PROGRAMS, cli, ...args],
  ], { DENO_DIR: `${folder}/deno` });
}

/** Runs a command of osmem where both packages are imported by a URL. */
async function runRemoteOsmem(
  folder: string,
  host: string,
  args: readonly string[],
): Promise<Outcome> {
  const { imports } = JSON.parse(
    await Deno.readTextFile(`${folder}/osmem/lab/deno.json`),
  ) as { readonly imports: Readonly<Record<string, string>> };
  const osmem = `http://${host}/osmem`;
  const configuration = {
    imports: {
      ...imports,
      "@osmem/osmem": `${osmem}/mod.ts`,
      "@osmem/osmem/internal": `${osmem}/internal.ts`,
      "@osmem/osmem/internal/plain": `${osmem}/internal_plain.ts`,
    },
  };
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify(configuration),
  );
  return await run(DENO, [
    ...["run", "--quiet", "--no-prompt", "--allow-import=localhost"],
    ...["--config", `${folder}/deno.json`, ...TO_RUN_PROGRAMS],
    ...[`${osmem}/lab/cli.ts`, ...args],
  ], { DENO_DIR: `${folder}/deno` });
}

test("exec runs a file in C with the embedded library", async (folder) => {
  const file = await writeProgram(folder, MAIN);
  const outcome = await runOsmem(folder, ["exec", "--leaks", file]);
  assertEquals(outcome, {
    code: 0,
    stdout: "a block of the heap\n",
    stderr: "Every block was freed.\n",
  });
});

test("trace runs a file in C where osmem is imported by a URL", async (folder) => {
  await using server = await FileServer.start(folder);
  const file = await writeProgram(folder, MAIN);
  const traced = `${folder}/program.ref`;
  const args = ["trace", "--file", traced, file];
  const outcome = await runRemoteOsmem(folder, server.host, args);
  assertEquals(outcome, {
    code: 0,
    stdout: "a block of the heap\n",
    stderr: "",
  });
  const [call] = (await Deno.readTextFile(traced)).split("\n");
  assertStringIncludes(call!, "os_calloc (['1', '100'])");
});

test("check compares a file in C with the embedded library", async (folder) => {
  const file = await writeProgram(folder, MAIN);
  const reference = ["--file", `${folder}/program.ref`];
  await runOsmem(folder, ["trace", ...reference, file]);
  const { code, stdout } = await runOsmem(folder, ["check", file]);
  assertEquals(code, 0, stdout);
  assertMatch(stdout, /^program \.*.* passed .* 1\n/);
});

test("a shared object that was linked with a built library is refused, and told why", async (folder) => {
  const file = await writeProgram(folder, MAIN);
  const library = await compile(file);
  const { code, stderr } = await runOsmem(folder, ["exec", library]);
  assertEquals(code, 1);
  assertEquals(
    stderr,
    `osmem: ${library}: cannot be loaded: libosmem.so: cannot open shared object file: ` +
      "No such file or directory; it is linked with a library that this process has not " +
      "loaded: set OSMEM_LIB to that, and allow it with --allow-env=OSMEM_LIB, or give the " +
      "program in C\n",
  );
});
