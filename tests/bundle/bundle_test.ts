// The one-file build: what a program has that copies `osmem.js` and `osmem.d.ts`.
import { assertEquals, assertStringIncludes } from "@std/assert";
import * as source from "../../mod.ts";
import { ROOT } from "../support/command.ts";
import { toRun } from "../support/permissions.ts";
import { DENO, type Outcome, run } from "../support/run_deno.ts";
import { testsInFolder } from "../support/temporary_folder.ts";

const test = testsInFolder("One file", [toRun(DENO)]);

/** The path of a file of the repository. */
function pathOf(file: string): string {
  return decodeURIComponent(new URL(file, ROOT).pathname);
}

let made: Promise<readonly [script: string, declarations: string]> | undefined;

/** The two files, which are made once. */
function makeFiles(): Promise<readonly [string, string]> {
  return made ??= (async () => {
    const folder = await Deno.makeTempDir();
    try {
      const { code, stderr } = await run(DENO, [
        ...["run", "--quiet", `--lock=${pathOf("deno.lock")}`, "--allow-all"],
        ...[pathOf("bundle/main.ts"), folder],
      ]);
      assertEquals(code, 0, stderr);
      return [
        await Deno.readTextFile(`${folder}/osmem.js`),
        await Deno.readTextFile(`${folder}/osmem.d.ts`),
      ] as const;
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  })();
}

/** Copies the files into a folder, beside a program; returns the path of that. */
async function layOut(folder: string, program: string): Promise<string> {
  const [script, declarations] = await makeFiles();
  await Deno.writeTextFile(`${folder}/osmem.js`, script);
  await Deno.writeTextFile(`${folder}/osmem.d.ts`, declarations);
  await Deno.writeTextFile(`${folder}/program.ts`, program);
  return `${folder}/program.ts`;
}

/** Runs deno where there is no command at all, and so no compiler. */
function runAlone(folder: string, args: readonly string[]): Promise<Outcome> {
  return run(DENO, args, { PATH: folder, DENO_DIR: `${folder}/deno` });
}

test("a program that has the file needs --allow-ffi, and nothing else", async (folder) => {
  const program = await layOut(
    folder,
    `import { Heap } from "./osmem.js";
     using heap = new Heap();
     using buffer = heap.allocate(64);
     console.log(buffer.bytes.length, heap.stats().liveBlocks);`,
  );
  const args = ["run", "--quiet", "--no-prompt", "--allow-ffi", program];
  const outcome = await runAlone(folder, args);
  assertEquals(outcome, { code: 0, stdout: "64 1\n", stderr: "" });
});

test("the file exports what mod.ts does", async (folder) => {
  const program = await layOut(
    folder,
    `import * as osmem from "./osmem.js";
     console.log(Object.keys(osmem).sort().join());`,
  );
  const { stdout } = await runAlone(folder, ["run", "--quiet", program]);
  assertEquals(stdout, `${Object.keys(source).sort().join()}\n`);
});

test("a program gets the types: what fits is accepted, the rest named", async (folder) => {
  const program = await layOut(
    folder,
    `import { type Allocation, Heap, type HeapOptions } from "./osmem.js";
     const options: HeapOptions = { fit: "first" };
     const buffer: Allocation = new Heap(options).allocate(64);
     export const pointer: Deno.PointerObject = buffer.pointer;`,
  );
  const fitting = await runAlone(folder, ["check", "--quiet", program]);
  assertEquals([fitting.code, fitting.stderr], [0, ""]);
  await Deno.writeTextFile(
    program,
    'import { Heap } from "./osmem.js";\nnew Heap().malloc("64");\n',
  );
  const other = await runAlone(folder, ["check", "--quiet", program]);
  assertEquals(other.code, 1);
  assertStringIncludes(
    other.stderr,
    "Argument of type 'string' is not assignable to parameter of type 'number'",
  );
});

test("every name is documented with its types as it is in the source", async (folder) => {
  await layOut(folder, "");
  const [ofSource, ofFile] = await Promise.all([
    documentationOf(pathOf("mod.ts")),
    documentationOf(`${folder}/osmem.d.ts`),
  ]);
  for (const [name, text] of ofSource) {
    assertEquals(ofFile.get(name), text, name);
  }
});

/** What `deno doc` says of each name that a module exports. */
async function documentationOf(path: string): Promise<Map<string, string>> {
  const { code, stdout, stderr } = await run(DENO, ["doc", "--json", path]);
  assertEquals(code, 0, stderr);
  const { nodes } = JSON.parse(stdout) as {
    readonly nodes: Readonly<
      Record<string, { readonly symbols: readonly Documented[] }>
    >;
  };
  const documentation = new Map<string, string>();
  for (const { symbols } of Object.values(nodes)) {
    for (const { name, declarations } of symbols) {
      const [first] = declarations;
      documentation.set(name, first?.jsDoc?.doc ?? "");
    }
  }
  return documentation;
}

/** A name as `deno doc --json` describes it. */
interface Documented {
  readonly name: string;
  readonly declarations: readonly {
    readonly jsDoc?: { readonly doc?: string };
  }[];
}
