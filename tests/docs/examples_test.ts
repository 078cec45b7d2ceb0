// Every example runs by the command in its head, and prints what that says.
import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { type SystemLibrary, whyMissing } from "../../bench/clients/client.ts";
import { ROOT } from "../support/command.ts";
import { gatedTest, isGranted, toRun } from "../support/permissions.ts";
import { DENO, type Outcome, run } from "../support/run_deno.ts";

const FOLDER = new URL("examples/", ROOT);
const toReadThem = { name: "read", path: FOLDER } as const;

/** The programs in the folder; none where it cannot be read. */
function programs(): string[] {
  if (!isGranted(toReadThem)) return [];
  return Array.from(Deno.readDirSync(FOLDER), ({ name }) => name)
    .filter((name) => name.endsWith(".ts")).sort();
}

/** The lines behind "It prints:" in the comment at the head of a program. */
function promisedOutput(source: string): string | undefined {
  return source.match(/^ \* It prints:\n \*\n \* ```text\n(.*?)^ \* ```$/ms)
    ?.[1]
    ?.replaceAll(/^ \* ?/gm, "");
}

/** The permissions in the command at the head of a program. */
function permissionsIn(source: string): string[] {
  const [, flags = ""] = source.match(/^ \* deno run (.*) examples\//m) ?? [];
  return flags.split(" ");
}

gatedTest({
  name: "examples/ holds programs to run",
  needs: [toReadThem],
  fn: () => assertGreater(programs().length, 0),
});

/** The C library that the head of a program says it needs. */
function libraryOf(name: string): Omit<SystemLibrary, "name"> | undefined {
  const source = Deno.readTextFileSync(new URL(name, FOLDER));
  const [, file, debianPackage] =
    source.match(/^ \* Needs `(.*)` of Debian's package `(.*)`\.$/m) ?? [];
  return file && debianPackage ? { file, debianPackage } : undefined;
}

for (const name of programs()) {
  const library = libraryOf(name);
  gatedTest({
    name: `examples/${name} prints what it says, with the permissions it names`,
    needs: [toReadThem, toRun(DENO)],
    leftOut: library && whyMissing(library),
    async fn() {
      const path = decodeURIComponent(new URL(name, FOLDER).pathname);
      const source = await Deno.readTextFile(path);
      const expected = promisedOutput(source);
      const permissions = permissionsIn(source);
      const args = ["run", "--quiet", "--no-prompt", ...permissions, path];
      const { code, stdout, stderr } = await run(DENO, args);
      assertEquals([code, stderr], [0, ""]);
      assertEquals(stdout, expected);
    },
  });
}

for (const name of programs()) {
  const library = libraryOf(name);
  if (!library) continue;
  gatedTest({
    name:
      `examples/${name} names the package to install where its library is missing`,
    needs: [toReadThem, toRun(DENO)],
    async fn() {
      const source = await Deno.readTextFile(new URL(name, FOLDER));
      const elsewhere = source.replaceAll(library.file, "libabsent.so.0");
      const { code, stdout, stderr } = await runText(elsewhere);
      assertEquals([code, stdout], [1, ""]);
      assertStringIncludes(stderr, "libabsent.so.0: cannot open");
      assertStringIncludes(stderr, library.debianPackage);
    },
  });
}

/** Runs a program that is in no file, as if it stood in the repository's folder. */
async function runText(source: string): Promise<Outcome> {
  const child = new Deno.Command(DENO, {
    args: ["run", "--quiet", "--no-prompt", "--allow-ffi", "-"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await new Blob([source]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}
