// What is published runs where nothing was built and nothing can be: in a folder, over
// HTTP, and in a program of `deno compile`.
import { assertEquals } from "@std/assert";
import { FileServer } from "./support/file_server.ts";
import { gatedTest, isGranted } from "./support/permissions.ts";
import {
  inFolderWithPackage,
  publishedCore,
  publishedFiles,
  TO_PUBLISH,
} from "./support/published.ts";
import { DENO, type Outcome, run } from "./support/run_deno.ts";

/** A program that uses a heap, and calls it from C. */
const PROGRAM = `import { Heap } from "@osmem/osmem";

using heap = new Heap();
using bindings = heap.bindToC();
const { malloc } = bindings;
const allocate = new Deno.UnsafeFnPointer(malloc, {
  parameters: ["usize"],
  result: "pointer",
});
const address = heap.address(allocate.call(10n));
heap.bytes(address).set(new TextEncoder().encode("real bytes"));
console.log(new TextDecoder().decode(heap.bytes(address, 10)));
heap.check();
`;

/** Writes the program, and where it has osmem from, into a folder. */
async function writeProgram(folder: string, osmem: string): Promise<string> {
  const imports = { "@osmem/osmem": `${osmem}/mod.ts` };
  await Deno.writeTextFile(`${folder}/hello.ts`, PROGRAM);
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({ imports }),
  );
  return `${folder}/hello.ts`;
}

/** Runs deno where there is no command at all, and so no compiler. */
async function runWithoutCommands(
  folder: string,
  args: readonly string[],
): Promise<Outcome> {
  const empty = await Deno.makeTempDir({ dir: folder });
  return run(DENO, args, { PATH: empty, DENO_DIR: `${folder}/deno` });
}

/** What generated modules are made of, and by; those themselves are published. */
const MADE_INTO_MODULES = /\/build\/|\/pages\/client\/|\.(so|c|h|css)$/;

/** What is published, by its first name in the package. */
function topLevel(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => path.split("/")[0]!))].sort();
}

gatedTest({
  name: "what is published is what users need, and nothing else",
  needs: TO_PUBLISH,
  async fn() {
    const files = await publishedFiles();
    assertEquals(topLevel(files), [
      ...["LICENSE", "README.md", "collections", "deno.json", "errors", "ffi"],
      ...["heap", "internal.ts", "internal_plain.ts", "lab", "mod.ts"],
      ...["structs", "types"],
    ]);
    assertEquals(files.filter((path) => MADE_INTO_MODULES.test(path)), []);
  },
});

gatedTest({
  name: "a folder that imports the package runs with --allow-ffi, nothing else",
  needs: TO_PUBLISH,
  fn: () =>
    inFolderWithPackage(async (folder) => {
      const file = await writeProgram(folder, "./osmem");
      const args = ["run", "--no-prompt", "--allow-ffi", file];
      const { code, stdout, stderr } = await runWithoutCommands(folder, args);
      assertEquals([code, stdout, stderr], [0, "real bytes\n", ""]);
    }),
});

/** What stands in Deno's folders for packages of npm and for remote modules. */
async function downloaded(cache: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of ["npm", "remote"]) {
    try {
      for await (const entry of Deno.readDir(`${cache}/${name}`)) {
        names.push(`${name}/${entry.name}`);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return names;
}

/** Imports everything that the core exports. */
const EVERY_EXPORT = `import "@osmem/osmem";
import "@osmem/osmem/internal";
import "@osmem/osmem/internal/plain";
console.log("loaded");
`;

gatedTest({
  name: "a program that imports the core downloads nothing",
  needs: TO_PUBLISH,
  fn: () =>
    inFolderWithPackage(async (folder) => {
      const core = `${folder}/osmem`;
      const { exports } = JSON.parse(
        await Deno.readTextFile(`${core}/deno.json`),
      ) as { readonly exports: Readonly<Record<string, string>> };
      const imports = Object.fromEntries(
        Object.entries(exports).map(([name, path]) => [
          name.replace(".", "@osmem/osmem"),
          path.replace(".", "./osmem"),
        ]),
      );
      await Deno.writeTextFile(
        `${folder}/deno.json`,
        JSON.stringify({ imports }),
      );
      await Deno.writeTextFile(`${folder}/program.ts`, EVERY_EXPORT);
      const args = [
        "run",
        "--quiet",
        "--no-remote",
        "--no-npm",
        `${folder}/program.ts`,
      ];
      const outcome = await runWithoutCommands(folder, args);
      assertEquals(outcome, { code: 0, stdout: "loaded\n", stderr: "" });
      assertEquals(await downloaded(`${folder}/deno`), []);
    }, publishedCore),
});

gatedTest({
  name: "a program that imports the package by a URL runs with --allow-ffi",
  needs: TO_PUBLISH,
  fn: () =>
    inFolderWithPackage(async (folder) => {
      await using server = await FileServer.start(folder);
      const file = await writeProgram(folder, `http://${server.host}/osmem`);
      const { code, stdout, stderr } = await runWithoutCommands(folder, [
        ...["run", "--quiet", "--no-prompt", "--allow-ffi"],
        ...[`--allow-import=${server.host}`, file],
      ]);
      assertEquals([code, stdout, stderr], [0, "real bytes\n", ""]);
    }),
});

/** Why no program can be compiled, where Deno has not downloaded what that takes. */
async function whyNotCompiled(): Promise<string | undefined> {
  if (!TO_PUBLISH.every(isGranted)) return undefined;
  const { stdout } = await run(DENO, ["info", "--json"]);
  const { denoDir } = JSON.parse(stdout) as { readonly denoDir: string };
  const runtime = `denort-${Deno.build.target}.zip`;
  try {
    await Deno.stat(`${denoDir}/dl/release/v${Deno.version.deno}/${runtime}`);
    return undefined;
  } catch {
    return `${runtime} was not downloaded by deno compile`;
  }
}

gatedTest({
  name: "a program that deno compile made of the package runs",
  needs: [...TO_PUBLISH, { name: "run" }],
  leftOut: await whyNotCompiled(),
  fn: () =>
    inFolderWithPackage(async (folder) => {
      const file = await writeProgram(folder, "./osmem");
      const program = `${folder}/hello`;
      const args = ["compile", "--quiet", "--allow-ffi", "-o", program, file];
      const { code, stderr } = await run(DENO, args);
      assertEquals([code, stderr], [0, ""]);
      for (const part of ["osmem", "hello.ts", "deno.json"]) {
        await Deno.remove(`${folder}/${part}`, { recursive: true });
      }
      const outcome = await run(program, [], { PATH: folder });
      assertEquals(outcome, { code: 0, stdout: "real bytes\n", stderr: "" });
    }),
});
