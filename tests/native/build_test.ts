// How the native library is built, and that C and C++ take its header.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { NATIVE } from "../support/compile_c.ts";
import { whyNotInstalled } from "../support/installed.ts";
import { gatedTest, toRun } from "../support/permissions.ts";
import { run } from "../support/run_deno.ts";
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
    leftOut: await whyNotInstalled(command),
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

/** What the build needs besides a shell, whether make is there or not. */
const TOOLS = ["cc", "as", "ld", "sed", "find", "dirname"];

/** Makes a folder that has these tools and nothing else, to be all of PATH. */
async function linkTools(folder: string, tools: string[]): Promise<string> {
  const path = `${folder}/bin`;
  await Deno.mkdir(path);
  for (const tool of tools) {
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

for (const tools of [TOOLS, [...TOOLS, "make"]]) {
  const how = tools.includes("make") ? "with make" : "without make";
  gatedTest({
    name:
      `the library that is built ${how} has its name, and is never unloaded`,
    needs: [toRun("sh"), toRun("readelf"), ...FILES],
    leftOut: await whyNotInstalled(tools.at(-1)!),
    fn: () =>
      inTemporaryFolder(async (folder) => {
        const path = await linkTools(folder, tools);
        const sources = await copySources(folder);
        const script = `PATH=${path} exec ${path}/sh ${sources}/build`;
        await Deno.symlink("/bin/sh", `${path}/sh`);
        const build = await run("sh", ["-c", script]);
        assertEquals([build.code, build.stderr], [0, ""]);
        const { stdout } = await run("readelf", [
          "-d",
          `${sources}/libosmem.so`,
        ]);
        assertMatch(stdout, /SONAME.*\[libosmem\.so\]/);
        assertMatch(stdout, /Flags: .*NODELETE/);
      }),
  });
}

gatedTest({
  name: "the library without make is built anew only when a source is newer",
  needs: [toRun("sh"), ...FILES],
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const path = await linkTools(folder, TOOLS);
      await Deno.symlink("/bin/sh", `${path}/sh`);
      const sources = await copySources(folder);
      const library = `${sources}/libosmem.so`;
      const script = `PATH=${path} exec ${path}/sh ${sources}/build`;
      const build = () => run("sh", ["-c", script]);
      await Deno.writeTextFile(library, "as it was");
      await build();
      assertEquals(await Deno.readTextFile(library), "as it was");
      const later = new Date(Date.now() + 10_000);
      await Deno.utime(`${sources}/bindings.h`, later, later);
      await build();
      assertStringIncludes(await Deno.readTextFile(library), "ELF");
    }),
});
