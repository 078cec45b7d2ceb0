import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { parseRun } from "../../../lab/mod.ts";
import {
  denoArguments,
  osmem,
  ROOT,
  TO_RUN_OSMEM,
} from "../../support/command.ts";
import { gatedTests } from "../../support/permissions.ts";
import { runMain, TO_RUN_MAIN } from "../../support/run_main.ts";
import { testsInFolder } from "../../support/temporary_folder.ts";

const COMB = "tests/traces/comb.rep";
const PERMISSIONS = ["--allow-ffi", "--allow-read", "--allow-write"];
const CALLS = 4_000_000; // they take many seconds to replay
const READING = 500; // milliseconds, for what is left of the input once all is written

const test = testsInFolder("osmem");
const testWithProcess = testsInFolder("osmem", TO_RUN_OSMEM);

for (const name of ["run.json", "run.json.gz"]) {
  test(`run -o writes the run, to be read again: ${name}`, async (folder) => {
    const file = `${folder}/${name}`;
    const { code, stderr } = await runMain(["run", "-o", file, COMB]);
    assertEquals([code, stderr], [0, ""]);
    const { readable } = await Deno.open(file);
    const text = name.endsWith(".gz")
      ? readable.pipeThrough(new DecompressionStream("gzip"))
      : readable;
    const run = parseRun(await new Response(text).text(), file);
    assertEquals([run.title, run.length], [COMB, 29]);
  });
}

test("run -o leaves nothing half-written where it cannot write", async (folder) => {
  const file = `${folder}/none/run.json`;
  const { code, stdout, stderr } = await runMain(["run", "-o", file, COMB]);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, `osmem: cannot write to ${file}: `);
  assertEquals([...Deno.readDirSync(folder)], []);
});

test("run -o keeps the file there was if the trace cannot be replayed", async (folder) => {
  const file = `${folder}/run.json`;
  await Deno.writeTextFile(file, "before");
  const { code } = await runMain(["run", "-o", file, "-"], {
    stdin: "1 1 1 1\na 0 4503599627370496\n",
  });
  assertEquals(code, 1);
  assertEquals(await Deno.readTextFile(file), "before");
});

test("run -o takes no name that says it is something else", async (folder) => {
  const { code, stdout, stderr } = await runMain(
    ["run", "-o", `${folder}/run.txt`, COMB],
  );
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(
    stderr,
    "Expected a file name that ends in .json or .json.gz.",
  );
  assertEquals([...Deno.readDirSync(folder)], []);
});

for (const other of ["--steps", "--predict", "--reveal"]) {
  test(`run -o cannot be given with ${other}`, async (folder) => {
    const { code, stdout, stderr } = await runMain(
      ["run", "-o", `${folder}/run.json`, other, COMB],
    );
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /option '-o, --output <file>' cannot be used with/);
  });
}

gatedTests("osmem", TO_RUN_MAIN)("run takes one form of data", async () => {
  const { code, stdout, stderr } = await runMain([
    "run",
    "--csv",
    "--json",
    COMB,
  ]);
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /option '--json' cannot be used with option '--csv'/);
});

test("what run -o wrote can be replayed, compared and converted", async (folder) => {
  const file = `${folder}/run.json.gz`;
  await runMain(["run", "-f", "worst", "-o", file, COMB]);
  const replayed = await runMain(["run", "--json", file]);
  assertEquals(JSON.parse(replayed.stdout).trace.calls, 29);
  const compared = await runMain(["compare", "--json", file]);
  assertEquals(JSON.parse(compared.stdout)[0].policy.fit, "best");
  const converted = await runMain(["convert", "-t", "rep", file]);
  const trace = await runMain(["convert", "-t", "rep", COMB]);
  assertEquals([converted.code, converted.stderr], [0, ""]);
  assertEquals(converted.stdout, trace.stdout);
});

test("what run -o wrote can be read from standard input, under any name", async (folder) => {
  const file = `${folder}/run.json`;
  await runMain(["run", "-o", file, COMB]);
  const text = await Deno.readTextFile(file);
  await Deno.rename(file, `${folder}/renamed`);
  const shown = await runMain(["map", `${folder}/renamed`]);
  const piped = await runMain(["map", "-"], { stdin: text });
  const [before, after] = [shown.stdout, piped.stdout];
  assertEquals([shown.code, after], [0, before]);
  assertStringIncludes(before, "After call 29");
});

testWithProcess("run -o says which permission it lacks", async (folder) => {
  const { code, stderr } = await osmem(["run", "-o", `${folder}/x.json`, COMB]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^osmem: cannot write to .*Run deno with --allow-write\n$/,
  );
});

testWithProcess(
  "run shows what it did until it was interrupted, and ends with 1",
  async (folder) => {
    const file = `${folder}/run.json`;
    const child = new Deno.Command(Deno.execPath(), {
      args: denoArguments(["run", "--json", "-o", file, "-"], PERMISSIONS),
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const operations = "a 0 8\nf 0\n".repeat(CALLS / 2);
    await new Blob([`1 1 ${CALLS} 1\n${operations}`]).stream()
      .pipeTo(child.stdin);
    await new Promise((resolve) => setTimeout(resolve, READING));
    child.kill("SIGINT");
    const { code, stdout, stderr } = await child.output();
    assertEquals(code, 1);
    const { trace: { calls } } = JSON.parse(new TextDecoder().decode(stdout));
    assert(calls < CALLS, "it was not interrupted while replaying");
    assertMatch(
      new TextDecoder().decode(stderr),
      /^osmem: interrupted after [\d,]+ of 4,000,000 calls: the figures cover these calls\n$/,
    );
    assertEquals(parseRun(await Deno.readTextFile(file), file).length, calls);
  },
);
