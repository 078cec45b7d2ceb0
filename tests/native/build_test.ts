// How the native library is built, and that C and C++ take its header.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { NATIVE } from "../support/compile_c.ts";
import { gatedTest, type Need, toRun } from "../support/permissions.ts";
import { type Outcome, run } from "../support/run_deno.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const FILES = [{ name: "read" }, { name: "write" }] as const;

const COMPILERS: readonly (readonly [command: string, ...flags: string[]])[] = [
  ["cc", "-x", "c", "-std=c99"],
  ["cc", "-x", "c", "-std=c17"],
  ["g++", "-x", "c++", "-std=c++98"],
  ["g++", "-x", "c++", "-std=c++20"],
];

/** Every declaration of the header, used as a program uses it. */
const PROGRAM = `
#include "osmem.h"
#include "osmem.h"

int use(void);

int use(void)
{
	struct block_meta *header = (struct block_meta *)os_malloc(8) - 1;
	void *block = os_realloc(os_calloc(1, header->size), 16);

	os_free(block);
	return header->status == STATUS_ALLOC && header->prev != header->next &&
	       STATUS_FREE != STATUS_MAPPED;
}
`;

for (const [command, ...flags] of COMPILERS) {
  gatedTest({
    name: `${command} ${flags.at(-1)} takes osmem.h without a warning`,
    needs: [toRun(command), ...FILES],
    fn: () =>
      inTemporaryFolder(async (folder) => {
        await Deno.writeTextFile(`${folder}/program.txt`, PROGRAM);
        const { code, stderr } = await run(command, [
          ...flags,
          ..."-Wall -Wextra -Wpedantic -Werror -fsyntax-only".split(" "),
          `-I${NATIVE}`,
          `${folder}/program.txt`,
        ]);
        assertEquals([code, stderr], [0, ""]);
      }),
  });
}

/** What the build needs besides a shell. */
const TOOLS = ["cc", "as", "ld"];

const BUILD_TASKS: readonly Need[] = [toRun("sh"), ...FILES];

/** Makes a folder that has these tools and nothing else, to be all of PATH. */
async function linkTools(folder: string, tools: string[]): Promise<string> {
  const path = `${folder}/bin`;
  await Deno.mkdir(path);
  for (const tool of ["sh", ...tools]) {
    const { stdout } = await run("sh", ["-c", `command -v ${tool}`]);
    await Deno.symlink(await Deno.realPath(stdout.trim()), `${path}/${tool}`);
  }
  return path;
}

/** Copies the sources without what was built of them. */
async function copySources(folder: string): Promise<string> {
  const copy = `${folder}/native`;
  await Deno.mkdir(copy);
  for await (const { name, isFile } of Deno.readDir(NATIVE)) {
    if (!isFile || name.endsWith(".so")) continue;
    await Deno.copyFile(`${NATIVE}/${name}`, `${copy}/${name}`);
  }
  return copy;
}

/** A copy of the sources, and how it is built. */
interface Copy {
  /** The folder of the sources. */
  readonly sources: string;
  /** The library that a build makes. */
  readonly library: string;
  /** Runs `native/build`, in this environment. */
  readonly build: (
    env?: Readonly<Record<string, string>>,
  ) => Promise<Outcome>;
}

/** Makes a copy where these tools are the only commands, with a name that needs quotes. */
function inCopy(
  tools: string[],
  fn: (copy: Copy) => Promise<void>,
): Promise<void> {
  return inTemporaryFolder(async (temporary) => {
    const folder = `${temporary}/a b é`;
    await Deno.mkdir(folder);
    const PATH = await linkTools(folder, tools);
    const sources = await copySources(folder);
    await fn({
      sources,
      library: `${sources}/libosmem.so`,
      build: (env = {}) =>
        run("sh", ["-c", 'exec "$0/sh" "$1/build"', PATH, sources], {
          CC: "",
          ...env,
          PATH,
        }),
    });
  });
}

async function requireBuilt(library: string): Promise<void> {
  const { stdout } = await run("readelf", ["-d", library]);
  assertMatch(stdout, /SONAME.*\[libosmem\.so\]/);
  assertMatch(stdout, /Flags: .*NODELETE/);
}

gatedTest({
  name: "the library that is built has its name, and is never unloaded",
  needs: [...BUILD_TASKS, toRun("cc"), toRun("readelf")],
  fn: () =>
    inCopy(TOOLS, async ({ library, build }) => {
      assertEquals(await build(), { code: 0, stdout: "", stderr: "" });
      await requireBuilt(library);
    }),
});

gatedTest({
  name: "make builds the same library",
  needs: [...BUILD_TASKS, toRun("cc"), toRun("make"), toRun("readelf")],
  fn: () =>
    inCopy([], async ({ sources, library }) => {
      const args = ["-s", "-C", sources, "CC=cc"];
      const { code, stderr } = await run("make", args);
      assertEquals([code, stderr], [0, ""]);
      await requireBuilt(library);
    }),
});

gatedTest({
  name: "the library is built anew only when a source is newer",
  needs: [...BUILD_TASKS, toRun("cc")],
  fn: () =>
    inCopy(TOOLS, async ({ sources, library, build }) => {
      await Deno.writeTextFile(library, "as it was");
      await build();
      assertEquals(await Deno.readTextFile(library), "as it was");
      const later = new Date(Date.now() + 10_000);
      await Deno.utime(`${sources}/bindings.h`, later, later);
      await build();
      assertStringIncludes(await Deno.readTextFile(library), "ELF");
    }),
});

gatedTest({
  name: "CC names the compiler, with options",
  needs: [...BUILD_TASKS, toRun("cc")],
  fn: () =>
    inCopy(TOOLS, async ({ library, build }) => {
      assertEquals(
        await build({ CC: "cc -g -O1" }),
        { code: 0, stdout: "", stderr: "" },
      );
      assertStringIncludes(await Deno.readTextFile(library), ".debug_info");
    }),
});

/** Asserts that a build made nothing, succeeded, and said why in one line. */
function requireLeft({ code, stdout, stderr }: Outcome, reason: RegExp): void {
  assertEquals([code, stdout], [0, ""], stderr);
  assertMatch(stderr, reason);
  assertEquals(stderr.split("\n").length, 2, stderr);
}

gatedTest({
  name: "a build without a compiler says what it does instead, and succeeds",
  needs: BUILD_TASKS,
  fn: () =>
    inCopy([], async ({ build }) => {
      requireLeft(
        await build(),
        /^libosmem\.so is not compiled, because .* \(cc is not installed\): osmem uses the library that is embedded/,
      );
      requireLeft(
        await build({ CC: "no-such-cc -m64" }),
        /\(no-such-cc is not installed\): osmem uses/,
      );
      requireLeft(await build({ CC: " " }), /CC names no compiler: osmem uses/);
    }),
});

gatedTest({
  name: "a build without a compiler leaves an older library as it is",
  needs: BUILD_TASKS,
  fn: () =>
    inCopy([], async ({ library, build }) => {
      await Deno.writeTextFile(library, "as it was");
      await Deno.utime(library, 0, 0);
      requireLeft(await build(), /: the older libosmem\.so stays in use\n$/);
      assertEquals(await Deno.readTextFile(library), "as it was");
    }),
});

gatedTest({
  name:
    "a build with a compiler that has no headers says so in one line, and succeeds",
  needs: [...BUILD_TASKS, toRun("cc")],
  fn: () =>
    inCopy(TOOLS, async ({ build }) => {
      requireLeft(
        await build({ CC: "cc -nostdinc" }),
        /the compiler cc -nostdinc cannot compile .*headers/,
      );
    }),
});

/** Runs a command as an ordinary user: permissions of files do not stop root. */
const AS_USER =
  '[ "$(id -u)" != 0 ] || set -- setpriv --reuid=65534 --clear-groups "$@"; exec "$@"';

gatedTest({
  name: "a build in a folder that cannot be written says so, and succeeds",
  needs: [...BUILD_TASKS, toRun("cc"), toRun("setpriv")],
  fn: () =>
    inTemporaryFolder(async (folder) => {
      await Deno.chmod(folder, 0o755);
      const sources = await copySources(folder);
      await Deno.chmod(sources, 0o555);
      const args = ["-c", AS_USER, "sh", "sh", `${sources}/build`];
      requireLeft(
        await run("sh", args, { CC: "" }),
        /native cannot be written: osmem uses/,
      );
      await Deno.chmod(sources, 0o755);
    }),
});

gatedTest({
  name:
    "a build of sources that do not compile fails with the compiler's words",
  needs: [...BUILD_TASKS, toRun("cc")],
  fn: () =>
    inCopy(TOOLS, async ({ sources, build }) => {
      await Deno.writeTextFile(`${sources}/thread.c`, "int f(void) { f }\n");
      const { code, stderr } = await build();
      assertEquals(code, 1);
      assertMatch(stderr, /thread\.c:1:.*error/);
    }),
});
