import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  compile,
  TO_RUN_PROGRAMS,
  writeProgram,
} from "../../support/c_program.ts";
import { ROOT, shell, shellCommand } from "../../support/command.ts";
import { programCommand } from "../../support/program_command.ts";

const SIGPIPE = 13;

const { run: trace, test } = programCommand("trace");

/** The command for a shell. */
function command(args: readonly string[]): string {
  return shellCommand(["trace", ...args], TO_RUN_PROGRAMS);
}

/** Traces a program with this `main`. */
async function traceMain(
  folder: string,
  main: string,
  { options = [], before = "" }: {
    readonly options?: readonly string[];
    readonly before?: string;
  } = {},
) {
  return await trace([
    ...options,
    await writeProgram(folder, main, { before }),
  ]);
}

/** A line of a trace: its columns. */
function line(call: string, result: string): string {
  return `${call.padEnd(90)}= ${result}\n`;
}

const FIRST_GROWTH = line("  brk (['0'])", "HeapStart + 0x0") +
  line("  brk (['HeapStart + 0x20000'])", "HeapStart + 0x20000");
const MALLOC_8 = line("os_malloc (['8'])", "HeapStart + 0x20") + FIRST_GROWTH;
const EXIT_0 = "+++ exited (status 0) +++\n";

const EVERY_CALL = `
  void *block = os_malloc(100);
  void *mapping = os_calloc(2, 100000);
  block = os_realloc(block, 200);
  mapping = os_realloc(mapping, 300000);
  os_free(mapping);
  os_free(block);
  exit(3);`;

test("prints each call with its system calls, as the course's checker does", async (folder) => {
  const { code, stdout, stderr } = await traceMain(folder, EVERY_CALL);
  assertEquals([code, stderr], [3, ""]);
  assertEquals(
    stdout,
    `\
os_malloc (['100'])                                                                       = HeapStart + 0x20
  brk (['0'])                                                                             = HeapStart + 0x0
  brk (['HeapStart + 0x20000'])                                                           = HeapStart + 0x20000
os_calloc (['2', '100000'])                                                               = <mapped-addr1> + 0x20
  mmap (['0', '200032', 'PROT_READ | PROT_WRITE', 'MAP_PRIVATE | MAP_ANON', '-1', '0'])   = <mapped-addr1>
os_realloc (['HeapStart + 0x20', '200'])                                                  = HeapStart + 0x20
os_realloc (['<mapped-addr1> + 0x20', '300000'])                                          = <mapped-addr2> + 0x20
  mmap (['0', '300032', 'PROT_READ | PROT_WRITE', 'MAP_PRIVATE | MAP_ANON', '-1', '0'])   = <mapped-addr2>
  munmap (['<mapped-addr1>', '200032'])                                                   = 0
os_free (['<mapped-addr2> + 0x20'])                                                       = <void>
  munmap (['<mapped-addr2>', '300032'])                                                   = 0
os_free (['HeapStart + 0x20'])                                                            = <void>
+++ exited (status 3) +++
`,
  );
});

test("prints the same in every run, and of a shared object", async (folder) => {
  const file = await writeProgram(folder, EVERY_CALL);
  const first = await trace([file]);
  const library = await compile(file);
  const others = [await trace([file]), await trace([library])];
  for (const { stdout } of others) assertEquals(stdout, first.stdout);
});

test("prints NULL, wrong pointers and the largest sizes as C has them", async (folder) => {
  const { stdout } = await traceMain(
    folder,
    `os_malloc(0);
     os_malloc(SIZE_MAX);
     os_calloc(SIZE_MAX, 2);
     os_realloc(NULL, SIZE_MAX - 7);
     os_free((void *)8);
     os_free((void *)-8L);
     return os_realloc((void *)-64L, 8) != NULL;`,
  );
  assertEquals(
    stdout,
    line("os_malloc (['0'])", "0") +
      line("os_malloc (['18446744073709551615'])", "0") +
      line("os_calloc (['18446744073709551615', '2'])", "0") +
      line("os_realloc (['0', '18446744073709551608'])", "0") +
      line("os_free (['0x8'])", "<void>") +
      line("os_free (['0xfffffffffffffff8'])", "<void>") +
      line("os_realloc (['0xffffffffffffffc0', '8'])", "0") + EXIT_0,
  );
});

test("prints the calls of functions that run at exit before the exit", async (folder) => {
  const before = `static void *block;
static void give_back(void) { os_free(block); }`;
  const { stdout, stderr } = await traceMain(
    folder,
    "atexit(give_back); block = os_malloc(8); return 0;",
    { before },
  );
  assertEquals(
    [stdout, stderr],
    [MALLOC_8 + line("os_free (['HeapStart + 0x20'])", "<void>") + EXIT_0, ""],
  );
});

test("follows the policy of its options", async (folder) => {
  const { stdout } = await traceMain(
    folder,
    "os_free(os_malloc(8)); return 0;",
    {
      options: ["--preallocate", "4096", "--mmap-threshold", "40"],
    },
  );
  assertStringIncludes(stdout, "mmap (['0', '40'");
});

for (
  const [main, by] of [
    ["os_malloc(8); *(volatile int *)NULL = 1; return 0;", "SIGSEGV"],
    ["os_malloc(8); abort();", "SIGABRT"],
  ] as const
) {
  test(`has printed what was called before ${by}`, async (folder) => {
    const { signal, stdout } = await traceMain(folder, main);
    assertEquals([signal, stdout], [by, MALLOC_8]);
  });
}

test("prints what the program prints before its exit", async (folder) => {
  const { stdout } = await traceMain(folder, `puts("text"); return 0;`);
  assertEquals(stdout, `text\n${EXIT_0}`);
});

test("--file keeps the trace apart from what the program prints", async (folder) => {
  const file = `${folder}/program.ref`;
  const { code, stdout, stderr } = await traceMain(
    folder,
    `os_free(os_malloc(8)); printf("no end of line"); return 0;`,
    { options: ["--file", file] },
  );
  assertEquals([code, stdout, stderr], [0, "no end of line", ""]);
  assertEquals(
    await Deno.readTextFile(file),
    MALLOC_8 + line("os_free (['HeapStart + 0x20'])", "<void>") + EXIT_0,
  );
});

test("--file keeps what there was if the program cannot be run", async (folder) => {
  const file = `${folder}/program.ref`;
  await Deno.writeTextFile(file, "before");
  const { code } = await traceMain(folder, "return nothing;", {
    options: ["-w", file],
  });
  assertEquals([code, await Deno.readTextFile(file)], [1, "before"]);
});

test("--file runs nothing if it cannot be written", async (folder) => {
  for (const file of [folder, `${folder}/none/program.ref`]) {
    const { code, stdout, stderr } = await traceMain(
      folder,
      `puts("ran"); return 0;`,
      { options: ["--file", file] },
    );
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, `osmem: cannot write to ${file}: `);
  }
});

test("fails where its trace cannot be written whole", async (folder) => {
  const file = await writeProgram(folder, "os_free(os_malloc(8)); return 0;");
  const { code, stderr } = await shell(`${command([file])} > /dev/full`);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    "osmem: cannot write to standard output: No space left on device",
  );
});

test("ends by SIGPIPE if nobody reads the trace", async (folder) => {
  const file = await writeProgram(folder, "for (;;) os_free(os_malloc(8));");
  const { stdout, stderr } = await shell(
    `{ ${command([file])}; echo $? >&2; } | head -n 1`,
  );
  assertEquals(stdout, line("os_malloc (['8'])", "HeapStart + 0x20"));
  assertEquals(stderr, `${128 + SIGPIPE}\n`);
});

test("says that nobody reads the trace to a program that ignores SIGPIPE", async (folder) => {
  const file = await writeProgram(
    folder,
    `signal(SIGPIPE, SIG_IGN);
     for (int i = 0; i < 20000; i++) os_free(os_malloc(8));
     fputs("came to its end\\n", stderr);
     return 0;`,
  );
  const { stderr } = await shell(
    `{ ${command([file])}; echo $? >&2; } | head -n 1`,
  );
  assertEquals(
    stderr,
    "came to its end\nosmem: cannot write to standard output: Broken pipe. " +
      "Make room or write elsewhere\n1\n",
  );
});

test("prints the trace of a program that closes standard output", async (folder) => {
  const own = `${folder}/own`;
  const { code, stdout } = await traceMain(
    folder,
    `fclose(stdout);
     FILE *own = fopen("${own}", "w");
     os_malloc(8);
     fputs("its own", own);
     return 0;`,
  );
  assertEquals([code, stdout], [0, MALLOC_8 + EXIT_0]);
  assertEquals(await Deno.readTextFile(own), "its own");
});

test("leaves out the calls that no heap answered", async (folder) => {
  const before = `static void *work(void *unused)
{ (void)unused; return os_malloc(5); }`;
  const { stdout, stderr } = await traceMain(
    folder,
    `pthread_t thread;
     pthread_create(&thread, NULL, work, NULL);
     pthread_join(thread, NULL);
     return 0;`,
    { before },
  );
  assertEquals(stdout, EXIT_0);
  assertStringIncludes(stderr, "osmem: os_malloc(5) refused: ");
});

test("prints one exit if the program forks", async (folder) => {
  const { stdout } = await traceMain(
    folder,
    `if (fork() == 0) exit(3); wait(NULL); return 0;`,
  );
  assertEquals(stdout, EXIT_0);
});

test("--memory process labels a segment behind what others took", async (folder) => {
  const { code, stdout, stderr } = await traceMain(
    folder,
    `void *first = os_malloc(100000);
     sbrk(64);
     void *second = os_malloc(100000);
     os_free(second);
     os_free(first);
     return 0;`,
    { options: ["--memory", "process"] },
  );
  assertEquals([code, stderr], [0, ""]);
  const frees = stdout.split("\n").filter((each) => each.startsWith("os_free"));
  assertEquals(frees, [
    line("os_free (['<segment2> + 0x20'])", "<void>").trimEnd(),
    line("os_free (['HeapStart + 0x20'])", "<void>").trimEnd(),
  ]);
});

test("reports leaks, figures and the run as exec does", async (folder) => {
  const run = `${folder}/run.json`;
  const { stdout, stderr } = await traceMain(
    folder,
    "os_malloc(8); return 0;",
    {
      options: ["--leaks", "--stats", "-o", run],
    },
  );
  assertEquals(stdout, MALLOC_8 + EXIT_0);
  assertStringIncludes(stderr, "1 call, 1 block\n");
  assertStringIncludes(stderr, "1 block of 8 B was not freed:\n");
  assert(Deno.statSync(run).isFile);
});

for (const name of ["growth", "contents", "exit-in-a-function"]) {
  test(`prints the reference trace of ${name}.c`, async () => {
    const { stdout } = await trace([`tests/programs/${name}.c`]);
    const reference = new URL(`tests/programs/${name}.ref`, ROOT);
    assertEquals(stdout, await Deno.readTextFile(reference));
  });
}
