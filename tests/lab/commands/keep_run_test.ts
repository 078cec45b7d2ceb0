import { assertEquals } from "@std/assert";
import { keepRun } from "../../../lab/commands/keep_run.ts";
import { experiment } from "../../../lab/mod.ts";
import { testsInFolder } from "../../support/temporary_folder.ts";

const RUN = experiment({}, (heap) => void heap.malloc(8));
const { length: LENGTH } = JSON.stringify(RUN);

const test = testsInFolder("keepRun()");

test("has nothing to say of a run that can be read again", async (folder) => {
  const file = `${folder}/run.json`;
  assertEquals(await keepRun(RUN.data, file, LENGTH), []);
});

test("warns of a run that is too long to be read again, and writes it", async (folder) => {
  const file = `${folder}/run.json`;
  assertEquals(await keepRun(RUN.data, file, LENGTH - 1), [
    `${file}: longer than the longest string (512 MiB), so osmem cannot read it again; keep the trace`,
  ]);
  assertEquals(await Deno.readTextFile(file), JSON.stringify(RUN));
});
