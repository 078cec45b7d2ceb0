// Every example runs with the permissions in its head, and prints what that says.
import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { type SystemLibrary, whyMissing } from "../../bench/clients/client.ts";
import { ROOT } from "../support/command.ts";
import { gatedTest, isGranted, toRun } from "../support/permissions.ts";
import { DENO } from "../support/run_deno.ts";
import { runModules, runText } from "./run_modules.ts";

const FOLDER = new URL("examples/", ROOT);
const toReadThem = { name: "read", path: FOLDER } as const;

/** A program in the folder of examples. */
interface Example {
  readonly name: string;
  readonly url: string;
  readonly source: string;
  /** The permissions in the command at its head. */
  readonly permissions: string;
  /** The C library that it needs. */
  readonly library: Omit<SystemLibrary, "name"> | undefined;
}

/** The programs in the folder; none where it cannot be read. */
function readExamples(): Example[] {
  if (!isGranted(toReadThem)) return [];
  return Array.from(Deno.readDirSync(FOLDER), ({ name }) => name)
    .filter((name) => name.endsWith(".ts")).sort().map(readExample);
}

function readExample(name: string): Example {
  const url = new URL(name, FOLDER);
  const source = Deno.readTextFileSync(url);
  const [, permissions = ""] = source.match(/^ \* deno run (.*) examples\//m) ??
    [];
  const [, file, debianPackage] =
    source.match(/^ \* Needs `(.*)` of Debian's package `(.*)`\.$/m) ?? [];
  const library = file && debianPackage ? { file, debianPackage } : undefined;
  return { name, url: url.href, source, permissions, library };
}

/** The lines after "It prints:" in the comment at the head of a program. */
function promisedOutput(source: string): string | undefined {
  return source.match(/^ \* It prints:\n \*\n \* ```text\n(.*?)^ \* ```$/ms)
    ?.[1]
    ?.replaceAll(/^ \* ?/gm, "");
}

const examples = readExamples();
const outputs = new Map<string, Promise<ReadonlyMap<string, string>>>();

/** What programs print that run with these permissions: all of them in one process. */
function outputsWith(
  permissions: string,
): Promise<ReadonlyMap<string, string>> {
  let printed = outputs.get(permissions);
  if (!printed) {
    printed = runExamples(permissions);
    outputs.set(permissions, printed);
  }
  return printed;
}

async function runExamples(
  permissions: string,
): Promise<ReadonlyMap<string, string>> {
  const names = examples.filter((example) =>
    example.permissions === permissions && !whyLeftOut(example)
  );
  const printed = await runModules(
    names.map(({ url }) => url),
    permissions.split(" "),
  );
  return new Map(names.map(({ name }, index) => [name, printed[index]!]));
}

function whyLeftOut({ library }: Example): string | undefined {
  return library && whyMissing(library);
}

gatedTest({
  name: "examples/ holds programs to run",
  needs: [toReadThem],
  fn: () => assertGreater(examples.length, 0),
});

for (const example of examples) {
  const { name, source, permissions, library } = example;
  gatedTest({
    name: `examples/${name} prints what it says, with the permissions it names`,
    needs: [toReadThem, toRun(DENO)],
    leftOut: whyLeftOut(example),
    async fn() {
      const printed = await outputsWith(permissions);
      assertEquals(printed.get(name), promisedOutput(source));
    },
  });
  if (!library) continue;
  gatedTest({
    name:
      `examples/${name} names the package to install where its library is missing`,
    needs: [toReadThem, toRun(DENO)],
    async fn() {
      const elsewhere = source.replaceAll(library.file, "libabsent.so.0");
      const { code, stdout, stderr } = await runText(elsewhere, [
        "--allow-ffi",
      ]);
      assertEquals([code, stdout], [1, ""]);
      assertStringIncludes(stderr, "libabsent.so.0: cannot open");
      assertStringIncludes(stderr, library.debianPackage);
    },
  });
}
