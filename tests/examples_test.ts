// Every example runs by the command in its head, and prints what that says.
import { assertEquals, assertGreater } from "@std/assert";
import { ROOT } from "./support/command.ts";
import { gatedTest, isGranted, toRun } from "./support/permissions.ts";
import { DENO, run } from "./support/run_deno.ts";

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

for (const name of programs()) {
  gatedTest({
    name: `examples/${name} prints what it says, with the permissions it names`,
    needs: [toReadThem, toRun(DENO)],
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
