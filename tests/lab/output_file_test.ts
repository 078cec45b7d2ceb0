import { assertEquals, assertRejects } from "@std/assert";
import { writeFile } from "../../lab/commands/output_file.ts";
import { OutputError } from "../../lab/commands/terminal.ts";
import { TO_RUN_OSMEM } from "../support/command.ts";
import { gatedTest } from "../support/permissions.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const FOREVER = new URL("../processes/write_forever.ts", import.meta.url);

function test(name: string, fn: (folder: string) => Promise<void>): void {
  gatedTest({
    name: `writeFile() ${name}`,
    needs: [...TO_RUN_OSMEM, { name: "write" }],
    fn: () => inTemporaryFolder(fn),
  });
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

test("writes all parts, and says how many bytes they are", async (folder) => {
  const file = `${folder}/file`;
  assertEquals(await writeFile(file, ["ü", "✓", "\n"]), 6);
  assertEquals(await Deno.readTextFile(file), "ü✓\n");
  assertEquals(namesIn(folder), ["file"]);
});

test("says how many bytes there are once they are compressed", async (folder) => {
  const file = `${folder}/file.gz`;
  const bytes = await writeFile(file, ["again ".repeat(1000)]);
  assertEquals(bytes, (await Deno.stat(file)).size);
});

test("gives a new file the mode that every new file has", async (folder) => {
  await Deno.create(`${folder}/other`).then((file) => file.close());
  await writeFile(`${folder}/file`, ["new"]);
  assertEquals(
    (await Deno.stat(`${folder}/file`)).mode,
    (await Deno.stat(`${folder}/other`)).mode,
  );
});

test("keeps the mode of the file that it replaces", async (folder) => {
  const file = `${folder}/file`;
  await Deno.writeTextFile(file, "old");
  await Deno.chmod(file, 0o640);
  await writeFile(file, ["new"]);
  assertEquals((await Deno.stat(file)).mode! & 0o777, 0o640);
  assertEquals(await Deno.readTextFile(file), "new");
});

test("writes what a link leads to, and leaves the link", async (folder) => {
  await Deno.mkdir(`${folder}/inner`);
  await Deno.writeTextFile(`${folder}/inner/target`, "old");
  await Deno.symlink("inner/target", `${folder}/link`);
  await writeFile(`${folder}/link`, ["new"]);
  assertEquals((await Deno.lstat(`${folder}/link`)).isSymlink, true);
  assertEquals(await Deno.readTextFile(`${folder}/inner/target`), "new");
});

test("makes the file that a link leads to", async (folder) => {
  await Deno.symlink(`${folder}/target`, `${folder}/link`);
  await writeFile(`${folder}/link`, ["new"]);
  assertEquals(await Deno.readTextFile(`${folder}/target`), "new");
});

test("refuses links that lead in a circle", async (folder) => {
  await Deno.symlink("link", `${folder}/link`);
  await assertRejects(
    () => writeFile(`${folder}/link`, ["new"]),
    OutputError,
    "it leads through more than 40 links",
  );
});

test("refuses a folder, and leaves nothing in it", async (folder) => {
  await assertRejects(() => writeFile(folder, ["new"]), OutputError, folder);
  assertEquals(namesIn(folder), []);
});

test("writes into a pipe that has a name", async (folder) => {
  const pipe = `${folder}/pipe`;
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  const reader = new Deno.Command("cat", { args: [pipe] }).output();
  await writeFile(pipe, ["through ", "it"]);
  assertEquals(new TextDecoder().decode((await reader).stdout), "through it");
  assertEquals((await Deno.lstat(pipe)).isFifo, true);
});

test("leaves what there was if a part cannot be made", async (folder) => {
  const file = `${folder}/file`;
  await Deno.writeTextFile(file, "old");
  const parts = function* () {
    yield "new";
    throw new RangeError("no more");
  };
  await assertRejects(() => writeFile(file, parts()), OutputError, "no more");
  assertEquals(await Deno.readTextFile(file), "old");
  assertEquals(namesIn(folder), ["file"]);
});

for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  test(`leaves nothing if ${signal} ends the process`, async (folder) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--allow-read",
        "--allow-write",
        FOREVER.pathname,
        `${folder}/file`,
      ],
      stdout: "piped",
    }).spawn();
    for await (const _begun of child.stdout) child.kill(signal);
    assertEquals((await child.status).code, status);
    assertEquals(namesIn(folder), []);
  });
}
