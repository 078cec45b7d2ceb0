import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { parseRun } from "../../../lab/mod.ts";
import {
  compile,
  TO_RUN_PROGRAMS,
  writeProgram,
} from "../../support/c_program.ts";
import {
  denoArguments,
  osmem,
  quote,
  ROOT,
  shell,
  shellCommand,
  TO_RUN_OSMEM,
} from "../../support/command.ts";
import { programCommand } from "../../support/program_command.ts";
import { TO_LINK } from "../../support/compile_c.ts";
import { gatedTest, gatedTests, isGranted } from "../../support/permissions.ts";
import { run } from "../../support/run_deno.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { runMain, TO_RUN_MAIN } from "../../support/run_main.ts";
import { until } from "../../support/until.ts";

const SIGPIPE = 13;

const { run: exec, test } = programCommand("exec");

/** Registers a test of the command line alone: no program is run. */
const testUsage = gatedTests("osmem", TO_RUN_MAIN);

/** Runs a program with this `main`. */
async function execMain(
  folder: string,
  main: string,
  { options = [], before = "" }: {
    readonly options?: readonly string[];
    readonly before?: string;
  } = {},
) {
  return await exec([...options, await writeProgram(folder, main, { before })]);
}

const PRINT_ARGUMENTS = `
  for (int i = 0; i < argc; i++) printf("[%s]", argv[i]);
  printf("%s\\n", argv[argc] == NULL ? "NULL" : "something");
  return 0;`;

test("gives a program its name and its arguments, with NULL behind them", async (folder) => {
  const file = await writeProgram(folder, PRINT_ARGUMENTS);
  const args = ["two words", "", "ü € 😀", "--", "-", "line\nend"];
  const { code, stdout, stderr } = await exec([file, ...args]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(
    stdout,
    [file, ...args].map((arg) => `[${arg}]`).join("") + "NULL\n",
  );
});

test("gives a main with three parameters the environment", async (folder) => {
  const file = `${folder}/program.c`;
  await Deno.writeTextFile(
    file,
    `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char *argv[], char *envp[])
{
  (void)argc;
  (void)argv;
  for (; *envp; envp++)
    if (strcmp(*envp, "GIVEN=here") == 0) puts(*envp);
  return strcmp(getenv("GIVEN"), "here");
}
`,
  );
  const { code, stdout, stderr } = await exec([file], {
    env: { GIVEN: "here" },
  });
  assertEquals([code, stdout, stderr], [0, "GIVEN=here\n", ""]);
});

test("leaves the options behind a program to the program", async (folder) => {
  const file = await writeProgram(folder, PRINT_ARGUMENTS);
  const { code, stdout, stderr } = await exec([
    file,
    "--stats",
    "-l",
    "--help",
  ]);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "[--stats][-l][--help]NULL");
});

for (const command of ["exec", "trace"]) {
  testUsage(
    `${command} --help says whose the options behind a program are`,
    async () => {
      const { stdout } = await runMain([command, "--help"]);
      assertStringIncludes(
        stdout.replaceAll(/\s+/g, " "),
        "Options after the program are passed to the program.",
      );
    },
  );
}

test("takes a program whose name begins like an option behind --", async (folder) => {
  await writeProgram(folder, PRINT_ARGUMENTS, { name: "-program" });
  const here = decodeURIComponent(ROOT.pathname);
  const args = denoArguments(["exec", "--", "-program.c", "--", "x"], [
    ...TO_RUN_PROGRAMS,
    `--config=${here}/deno.json`,
  ]).map((arg) => arg === "lab/cli.ts" ? `${here}/${arg}` : arg);
  const { stdout, stderr } = await shell(
    `cd ${quote([folder])} && ${quote([Deno.execPath(), ...args])}`,
  );
  assertEquals([stdout, stderr], ["[-program.c][--][x]NULL\n", ""]);
});

for (
  const [main, status] of [
    ["return 7;", 7],
    ["return 256 + 5;", 5],
    ["return -1;", 255],
    ["exit(9);", 9],
    ["exit(256 + 5);", 5],
  ] as const
) {
  test(`ends with the program's exit status: ${main}`, async (folder) => {
    const { code, signal, stderr } = await execMain(folder, main);
    assertEquals([code, signal, stderr], [status, null, ""]);
  });
}

test("reports a program that exits in the middle of a function", async (folder) => {
  const before = "static void leave(void) { os_malloc(8); exit(3); }";
  const { code, stderr } = await execMain(folder, "leave(); return 0;", {
    before,
  });
  assertEquals([code, stderr], [
    3,
    "osmem: warning: 1 block was not freed; --leaks lists it\n",
  ]);
});

test("calls what the program registered with atexit before it reports", async (folder) => {
  const before = `static void *block;
static void give_back(void) { puts("handler"); os_free(block); }`;
  const { code, stdout, stderr } = await execMain(
    folder,
    "atexit(give_back); block = os_malloc(8); return 4;",
    { before, options: ["--leaks"] },
  );
  assertEquals([code, stdout, stderr], [
    4,
    "handler\n",
    "Every block was freed.\n",
  ]);
});

test("passes on what a program prints, before its report", async (folder) => {
  const file = await writeProgram(
    folder,
    `printf("no end of line"); return 0;`,
  );
  const command = shellCommand(["exec", "--leaks", file], TO_RUN_PROGRAMS);
  const { stdout } = await shell(`${command} 2>&1 | cat`);
  assertEquals(stdout, "no end of lineEvery block was freed.\n");
});

for (
  const [main, by] of [
    ["*(volatile int *)NULL = 1; return 0;", "SIGSEGV"],
    ["abort();", "SIGABRT"],
    ["raise(SIGKILL); return 0;", "SIGKILL"],
  ] as const
) {
  test(`ends by the signal that ends the program: ${by}`, async (folder) => {
    const { signal, stdout } = await execMain(folder, main);
    assertEquals([signal, stdout], [by, ""]);
  });
}

test("ends by SIGPIPE if nobody reads what the program prints", async (folder) => {
  const file = await writeProgram(folder, `for (;;) puts("again");`);
  const command = shellCommand(["exec", file], TO_RUN_PROGRAMS);
  const { stdout, stderr } = await shell(
    `{ ${command}; echo $? >&2; } | head -n 1`,
  );
  assertEquals([stdout, stderr], ["again\n", `${128 + SIGPIPE}\n`]);
});

test("keeps the run and the exit status if nobody reads standard error", async (folder) => {
  const file = await writeProgram(
    folder,
    "sleep(1); os_malloc(10); return 5;",
    { before: "#include <unistd.h>\n" },
  );
  const run = `${folder}/run.json`;
  const command = shellCommand(
    ["exec", "--leaks", "-o", run, file],
    TO_RUN_PROGRAMS,
  );
  const { stdout } = await shell(
    `{ { ${command} 2>&1 >&3; echo $? >&3; } | true; } 3>&1; ls ${run}`,
  );
  assertEquals(stdout, `5\n${run}\n`);
});

test("--leaks says that there is none", async (folder) => {
  const { stderr } = await execMain(
    folder,
    "os_free(os_malloc(8)); return 0;",
    { options: ["--leaks"] },
  );
  assertEquals(stderr, "Every block was freed.\n");
});

test("--leaks lists where a block is, its size, and the call it came from", async (folder) => {
  const { stderr } = await execMain(
    folder,
    "os_free(os_malloc(8)); os_malloc(10); return 0;",
    { options: ["-l"] },
  );
  assertEquals(
    stderr,
    `1 block of 10 B was not freed:
┌──────────────────┬───────┬─────────────────────────┐
│ address          │ bytes │ first allocated by call │
├──────────────────┼───────┼─────────────────────────┤
│ HeapStart + 0x20 │    10 │                       3 │
└──────────────────┴───────┴─────────────────────────┘
`,
  );
});

test("--leaks names mappings, and what was resized by its first call", async (folder) => {
  const { stderr } = await execMain(
    folder,
    `void *block = os_malloc(20);
     block = os_realloc(block, 300);
     void *mapping = os_malloc(200000);
     mapping = os_realloc(mapping, 300000);
     os_calloc(3, 8);
     return 0;`,
    { options: ["--leaks"] },
  );
  const rows = stderr.split("\n").filter((line) => /\+ 0x/.test(line))
    .map((line) => line.split("│").map((cell) => cell.trim()).slice(1, -1));
  assertEquals(rows, [
    ["HeapStart + 0x20", "300", "1"],
    ["<mapped-addr2> + 0x20", "300,000", "3"],
    ["HeapStart + 0x170", "24", "5"],
  ]);
  assertMatch(stderr, /^3 blocks of 293 KiB were not freed:\n/);
});

test("counts leaks in a warning where they are not to be listed", async (folder) => {
  const { stderr } = await execMain(
    folder,
    "for (int i = 0; i < 1000; i++) os_malloc(8); return 0;",
  );
  assertEquals(
    stderr,
    "osmem: warning: 1,000 blocks were not freed; --leaks lists them\n",
  );
});

test("--stats prints what the heap did", async (folder) => {
  const { stdout, stderr } = await execMain(
    folder,
    "os_free(os_malloc(8)); return 0;",
    { options: ["--stats", "--fit", "worst", "--growth", "4096"] },
  );
  assertEquals(stdout, "");
  assertMatch(stderr, /^Run ".*\/program\.c" \(worst fit, split, /);
  assertStringIncludes(stderr, "\n  2 calls, 1 block\n");
  assertStringIncludes(stderr, "\n  1 growth of the heap: 1 first use\n");
});

test("--stats takes a program that allocates nothing", async (folder) => {
  const { code, stderr } = await execMain(folder, "return 0;", {
    options: ["--stats"],
  });
  assertEquals(code, 0);
  assertStringIncludes(stderr, "0 calls, 0 blocks");
});

for (const name of ["run.json", "run.json.gz"]) {
  test(`-o writes the run, to be read again: ${name}`, async (folder) => {
    const output = `${folder}/${name}`;
    const { code } = await execMain(
      folder,
      "os_malloc(100); os_malloc(200000); exit(6);",
      { options: ["-o", output] },
    );
    assertEquals(code, 6);
    const { readable } = await Deno.open(output);
    const text = name.endsWith(".gz")
      ? readable.pipeThrough(new DecompressionStream("gzip"))
      : readable;
    const run = parseRun(await new Response(text).text(), output);
    assertEquals([run.title, run.length], [`${folder}/program.c`, 2]);
    const map = await osmem(["map", output]);
    assertStringIncludes(map.stdout, "After call 2, malloc(200000)");
    const page = `${folder}/page.html`;
    const report = await osmem(["report", "-o", page, output], {
      permissions: TO_RUN_PROGRAMS,
    });
    assertEquals([report.code, report.stderr], [0, ""]);
  });
}

test("-o fails where it cannot write, and leaves nothing", async (folder) => {
  const output = `${folder}/none/run.json`;
  const { code, stdout, stderr } = await execMain(
    folder,
    'puts("ran"); return 0;',
    {
      options: ["-o", output],
    },
  );
  assertEquals([code, stdout], [1, "ran\n"]);
  assertStringIncludes(stderr, `osmem: cannot write to ${output}: `);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  assertEquals(names, ["program.c"]);
});

test("-o fails where a device is full, with its exit status", async (folder) => {
  const output = `${folder}/run.json`;
  await Deno.symlink("/dev/full", output);
  const file = await writeProgram(folder, "return 0;");
  const { code, stderr } = await exec(["-o", output, file], {
    permissions: ["--allow-all"],
  });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "No space left on device");
});

for (const output of ["/dev/full", "run.txt"]) {
  testUsage(`exec -o takes no name such as ${output}`, async () => {
    const { code, stderr } = await runMain(["exec", "-o", output, "none.c"]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "ends in .json or .json.gz.");
  });
}

testUsage("exec refuses a policy that there is not", async () => {
  const { code, stderr } = await runMain(["exec", "--fit", "never", "none.c"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "Expected one of best, first, next, worst.");
});

test("--memory process gives memory at the break of the process", async (folder) => {
  const { code, stdout } = await execMain(
    folder,
    `char *block = os_malloc(8);
     puts(block < (char *)sbrk(0) && block > (char *)sbrk(0) - (1 << 24) ? "near" : "far");
     return 0;`,
    { options: ["--memory", "process"] },
  );
  assertEquals([code, stdout], [0, "near\n"]);
});

test("refuses the calls of other threads, and says so", async (folder) => {
  const before = `static void *work(void *unused)
{ (void)unused; printf("%d ", os_malloc(5) == NULL); printf("%d\\n", errno == ENOMEM); return NULL; }`;
  const { code, stdout, stderr } = await execMain(
    folder,
    `pthread_t thread;
     os_free(os_malloc(8));
     pthread_create(&thread, NULL, work, NULL);
     pthread_join(thread, NULL);
     return 0;`,
    { before },
  );
  assertEquals([code, stdout], [0, "1 1\n"]);
  assertMatch(stderr, /^osmem: os_malloc\(5\) refused: .* another thread/);
});

test("says that there is no report if another thread calls exit", async (folder) => {
  const before =
    "static void *work(void *unused) { (void)unused; exit(7); return NULL; }";
  const { code, stderr } = await execMain(
    folder,
    `pthread_t thread;
     pthread_create(&thread, NULL, work, NULL);
     pthread_join(thread, NULL);
     return 0;`,
    { before, options: ["--leaks"] },
  );
  assertEquals([code, stderr], [
    7,
    "osmem: exit(7) was called by another thread than the one that runs main; so there is no report\n",
  ]);
});

const DESCEND = `static int descend(int depth, int (*at_end)(int))
{ volatile char frame[4096]; frame[0] = 0;
  return (depth == 0 ? at_end(0) : descend(depth - 1, at_end)) + frame[0]; }`;

test("refuses calls from deep in the stack, and goes on", async (folder) => {
  const before = `${DESCEND}
static int allocate(int result) { return os_malloc(8) == NULL ? 5 : result; }`;
  const { code, stderr } = await execMain(
    folder,
    "return descend(400, allocate);",
    { before },
  );
  assertEquals(code, 5);
  assertStringIncludes(stderr, "the stack is too deep for JavaScript");
});

test("says that there is no report if exit is called deep in the stack", async (folder) => {
  const before = `${DESCEND}
static int leave(int result) { exit(3); return result; }`;
  const { code, signal, stderr } = await execMain(
    folder,
    "return descend(400, leave);",
    { before },
  );
  assertEquals([code, signal, stderr], [
    3,
    null,
    "osmem: exit(3) was called too deep in the stack for JavaScript; so there is no report\n",
  ]);
});

test("reports once if the program forks", async (folder) => {
  const { code, stdout, stderr } = await execMain(
    folder,
    `int status;
     if (fork() == 0) exit(3);
     wait(&status);
     printf("%d\\n", WEXITSTATUS(status));
     return 0;`,
    { options: ["--leaks"] },
  );
  assertEquals([code, stdout, stderr], [0, "3\n", "Every block was freed.\n"]);
});

test("answers what runs before main", async (folder) => {
  const before = `static void *block;
__attribute__((constructor)) static void begin(void) { block = os_malloc(8); }`;
  const { code, stderr } = await execMain(
    folder,
    "os_free(block); return block == NULL;",
    { before },
  );
  assertEquals([code, stderr], [0, ""]);
});

test("reports after what was registered before main, as C++ does for its objects", async (folder) => {
  const before = `static void *block;
static void give_back(void) { os_free(block); puts("destroyed"); }
__attribute__((constructor)) static void begin(void)
{ block = os_malloc(8); atexit(give_back); }`;
  const { stdout, stderr } = await execMain(folder, "return 0;", {
    before,
    options: ["--leaks"],
  });
  assertEquals([stdout, stderr], ["destroyed\n", "Every block was freed.\n"]);
});

test("runs a shared object that is linked with the library, with --allow-ffi only", async (folder) => {
  const library = await compile(
    await writeProgram(folder, `puts("runs"); return os_malloc(8) == NULL;`),
  );
  const { code, stdout, stderr } = await exec([library], {
    permissions: ["--allow-ffi"],
  });
  assertEquals([code, stdout, stderr], [
    0,
    "runs\n",
    "osmem: warning: 1 block was not freed; --leaks lists it\n",
  ]);
});

/** What is wrong with a file that cannot be run. */
async function problemOf(file: string): Promise<string> {
  const { code, stdout, stderr } = await exec([file]);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, `osmem: ${file}: `);
  return stderr.replace(`osmem: ${file}: `, "").trimEnd();
}

test("names a file that is not there", async (folder) => {
  for (const file of [`${folder}/none.c`, `${folder}/none.so`]) {
    assertStringIncludes(await problemOf(file), "No such file or directory");
  }
});

test("refuses a folder", async (folder) => {
  assertStringIncludes(await problemOf(folder), "Is a directory");
  await Deno.mkdir(`${folder}/program.c`);
  assertEquals(
    await problemOf(`${folder}/program.c`),
    "is a folder; expected a C file",
  );
});

test("refuses a device, which the compiler would read for ever", async (folder) => {
  await Deno.symlink("/dev/zero", `${folder}/program.c`);
  assertEquals(
    await problemOf(`${folder}/program.c`),
    "is a device or a pipe; expected a C file",
  );
});

for (const text of ["short", "long ".repeat(100)]) {
  test(`refuses a text called .so of ${text.length} bytes`, async (folder) => {
    await Deno.writeTextFile(`${folder}/text.so`, text);
    assertMatch(
      await problemOf(`${folder}/text.so`),
      /^cannot be loaded: .*; compile it with cc -shared -fPIC … -losmem$/,
    );
  });
}

test("refuses an executable, and says how to compile it", async (folder) => {
  await writeProgram(folder, "return 0;");
  await shell(`cc -Inative ${folder}/program.c -o ${folder}/program`);
  assertMatch(
    await problemOf(`${folder}/program`),
    /position-independent executable; compile it with cc -shared/,
  );
});

test("refuses a program without main", async (folder) => {
  const file = `${folder}/program.c`;
  await Deno.writeTextFile(file, "int start(void) { return 0; }\n");
  assertEquals(await problemOf(file), "it has no function main");
  assertEquals(
    await problemOf(await compile(file)),
    "it has no function main",
  );
});

test("refuses a shared object that is not linked with the library, before it runs", async (folder) => {
  const file = await writeProgram(
    folder,
    `puts("ran"); os_free(NULL); return 0;`,
  );
  assertEquals(
    await problemOf(await compile(file, { isLinked: false })),
    "cannot be loaded: undefined symbol: os_free; link it with -losmem",
  );
});

test("refuses a program that calls what is nowhere, before it runs", async (folder) => {
  const file = await writeProgram(folder, `puts("ran"); return missing();`, {
    before: "int missing(void);",
  });
  assertEquals(
    await problemOf(file),
    "cannot be loaded: undefined symbol: missing; link it with what defines that",
  );
});

test("passes on why a program does not compile", async (folder) => {
  const problem = await problemOf(
    await writeProgram(folder, "return nothing;"),
  );
  assertMatch(problem, /^cc does not compile it:\n/);
  assertStringIncludes(problem, "nothing");
});

test("passes on the compiler's warnings, and runs the program", async (folder) => {
  const { code, stdout, stderr } = await execMain(
    folder,
    `puts("ran"); return 0;`,
    { before: '#warning "look here"' },
  );
  assertEquals([code, stdout], [0, "ran\n"]);
  assertMatch(stderr, /program\.c:.*warning: .*look here/);
});

test("-I names folders with headers", async (folder) => {
  await Deno.mkdir(`${folder}/with space`);
  await Deno.writeTextFile(`${folder}/with space/own.h`, "#define STATUS 8\n");
  const { code } = await execMain(folder, "return STATUS;", {
    before: '#include "own.h"',
    options: ["-I", folder, "-I", `${folder}/with space`],
  });
  assertEquals(code, 8);
});

test("names the folder and TMPDIR where it cannot compile", async (folder) => {
  const file = await writeProgram(folder, "return 0;");
  const { code, stderr } = await exec([file], {
    env: { TMPDIR: `${folder}/missing` },
  });
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /cannot make a folder to compile it in, in TMPDIR or \/tmp: No such file .*; set TMPDIR to a folder that can be written/,
  );
});

/** Runs a command where a folder is mounted noexec, in a namespace of its own. */
const MOUNT_NOEXEC =
  'mount -t tmpfs -o noexec none "$0" && TMPDIR=$0 exec "$@"';

const { code: noexecCode } = isGranted({ name: "run" })
  ? await run("sh", [
    "-c",
    "exec unshare -rm mount -t tmpfs -o noexec none /tmp",
  ])
  : { code: 1 };

gatedTest({
  name: "osmem exec runs a program where temporary files cannot be executed",
  needs: [...TO_RUN_OSMEM, TO_LINK, { name: "write" }],
  leftOut: noexecCode === 0 ? undefined : "a folder cannot be mounted here",
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const file = await writeProgram(folder, "return 7;");
      await Deno.mkdir(`${folder}/tmp`);
      const osmem = shellCommand(["exec", file], TO_RUN_PROGRAMS);
      const { code, stderr } = await shell(
        `unshare -rm sh -c ${quote([MOUNT_NOEXEC, `${folder}/tmp`])} ${osmem}`,
      );
      assertEquals([code, stderr], [7, ""]);
    }),
});

test("says so where there is no compiler", async (folder) => {
  const file = await writeProgram(folder, "return 0;");
  const { code, stderr } = await exec([file], { env: { PATH: folder } });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "cc is not installed; install a C compiler");
});

for (const missing of ["write", "run"]) {
  test(`says that it compiles with --allow-${missing}`, async (folder) => {
    const file = await writeProgram(folder, "return 0;");
    const { code, stdout, stderr } = await exec([file], {
      permissions: TO_RUN_PROGRAMS.filter((flag) => !flag.endsWith(missing)),
    });
    assertEquals([code, stdout], [1, ""]);
    assertMatch(
      stderr,
      new RegExp(`^osmem: .*run deno with --allow-${missing}`),
    );
  });
}

test("-o says that it needs --allow-write", async (folder) => {
  const library = await compile(await writeProgram(folder, "return 0;"));
  const { code, stderr } = await exec(
    ["-o", `${folder}/run.json`, library],
    { permissions: ["--allow-ffi", "--allow-read"] },
  );
  assertEquals(code, 1);
  assertMatch(stderr, /Run deno with --allow-write\n$/);
});

test("says that it needs --allow-ffi", async (folder) => {
  const { code, stderr } = await exec([`${folder}/program.so`], {
    permissions: ["--allow-read"],
  });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "run deno with plain --allow-ffi");
});

testUsage("exec needs a program", async () => {
  const { code, stderr } = await runMain(["exec"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "missing required argument 'program'");
});

test("takes no option that there is not, before the program", async (folder) => {
  const { code, stdout } = await execMain(folder, `puts("ran"); return 0;`, {
    options: ["--lekas"],
  });
  assertNotEquals(stdout, "ran\n");
  assertEquals(code, 2);
});

for (const [name, number] of [["SIGINT", 2], ["SIGTERM", 15]] as const) {
  test(`lets ${name} end what a compiled program starts`, async (folder) => {
    const { code, stderr } = await execMain(
      folder,
      `int status = 0;
       pid_t child = fork();
       if (child == 0) { alarm(5); for (;;) pause(); }
       kill(child, ${name});
       wait(&status);
       return WTERMSIG(status);`,
    );
    assertEquals([code, stderr], [number, ""]);
  });
}

/** Makes an empty folder that a command has for its temporary files. */
async function makeTemporary(folder: string): Promise<string> {
  const temporary = `${folder}/temporary`;
  await Deno.mkdir(temporary);
  return temporary;
}

test("removes what it compiled", async (folder) => {
  const temporary = await makeTemporary(folder);
  for (const main of ["return 0;", "return nothing;"]) {
    const file = await writeProgram(folder, main);
    await exec([file], { env: { TMPDIR: temporary } });
    assertEquals([...Deno.readDirSync(temporary)], []);
  }
});

for (
  const [end, expected] of [
    ["exit(3)", { code: 3, signal: null }],
    ["raise(SIGKILL)", { code: 137, signal: "SIGKILL" }],
  ] as const
) {
  test(`removes what it compiled if ${end} is called before main`, async (folder) => {
    const temporary = await makeTemporary(folder);
    const file = await writeProgram(folder, "return 0;", {
      before:
        `__attribute__((constructor)) static void begin(void) { ${end}; }`,
    });
    const { code, signal } = await exec([file], { env: { TMPDIR: temporary } });
    assertEquals({ code, signal }, expected);
    assertEquals([...Deno.readDirSync(temporary)], []);
  });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`removes what it compiles if ${signal} interrupts it, and reports nothing`, async (folder) => {
    const temporary = await makeTemporary(folder);
    await Deno.writeTextFile(
      `${folder}/cc`,
      "#!/bin/sh\nexec sleep 60\n",
      { mode: 0o755 },
    );
    const file = await writeProgram(folder, "return 0;");
    const child = new Deno.Command(Deno.execPath(), {
      args: denoArguments(["exec", "--stats", file], TO_RUN_PROGRAMS),
      cwd: ROOT,
      env: { TMPDIR: temporary, PATH: `${folder}:/usr/bin:/bin` },
      stderr: "piped",
    }).spawn();
    await until(() => [...Deno.readDirSync(temporary)].length > 0);
    child.kill(signal);
    const { code, stderr } = await child.output();
    assertEquals(
      [code, new TextDecoder().decode(stderr)],
      [1, `osmem: ${file}: interrupted while cc compiled it\n`],
    );
    assertEquals([...Deno.readDirSync(temporary)], []);
  });
}

test("refuses a call in a child that was made without the C library", async (folder) => {
  const { code, stdout, stderr } = await execMain(
    folder,
    `int status;
     if (syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0L) == 0)
       _exit(os_malloc(8) == NULL ? 7 : 8);
     wait(&status);
     printf("%d\\n", WEXITSTATUS(status));
     os_free(os_malloc(8));
     return 0;`,
    { before: "#include <signal.h>\n#include <sys/syscall.h>" },
  );
  assertEquals([code, stdout], [0, "7\n"]);
  assertEquals(
    stderr,
    "osmem: os_malloc(8) refused: this process was forked off, and JavaScript was " +
      "not; call exec(3) in it first\n",
  );
});

test("ends a program whose main calls pthread_exit()", async (folder) => {
  const { code, stdout, stderr } = await execMain(
    folder,
    `os_malloc(8);
     printf("written");
     pthread_exit(NULL);`,
    { before: "#include <pthread.h>" },
  );
  assertEquals([code, stdout], [1, "written"]);
  assertEquals(
    stderr,
    "osmem: pthread_exit() was called by the thread that runs main; the process " +
      "ends, and there is no report; return from main or call exit()\n",
  );
});
