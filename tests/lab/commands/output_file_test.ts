import { assertEquals, assertRejects } from "@std/assert";
import { writeFile } from "../../../lab/commands/output_file.ts";
import { writeFileNow } from "../../../lab/commands/write_file_now.ts";
import { OutputError } from "../../../lab/commands/terminal.ts";
import { TO_RUN_OSMEM } from "../../support/command.ts";
import { testsInFolder } from "../../support/temporary_folder.ts";

const FOREVER = new URL("../../processes/write_forever.ts", import.meta.url);

type Write = (name: string, parts: Iterable<string>) => Promise<unknown>;

const WRITERS: readonly (readonly [name: string, Write])[] = [
  ["writeFile", writeFile],
  [
    "writeFileNow",
    (name, parts) => Promise.try(() => writeFileNow(name, parts)),
  ],
];

const test = testsInFolder("writeFile()", TO_RUN_OSMEM);

/** Both ways to write do the same. */
function testBoth(
  name: string,
  fn: (folder: string, write: Write) => Promise<void>,
): void {
  for (const [called, write] of WRITERS) {
    const test = testsInFolder(`${called}()`, TO_RUN_OSMEM);
    test(name, (folder) => fn(folder, write));
  }
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

test("says how many bytes it wrote", async (folder) => {
  assertEquals(await writeFile(`${folder}/file`, ["ü", "✓", "\n"]), 6);
});

testBoth("writes all parts", async (folder, write) => {
  const file = `${folder}/file`;
  await write(file, ["ü", "✓", "\n"]);
  assertEquals(await Deno.readTextFile(file), "ü✓\n");
  assertEquals(namesIn(folder), ["file"]);
});

test("says how many bytes there are once they are compressed", async (folder) => {
  const file = `${folder}/file.gz`;
  const bytes = await writeFile(file, ["again ".repeat(1000)]);
  assertEquals(bytes, (await Deno.stat(file)).size);
});

testBoth(
  "gives a new file the mode that every new file has",
  async (folder, write) => {
    await Deno.create(`${folder}/other`).then((file) => file.close());
    await write(`${folder}/file`, ["new"]);
    assertEquals(
      (await Deno.stat(`${folder}/file`)).mode,
      (await Deno.stat(`${folder}/other`)).mode,
    );
  },
);

testBoth(
  "keeps the mode of the file that it replaces",
  async (folder, write) => {
    const file = `${folder}/file`;
    await Deno.writeTextFile(file, "old");
    await Deno.chmod(file, 0o640);
    await write(file, ["new"]);
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o640);
    assertEquals(await Deno.readTextFile(file), "new");
  },
);

testBoth(
  "writes what a link leads to, and leaves the link",
  async (folder, write) => {
    await Deno.mkdir(`${folder}/inner`);
    await Deno.writeTextFile(`${folder}/inner/target`, "old");
    await Deno.symlink("inner/target", `${folder}/link`);
    await write(`${folder}/link`, ["new"]);
    assertEquals((await Deno.lstat(`${folder}/link`)).isSymlink, true);
    assertEquals(await Deno.readTextFile(`${folder}/inner/target`), "new");
  },
);

testBoth("makes the file that a link leads to", async (folder, write) => {
  await Deno.symlink(`${folder}/target`, `${folder}/link`);
  await write(`${folder}/link`, ["new"]);
  assertEquals(await Deno.readTextFile(`${folder}/target`), "new");
});

testBoth("refuses links that lead in a circle", async (folder, write) => {
  await Deno.symlink("link", `${folder}/link`);
  await assertRejects(
    () => write(`${folder}/link`, ["new"]),
    OutputError,
    "it leads through more than 40 links",
  );
});

testBoth(
  "refuses a folder, and leaves nothing in it",
  async (folder, write) => {
    await assertRejects(() => write(folder, ["new"]), OutputError, folder);
    assertEquals(namesIn(folder), []);
  },
);

testBoth("writes into a pipe that has a name", async (folder, write) => {
  const pipe = `${folder}/pipe`;
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  const reader = new Deno.Command("cat", { args: [pipe] }).output();
  await write(pipe, ["through ", "it"]);
  assertEquals(new TextDecoder().decode((await reader).stdout), "through it");
  assertEquals((await Deno.lstat(pipe)).isFifo, true);
});

testBoth(
  "leaves what there was if a part cannot be made",
  async (folder, write) => {
    const file = `${folder}/file`;
    await Deno.writeTextFile(file, "old");
    const parts = function* () {
      yield "new";
      throw new RangeError("no more");
    };
    await assertRejects(() => write(file, parts()), OutputError, "no more");
    assertEquals(await Deno.readTextFile(file), "old");
    assertEquals(namesIn(folder), ["file"]);
  },
);

testBoth("compresses what ends in .gz", async (folder, write) => {
  await write(`${folder}/file.gz`, ["ü", "✓"]);
  const { readable } = await Deno.open(`${folder}/file.gz`);
  const text = readable.pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(text).text(), "ü✓");
});

testBoth(
  "leaves alone what an earlier process of its number left",
  async (folder, write) => {
    const left = `.${Deno.pid}-1.unfinished`;
    await Deno.writeTextFile(`${folder}/${left}`, "left");
    await write(`${folder}/file`, ["new"]);
    assertEquals(await Deno.readTextFile(`${folder}/file`), "new");
    assertEquals(await Deno.readTextFile(`${folder}/${left}`), "left");
    assertEquals(namesIn(folder), [left, "file"]);
  },
);

for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  test(`leaves nothing if ${signal} ends the process`, async (folder) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--allow-read",
        "--allow-write",
        decodeURIComponent(FOREVER.pathname),
        `${folder}/file`,
      ],
      stdout: "piped",
    }).spawn();
    for await (const _begun of child.stdout) child.kill(signal);
    assertEquals((await child.status).code, status);
    assertEquals(namesIn(folder), []);
  });
}
