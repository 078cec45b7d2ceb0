import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  compile,
  TO_RUN_PROGRAMS,
  writeProgram,
} from "../../support/c_program.ts";
import {
  denoArguments,
  type Finished,
  osmem,
  ROOT,
  TO_RUN_OSMEM,
} from "../../support/command.ts";
import { TO_LINK } from "../../support/compile_c.ts";
import { gatedTest, isGranted } from "../../support/permissions.ts";
import { runMain, TO_RUN_MAIN } from "../../support/run_main.ts";
import { seededRandom } from "../../support/seed.ts";
import { testsInFolder } from "../../support/temporary_folder.ts";
import { casesOf, IS_THOROUGH } from "../../support/thoroughness.ts";
import { until } from "../../support/until.ts";

const CONFORMANCE = new URL("../shared/conformance/", ROOT);
const toReadIt = { name: "read", path: CONFORMANCE } as const;

const PATIENCE = 30_000; // milliseconds, far less than what is not ended takes

const ONLY_REPLAY = ["--allow-ffi", "--allow-read"];

const test = testsInFolder("osmem check", [...TO_RUN_OSMEM, TO_LINK]);

function check(args: readonly string[]): Promise<Finished> {
  return runMain(["check", ...args]);
}

/** Runs the command in a process of its own. */
function spawnCheck(
  args: readonly string[],
  options: Parameters<typeof osmem>[1],
): Promise<Finished> {
  const permissions = options?.permissions ?? TO_RUN_PROGRAMS;
  return osmem(["check", ...args], { ...options, permissions });
}

const REFERENCE = [
  "os_malloc (['8'])".padEnd(90) + "= HeapStart + 0x20",
  "  brk (['0'])".padEnd(90) + "= HeapStart + 0x0",
  "  brk (['HeapStart + 0x20000'])".padEnd(90) + "= HeapStart + 0x20000",
  "+++ exited (status 0) +++",
  "",
].join("\n");

/** What a program does that has this trace. */
const MALLOC_8 = "os_malloc(8);";

async function writeReference(
  folder: string,
  { name = "program", text = REFERENCE } = {},
): Promise<string> {
  await Deno.writeTextFile(`${folder}/${name}.ref`, text);
  return `${folder}/${name}.ref`;
}

/** Writes a program with a reference trace beside it. */
async function writeTest(folder: string, main: string, name = "program") {
  await writeReference(folder, { name });
  return await writeProgram(folder, main, { name });
}

function passed(name: string, points: number | string = 1): string {
  return `${name} `.padEnd(33) + `${".".repeat(24)} passed ...   ${points}\n`;
}

function failed(name: string): string {
  return `${name} `.padEnd(33) + `${".".repeat(24)} failed ...   0\n`;
}

function total(points: string): string {
  return `\n${"Total:".padEnd(65)} ${points}\n`;
}

test("replays a reference trace, with --allow-ffi and --allow-read only", async (folder) => {
  const { code, stdout, stderr } = await spawnCheck(
    [await writeReference(folder)],
    { permissions: ONLY_REPLAY },
  );
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout, passed("program") + total("1/1"));
});

test("runs a program in C, and compares its trace with what lies beside it", async (folder) => {
  const file = await writeTest(folder, `puts("text"); ${MALLOC_8} return 0;`);
  const { code, stdout, stderr } = await check([file]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout, passed("program") + total("1/1"));
});

test("runs a shared object", async (folder) => {
  const library = await compile(
    await writeTest(folder, `${MALLOC_8} return 0;`),
  );
  await Deno.remove(`${folder}/program.c`);
  for (const name of [library, folder]) {
    const { code, stdout } = await check([name]);
    assertEquals([code, stdout], [0, passed("program") + total("1/1")]);
  }
});

test("takes the source of a folder rather than an older shared object", async (folder) => {
  await compile(await writeTest(folder, "return 0;"));
  await writeProgram(folder, `${MALLOC_8} return 0;`);
  const { stdout } = await check([folder]);
  assertEquals(stdout, passed("program") + total("1/1"));
});

test("takes several folders and files in their order, a folder's in that of their names", async (folder) => {
  for (const name of ["one", "two"]) await Deno.mkdir(`${folder}/${name}`);
  await writeReference(`${folder}/one`, { name: "b" });
  await writeTest(`${folder}/one`, `${MALLOC_8} return 0;`, "a");
  const file = await writeReference(`${folder}/two`, { name: "c" });
  const { stdout } = await check([file, `${folder}/one/`, `${folder}/two`]);
  assertEquals(
    stdout,
    ["c", "a", "b", "c"].map((name) => passed(name)).join("") + total("4/4"),
  );
});

test("shows the first difference of a program that does something else", async (folder) => {
  const file = await writeTest(folder, `os_malloc(16); return 0;`);
  const { code, stdout, stderr } = await check([file]);
  assertEquals([code, stderr], [1, ""]);
  assertEquals(
    stdout,
    `${failed("program")}--- ${folder}/program.ref
+++ the trace obtained
@@ -1,4 +1,4 @@
-${"os_malloc (['8'])".padEnd(90)}= HeapStart + 0x20
+${"os_malloc (['16'])".padEnd(90)}= HeapStart + 0x20
   brk (['0'])                                                                             = HeapStart + 0x0
   brk (['HeapStart + 0x20000'])                                                           = HeapStart + 0x20000
 +++ exited (status 0) +++
${total("0/1")}`,
  );
});

test("fails a program that ends with another status", async (folder) => {
  const { code, stdout } = await check([
    await writeTest(folder, `${MALLOC_8} return 2;`),
  ]);
  assertEquals(code, 1);
  assertStringIncludes(stdout, "\n++++ exited (status 2) +++\n");
});

test("goes on behind a test that fails", async (folder) => {
  await writeTest(folder, "return 0;", "a");
  await writeReference(folder, { name: "b" });
  const { code, stdout } = await check([folder]);
  assertEquals(code, 1);
  assertStringIncludes(stdout, failed("a"));
  assert(stdout.endsWith(passed("b") + total("1/2")));
});

for (
  const [main, by] of [
    ["*(volatile int *)NULL = 1; return 0;", "SIGSEGV"],
    ["abort();", "SIGABRT"],
    ["raise(SIGTERM); return 0;", "SIGTERM"],
  ] as const
) {
  test(`says which signal ended a program: ${by}`, async (folder) => {
    const { code, stdout } = await check([
      await writeTest(folder, `${MALLOC_8} ${main}`),
    ]);
    assertEquals(code, 1);
    assertStringIncludes(
      stdout,
      `${failed("program")}it was ended by ${by}\n--- ${folder}/program.ref\n`,
    );
    assertStringIncludes(stdout, "\n-+++ exited (status 0) +++\n");
  });
}

test("says so if a program ends without exit", async (folder) => {
  const { stdout } = await check([
    await writeTest(folder, `${MALLOC_8} _exit(4);`),
  ]);
  assertStringIncludes(stdout, "\nit ended with 4, without exit()\n--- ");
});

test("says only that if the traces are the same", async (folder) => {
  const file = await writeTest(folder, `${MALLOC_8} _exit(0);`);
  const text = REFERENCE.replace(/^\+\+\+.*\n/m, "");
  await writeReference(folder, { text });
  const { code, stdout } = await check([file]);
  assertEquals(code, 1);
  assertEquals(
    stdout,
    `${failed("program")}it ended with 0, without exit()\n${total("0/1")}`,
  );
});

test("shows what a program said that ends before its first call", async (folder) => {
  const { stdout } = await check([
    await writeTest(folder, `fputs("said\\n", stderr); _exit(4);`),
  ]);
  assertStringIncludes(
    stdout,
    "\nit ended with 4, without exit()\nsaid\n--- ",
  );
});

test("passes on why a program does not compile, and nothing else", async (folder) => {
  const file = await writeTest(folder, "return nothing;");
  const { code, stdout } = await check([file]);
  assertEquals(code, 1);
  assertStringIncludes(
    stdout,
    `${failed("program")}${file}: cc does not compile it:\n`,
  );
  assert(!stdout.includes("the trace obtained"));
});

test("passes on why a shared object cannot be loaded", async (folder) => {
  const file = await writeTest(folder, `${MALLOC_8} return 0;`);
  const library = await compile(file, { isLinked: false });
  const { code, stdout } = await check([library]);
  assertEquals(code, 1);
  assertEquals(
    stdout,
    `${failed("program")}${library}: cannot be loaded: ` +
      `undefined symbol: os_malloc; link it with -losmem\n${total("0/1")}`,
  );
});

test("ends a program after its time, even one that ignores SIGTERM", async (folder) => {
  const file = await writeTest(
    folder,
    `signal(SIGTERM, SIG_IGN); ${MALLOC_8} for (;;) pause();`,
  );
  const { code, stdout } = await check(["--time-limit", "4", file]);
  assertEquals(code, 1);
  assertStringIncludes(
    stdout,
    `${failed("program")}it was ended after 4 s\n---`,
  );
});

test("ends the processes that a program started when its time is over", async (folder) => {
  const file = await writeTest(folder, `fork(); alarm(60); for (;;) pause();`);
  const begin = performance.now();
  const { code } = await check(["--time-limit", "2", file]);
  assertEquals(code, 1);
  assert(performance.now() - begin < PATIENCE, "one of them was awaited");
});

test("refuses a line that is none, and shows where it is", async (folder) => {
  const file = await writeReference(folder, { text: `${REFERENCE}what\n` });
  const { code, stdout, stderr } = await check([file]);
  assertEquals([code, stderr], [1, ""]);
  assertStringIncludes(
    stdout,
    `${failed("program")}${file}:5: expected a call`,
  );
});

test("takes lines that end as on Windows", async (folder) => {
  const text = REFERENCE.replaceAll("\n", "\r\n");
  const file = await writeReference(folder, { text });
  assertEquals((await check([file])).code, 0);
});

for (
  const [what, text] of [
    ["begins with a byte order mark", `\uFEFF${REFERENCE}`],
    ["ends without the end of its line", REFERENCE.trimEnd()],
  ] as const
) {
  test(`takes a reference trace that ${what}`, async (folder) => {
    const program = await writeTest(folder, `${MALLOC_8} return 0;`);
    const reference = await writeReference(folder, { text });
    for (const file of [reference, program]) {
      const { code, stdout } = await check([file]);
      assertEquals([code, stdout], [0, passed("program") + total("1/1")]);
    }
  });
}

test("warns of the programs of a folder that have no reference trace", async (folder) => {
  await writeReference(folder, { name: "a" });
  for (const name of ["b.c", "c.so", "b.h"]) {
    await Deno.writeTextFile(`${folder}/${name}`, "");
  }
  const { code, stdout, stderr } = await check([folder]);
  assertEquals([code, stdout], [0, passed("a") + total("1/1")]);
  assertEquals(
    stderr,
    `osmem: warning: ${folder}/b.c, ${folder}/c.so: not run: there is no reference ` +
      "trace (.ref) next to them\n",
  );
});

test("fails a reference trace without an end, or longer than --max-input", async (folder) => {
  await Deno.symlink("/dev/zero", `${folder}/a.ref`);
  await writeReference(folder, { name: "b" });
  const { code, stdout } = await check(["--max-input", "10", folder]);
  assertEquals(code, 1);
  assertStringIncludes(
    stdout,
    `${failed("a")}${folder}/a.ref: cannot be read: it is a device or a pipe`,
  );
  assertStringIncludes(
    stdout,
    `${
      failed("b")
    }${folder}/b.ref: it is longer than 10 B (10 bytes, counted ` +
      "after decompression); give a shorter recording, or raise the limit",
  );
});

test("fails a reference trace that is a folder, and goes on", async (folder) => {
  await Deno.mkdir(`${folder}/a.ref`);
  await writeReference(folder, { name: "b" });
  const { code, stdout } = await check([folder]);
  assertEquals(code, 1);
  assertStringIncludes(
    stdout,
    `${failed("a")}${folder}/a.ref: cannot be read: Is a directory`,
  );
  assertStringIncludes(stdout, passed("b"));
});

for (
  const [what, name, problem] of [
    ["what is not there", "none", "no such file or folder"],
    ["a file of another kind", "file.txt", "expected a folder, a reference"],
    ["a program alone", "alone.c", "has no reference trace: "],
    ["a folder without a trace", "empty", "contains no reference trace (.ref)"],
  ] as const
) {
  test(`refuses ${what}, before it runs anything`, async (folder) => {
    await Deno.mkdir(`${folder}/empty`);
    for (const file of ["file.txt", "alone.c"]) {
      await Deno.writeTextFile(`${folder}/${file}`, "");
    }
    const { code, stdout, stderr } = await check([
      await writeReference(folder),
      `${folder}/${name}`,
    ]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, `osmem: ${folder}/${name}: ${problem}`);
  });
}

test("needs something to check", async () => {
  const { code, stderr } = await check([]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "missing required argument 'tests'");
});

async function writePoints(folder: string, text: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/points.json`, text);
  return `${folder}/points.json`;
}

test("--points weighs tests", async (folder) => {
  for (const name of ["a", "b", "c"]) await writeReference(folder, { name });
  await writeTest(folder, "return 0;", "d");
  const points = await writePoints(
    folder,
    `{ "a": 0.1, "b": 0.2, "c": 5, "d": 4, "e": 9 }`,
  );
  const { code, stdout, stderr } = await check(["--points", points, folder]);
  assertEquals(code, 1);
  assertEquals(stderr, `osmem: warning: ${points}: no test is called e\n`);
  for (const line of [passed("a", 0.1), passed("b", 0.2), passed("c", 5)]) {
    assertStringIncludes(stdout, line);
  }
  assertStringIncludes(stdout, total("5.3/9.3"));
});

for (
  const [text, problem] of [
    [`{ "other": 1 }`, "the points do not list the test program"],
    [`{ "program": -1 }`, "program is worth -1: expected a number, 0 or more"],
    [`{ "program": 1e400 }`, "program is worth Infinity: expected a number"],
    [`{ "program": "5" }`, `program is worth "5": expected a number`],
    ["[5]", "expected an object with the points of each test"],
    ["{", "not JSON: "],
  ] as const
) {
  test(`--points refuses ${text}`, async (folder) => {
    const points = await writePoints(folder, text);
    const { code, stdout, stderr } = await check([
      "-p",
      points,
      await writeReference(folder),
    ]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, problem);
  });
}

test("--points names a file that cannot be read", async (folder) => {
  const file = await writeReference(folder);
  const points = `${folder}/none.json`;
  const { code, stderr } = await check(["-p", points, file]);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    `osmem: ${points}: cannot be read: No such file`,
  );
});

test("--json prints the results as data", async (folder) => {
  const replayed = await writeReference(folder, { name: "a" });
  const program = await writeTest(folder, "return 0;", "b");
  const { code, stdout } = await check(["--json", replayed, program]);
  assertEquals(code, 1);
  const [first, second] = JSON.parse(stdout);
  assertEquals(first, {
    name: "a",
    program: null,
    passed: true,
    points: 1,
    possible: 1,
    problem: null,
  });
  assertEquals([second.program, second.passed, second.points], [
    program,
    false,
    0,
  ]);
  assertMatch(second.problem, /^--- .*\n\+\+\+ the trace obtained\n@@/);
});

test("-I names a folder with headers", async (folder) => {
  await Deno.mkdir(`${folder}/headers`);
  await Deno.writeTextFile(`${folder}/headers/own.h`, "#define SIZE 8\n");
  const file = await writeReference(folder).then(() =>
    writeProgram(folder, "os_malloc(SIZE); return 0;", {
      before: '#include "own.h"',
    })
  );
  assertEquals((await check([file])).code, 1);
  assertEquals((await check(["-I", `${folder}/headers`, file])).code, 0);
});

test("--jobs prints the results in the order of the tests", async (folder) => {
  const slow = `usleep(700000); ${MALLOC_8} return 0;`;
  await writeTest(folder, slow, "a");
  await writeTest(folder, `${MALLOC_8} return 0;`, "b");
  await writeTest(folder, `${MALLOC_8} return 0;`, "c");
  const { stdout } = await check(["--jobs", "3", folder]);
  assertEquals(
    stdout,
    passed("a") + passed("b") + passed("c") + total("3/3"),
  );
});

for (
  const args of [["--jobs", "0"], ["--time-limit", "0"], [
    "--time-limit",
    "soon",
  ]]
) {
  test(`takes no ${args.join(" ")}`, async (folder) => {
    const { code, stdout } = await check([
      ...args,
      await writeReference(folder),
    ]);
    assertEquals([code, stdout], [2, ""]);
  });
}

for (const missing of ["write", "run"]) {
  test(`says that programs need --allow-${missing}`, async (folder) => {
    const { code, stdout, stderr } = await spawnCheck(
      [await writeTest(folder, "return 0;")],
      {
        permissions: TO_RUN_PROGRAMS.filter((flag) => !flag.endsWith(missing)),
      },
    );
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, new RegExp(`run deno with --allow-${missing}\n$`));
  });
}

test("runs programs on the library that OSMEM_LIB names, where that may be read", async (folder) => {
  const library = `${folder}/libosmem.so`;
  await Deno.copyFile(new URL("native/libosmem.so", ROOT), library);
  const file = await writeTest(
    folder,
    `FILE *maps = fopen("/proc/self/maps", "r");
     char line[4096];
     int is_loaded = 0;
     while (fgets(line, sizeof(line), maps))
       is_loaded |= strstr(line, "${library}") != NULL;
     ${MALLOC_8}
     return !is_loaded;`,
  );
  const env = { OSMEM_LIB: library };
  const permissions = [...TO_RUN_PROGRAMS, "--allow-env=OSMEM_LIB"];
  assertEquals((await spawnCheck([file], { env, permissions })).code, 0);
  assertEquals((await spawnCheck([file], { env })).code, 1);
});

test("leaves nothing in the folder for temporary files", async (folder) => {
  const temporary = `${folder}/temporary`;
  await Deno.mkdir(temporary);
  await writeTest(folder, `${MALLOC_8} return 0;`, "a");
  await writeTest(folder, "return nothing;", "b");
  await writeTest(folder, "for (;;) pause();", "c");
  await spawnCheck(["--time-limit", "2", folder], {
    env: { TMPDIR: temporary },
  });
  assertEquals([...Deno.readDirSync(temporary)], []);
});

/** Whether there is a process of this number. */
function isRunning(process: number): boolean {
  try {
    Deno.kill(process, "SIGCONT");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`leaves no process and no file behind on ${signal}`, async (folder) => {
    const temporary = `${folder}/temporary`;
    await Deno.mkdir(temporary);
    const begun = `${folder}/begun`;
    await writeTest(
      folder,
      `char number[20];
       snprintf(number, sizeof(number), "%d", getpid());
       symlink(number, "${begun}");
       for (;;);`,
    );
    const child = new Deno.Command(Deno.execPath(), {
      args: denoArguments(["check", folder], TO_RUN_PROGRAMS),
      cwd: ROOT,
      env: { TMPDIR: temporary },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await until(() =>
      [...Deno.readDirSync(folder)].some(({ name }) =>
        begun.endsWith(`/${name}`)
      )
    );
    const process = Number(await Deno.readLink(begun));
    assert(isRunning(process));
    child.kill(signal);
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    assertEquals(
      [code, decoder.decode(stdout), decoder.decode(stderr)],
      [1, "", "osmem: interrupted: 0 of 1 tests were run\n"],
    );
    assert(!isRunning(process), "its program still runs");
    assertEquals([...Deno.readDirSync(temporary)], []);
  });
}

gatedTest({
  name: "osmem check passes the programs of tests/programs, each on the heap",
  needs: [...TO_RUN_OSMEM, TO_LINK, { name: "write" }],
  async fn() {
    const programs = [...Deno.readDirSync(new URL("tests/programs", ROOT))]
      .map(({ name }) => `tests/programs/${name}`)
      .filter((path) => path.endsWith(".c")).sort();
    const some = casesOf(programs, seededRandom());
    const given = IS_THOROUGH ? ["tests/programs"] : some;
    const { stdout, stderr } = await check(["--json", ...given]);
    const results: { name: string; program: string; problem: string | null }[] =
      JSON.parse(stdout);
    assertEquals(
      results.map(({ program, problem }) => [program, problem]),
      some.map((program) => [program, null]),
    );
    assertEquals(stderr, "");
  },
});

gatedTest({
  name: "osmem check passes the course's traces",
  needs: [...TO_RUN_MAIN, toReadIt],
  leftOut: isThere(CONFORMANCE) ? undefined : "there is no such folder",
  async fn() {
    const { code, stdout } = await check([
      decodeURIComponent(CONFORMANCE.pathname),
    ]);
    assertEquals(code, 0);
    assert(stdout.endsWith(total("16/16")));
  },
});

function isThere(folder: URL): boolean {
  if (!isGranted(toReadIt)) return false;
  try {
    return Deno.statSync(folder).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
