import { assertEquals } from "@std/assert";
import { keepRun } from "../../../lab/commands/keep_run.ts";
import { experiment } from "../../../lab/mod.ts";
import { gatedTest } from "../../support/permissions.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const RUN = experiment({}, (heap) => void heap.malloc(8));
const { length: LENGTH } = JSON.stringify(RUN);

function test(name: string, fn: (file: string) => Promise<void>): void {
  gatedTest({
    name: `keepRun() ${name}`,
    needs: [{ name: "read" }, { name: "write" }],
    fn: () => inTemporaryFolder((folder) => fn(`${folder}/run.json`)),
  });
}

test("has nothing to say of a run that can be read again", async (file) => {
  assertEquals(await keepRun(RUN.data, file, LENGTH), []);
});

test("warns of a run that is too long to be read again, and writes it", async (file) => {
  assertEquals(await keepRun(RUN.data, file, LENGTH - 1), [
    `${file}: longer than the longest string (512 MiB), so osmem cannot read it again; keep the trace`,
  ]);
  assertEquals(await Deno.readTextFile(file), JSON.stringify(RUN));
});
