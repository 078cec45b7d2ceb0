import { assert, assertEquals } from "@std/assert";
import { testsInFolder } from "../support/temporary_folder.ts";
import { findTestFiles, SECONDS, TestFiles } from "./test_files.ts";
import { ROOT } from "../support/command.ts";
import { gatedTest } from "../support/permissions.ts";

const test = testsInFolder("findTestFiles()");

test("finds the tests of folders in order, and files as they are named", async (folder) => {
  await Deno.mkdir(`${folder}/inner`);
  for (const name of ["b_test.ts", "a_test.ts", "help.ts", "inner/c_test.ts"]) {
    await Deno.writeTextFile(`${folder}/${name}`, "");
  }
  const [a, b, help, inner] = ["a_test.ts", "b_test.ts", "help.ts", "inner"]
    .map((name) => `${folder}/${name}`) as [string, string, string, string];
  assertEquals(findTestFiles([folder]), [a, b, `${inner}/c_test.ts`]);
  assertEquals(findTestFiles([help, inner]), [help, `${inner}/c_test.ts`]);
  assertEquals(findTestFiles([folder], [inner, a]), [b]);
});

Deno.test("each file is taken once, by ever fewer at a time", () => {
  const files = Array.from({ length: 100 }, (_, index) => `${index}_test.ts`);
  const waiting = new TestFiles(files, 2);
  const taken: string[][] = [];
  for (let some = waiting.take(); some.length > 0; some = waiting.take()) {
    taken.push(some);
  }
  assertEquals(taken.flat().sort(), files.toSorted());
  const lengths = taken.map(({ length }) => length);
  assertEquals(lengths, lengths.toSorted((one, other) => other - one));
  assert(lengths[0]! < 50, "a process takes more than its share");
  assert(lengths.length < 20, "there are too many processes");
});

gatedTest({
  name: "every slow file is there",
  needs: [{ name: "read" }],
  fn() {
    for (const file of Object.keys(SECONDS)) {
      assert(Deno.statSync(new URL(file, ROOT)).isFile, file);
    }
  },
});
