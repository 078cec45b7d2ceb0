import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { callsOf, traceOf } from "../../support/traces.ts";

const HEAD = "==7== Memcheck, a memory error detector\n";

function callsIn(...lines: string[]) {
  return traceOf(HEAD + lines.map((line) => `--7-- ${line}\n`).join(""))
    .then(callsOf);
}

async function problemIn(...lines: string[]): Promise<string> {
  const text = HEAD + lines.join("\n");
  return (await assertRejects(
    () => traceOf(text, { strict: true }),
    TraceError,
  )).message;
}

Deno.test("valgrind: each call of malloc's family is read with its arguments", async () => {
  const calls = await callsIn(
    "malloc(100) = 0x4BAD040",
    "calloc(3,7) = 0x4BAD0F0",
    "realloc(0x4BAD040,200) = 0x4BAD200",
    "memalign(al 64, size 50) = 0x4BAD300",
    "free(0x4BAD0F0)",
  );
  assertEquals(calls, [
    "malloc #0 1x100",
    "calloc #1 3x7",
    "realloc #0 1x200",
    "memalign #2 1x50",
    "free #1 0x0",
  ]);
});

Deno.test("valgrind: realloc of NULL, which prints its malloc on the same line, is one call", async () => {
  const calls = await callsIn(
    "realloc(0x0,262144)malloc(262144) = 0x4BAD040",
    "free(0x4BAD040)",
  );
  assertEquals(calls, ["realloc #0 1x262144", "free #0 0x0"]);
});

Deno.test("valgrind: realloc to 0, which prints its free and goes on in the next line, is one call", async () => {
  const calls = await callsIn(
    "malloc(10) = 0x10",
    "realloc(0x10,0)free(0x10)",
    " = 0",
    "malloc(20) = 0x10",
    "free(0x10)",
  );
  assertEquals(calls, [
    "malloc #0 1x10",
    "realloc #0 1x0",
    "malloc #1 1x20",
    "free #1 0x0",
  ]);
});

Deno.test("valgrind: realloc to 0 with its free on a line of its own is one call", async () => {
  const calls = await callsIn(
    "malloc(10) = 0x10",
    "realloc(0x10,0)",
    "free(0x10)",
    " = 0x0",
  );
  assertEquals(calls, ["malloc #0 1x10", "realloc #0 1x0"]);
});

Deno.test("valgrind: a block keeps its number when realloc moves it", async () => {
  const calls = await callsIn(
    "malloc(1) = 0x10",
    "realloc(0x10,2) = 0x20",
    "realloc(0x20,3) = 0x30",
    "free(0x30)",
  );
  assertEquals(calls, [
    "malloc #0 1x1",
    "realloc #0 1x2",
    "realloc #0 1x3",
    "free #0 0x0",
  ]);
});

Deno.test("valgrind: free(NULL) is a call that concerns no block", async () => {
  assertEquals(await callsIn("free(0x0)"), ["free NULL 0x0"]);
});

Deno.test("valgrind: operator new and delete count as malloc and free", async () => {
  const calls = await callsIn(
    "_Znwm(4) = 0x10",
    "_ZnwmSt11align_val_t(size 64, al 64) = 0x20",
    "_ZdlPvm(0x10)",
    "_ZdaPv(0x20)",
  );
  assertEquals(calls, [
    "malloc #0 1x4",
    "memalign #1 1x64",
    "free #0 0x0",
    "free #1 0x0",
  ]);
});

Deno.test("valgrind: malloc_usable_size is no call", async () => {
  const calls = await callsIn(
    "malloc(4) = 0x10",
    "malloc_usable_size(0x10) = 4",
  );
  assertEquals(calls, ["malloc #0 1x4"]);
});

Deno.test("valgrind: a result belongs to the call begun last when threads take turns inside a call", async () => {
  const calls = await callsIn(
    "malloc(9) = 0x10",
    "realloc(0x10,145)malloc(1) = 0x20",
    " = 0x30",
    "free(0x20)",
    "free(0x30)",
  );
  assertEquals(calls, [
    "malloc #0 1x9",
    "malloc #1 1x1",
    "realloc #0 1x145",
    "free #1 0x0",
    "free #0 0x0",
  ]);
});

Deno.test("valgrind: a malloc of another thread, of the size that a realloc of NULL waits for, is a call of its own", async () => {
  const calls = await callsIn(
    "realloc(0x0,8)",
    "malloc(8) = 0x10",
    " = 0x20",
    "free(0x20)",
  );
  assertEquals(calls, ["malloc #0 1x8", "realloc #1 1x8", "free #1 0x0"]);
});

Deno.test("valgrind: a call that failed is left out and counted", async () => {
  const trace = await traceOf(
    "--7-- malloc(8) = 0x10\n" +
      "--7-- malloc(18446744073709551615)Argument 'size' of function malloc has a fishy value\n" +
      "==7==    at 0x48417B4: malloc\n" +
      "--7--  = 0x0\n" +
      "--7-- realloc(0x10,1152921504606846976) = 0x0\n" +
      "--7-- calloc(1099511627776,1099511627776)free(0x10)\n",
  );
  assertEquals(callsOf(trace), ["malloc #0 1x8", "free #0 0x0"]);
  assertEquals(trace.omissions.failedCalls, 3);
});

Deno.test("valgrind: a call that never returned is left out and counted", async () => {
  const trace = await traceOf("--7-- malloc(8) = 0x10\n--7-- malloc(9)");
  assertEquals(callsOf(trace), ["malloc #0 1x8"]);
  assertEquals(trace.omissions.failedCalls, 1);
});

Deno.test("valgrind: remarks of valgrind and empty lines are passed over", async () => {
  const trace = await traceOf(
    "==7== Command: a.out\n\n--7-- Reading syms from a.out\n--7-- memcheck: sanity checks\n--7-- \n" +
      "**7** printed by the program\n--7-- malloc(8) = 0x10\n==7==\n",
  );
  assertEquals(callsOf(trace), ["malloc #0 1x8"]);
  assertEquals([...trace.lines], [7]);
});

Deno.test("valgrind: an error tells file, line, column, what was expected and what was found", async () => {
  assertEquals(
    await problemIn("--7-- malloc(8) = 0x10", "--7-- malloc(12x) = 0x20"),
    'test.trace:3:16: expected ")", found "x) = 0x20"',
  );
});

for (
  const [line, column, expected] of [
    ["--7-- malloc() = 0x10", 14, "a size in bytes"],
    ["--7-- mall", 7, "one of malloc's family"],
    ["--7-- realloc", 14, '"("'],
    ["--7-- malloc 8) = 0x10", 13, '"("'],
    ["--7-- _Znwm", 12, '"("'],
    ["--7-- mallok(8) = 0x10", 7, "one of malloc's family"],
    ["--7-- _Znwm(x) = 0x10", 13, "a size in bytes"],
    ["--7-- malloc(8) = ", 19, "an address"],
    ["--7-- malloc(8) = 0xZ", 19, "an address"],
    ["--7-- malloc(8) = 0x10 0x20", 23, "the end of the line"],
    ["--7-- calloc(8) = 0x10", 15, '","'],
    ["--7-- realloc(17,8) = 0x10", 15, "an address"],
    ["--7-- free(0x10", 16, '")"'],
    ["--7-- memalign(al 64) = 0x10", 21, ", size"],
    ["--7-- malloc(9007199254740993) = 0x10", 34, "2^53"],
    ["--x-- malloc(8) = 0x10", 1, "valgrind's mark"],
    ["output of the program", 1, "--log-file"],
  ] as const
) {
  Deno.test(`valgrind: ${JSON.stringify(line)} is refused at column ${column}`, async () => {
    const problem = await problemIn(line);
    assertStringIncludes(problem, `test.trace:2:${column}: expected `);
    assertStringIncludes(problem, expected);
  });
}

/** A trace of these lines, each of which must be understood. */
function strictTrace(...lines: string[]) {
  return traceOf(lines.map((line) => `${line}\n`).join(""), { strict: true });
}

Deno.test("valgrind: reallocarray prints its result twice from 3.24 on", async () => {
  const calls = await callsIn(
    "reallocarray(0x0,100,8) = 0x10",
    " = 0x10",
    "reallocarray(0x10,200,8)Warning: set address range perms: large range",
    " = 0x20",
    " = 0x20",
    "free(0x20)",
  );
  assertEquals(calls, ["realloc #0 1x800", "realloc #0 1x1600", "free #0 0x0"]);
});

Deno.test("valgrind: a reallocarray that fails prints its result once or twice, and may free its block", async () => {
  const trace = await strictTrace(
    "--7-- malloc(10) = 0x10",
    "--7-- reallocarray(0x10,9223372036854775817,4) = 0",
    "--7-- reallocarray(0x10,2305843009213693954,3) = 0x0",
    "--7-- free(0x10)",
    "--7--  = 0x0",
    "--7-- realloc(0x10,0)realloc() with size 0",
    "--7--  = 0x0",
  );
  assertEquals(callsOf(trace), ["malloc #0 1x10", "free #0 0x0"]);
  const { failedCalls, secondFrees } = trace.omissions;
  assertEquals({ failedCalls, secondFrees }, {
    failedCalls: 2,
    secondFrees: 1,
  });
});

Deno.test("valgrind: a calloc whose product overflows fails, whether its result is printed or not", async () => {
  const trace = await strictTrace(
    "--7-- calloc(9223372036854775817,4) = 0x0",
    "--7-- calloc(9223372036854775817,4)",
    "--7--  = 0x0",
    "--7-- calloc(9223372036854775817,4)calloc(2,3) = 0x10",
    "--7-- calloc(9223372036854775817,4)  SCHED[1]: TRC: FASTMISS",
    "--7-- malloc(9)  SCHED[1]: TRC: FASTMISS",
    "--7--  = 0x20",
  );
  assertEquals(callsOf(trace), ["calloc #0 2x3", "malloc #1 1x9"]);
  assertEquals(trace.omissions.failedCalls, 4);
});

Deno.test("valgrind: realloc to 0 that warns frees its block when its result comes", async () => {
  const trace = await strictTrace(
    "--7-- malloc(8) = 0x10",
    "--7-- realloc(0x10,0)realloc() with size 0",
    "==7==    at 0x48: realloc (vg_replace_malloc.c:1801)",
    "==7== ",
    "--7--  = 0x0",
    "--7-- realloc(0x99,0)realloc() with size 0",
    "--7--  = 0x0",
  );
  assertEquals(callsOf(trace), ["malloc #0 1x8", "realloc #0 1x0"]);
  assertEquals(trace.omissions.unknownFrees, 1);
});

Deno.test("valgrind: what stands between a call and its result is a note of the call", async () => {
  const trace = await strictTrace(
    "--7-- malloc(300000000)Warning: set address range perms: large range",
    "--7--  = 0x10",
    "--7-- realloc(0x10,40)Invalid free() / delete / delete[] / realloc()",
    "==7==    at 0x48: realloc",
    "--7--  = 0x0",
    "--7-- free(0x10)Warning: set address range perms: large range",
    "--7-- ",
  );
  assertEquals(callsOf(trace), ["malloc #0 1x300000000", "free #0 0x0"]);
  assertEquals([...trace.notes], [
    [1, "Warning: set address range perms: large range"],
    [3, "Invalid free() / delete / delete[] / realloc()\nat 0x48: realloc"],
  ]);
});

Deno.test("valgrind: valloc and pvalloc print only a result: a block of unknown size, whose free is known", async () => {
  const trace = await strictTrace(
    "--7--  = 0x10",
    "--7-- malloc(8) = 0x20",
    "--7-- free(0x10)",
    "--7--  = 0x30",
    "--7-- realloc(0x30,9) = 0x40",
  );
  assertEquals(callsOf(trace), ["malloc #0 1x8", "realloc #1 1x9"]);
  const { unsizedBlocks, unknownFrees, unknownReallocs } = trace.omissions;
  assertEquals([unsizedBlocks, unknownFrees, unknownReallocs], [2, 0, 0]);
});

Deno.test("valgrind: aligned allocations are read with and without labels, in the order of each function", async () => {
  const calls = await callsIn(
    "memalign(al 64, size 50) = 0x10",
    "memalign(size 51, al 64) = 0x20",
    "memalign(256, 512) = 0x30",
    "aligned_alloc(64, 128) = 0x40",
    "posix_memalign(al 64, size 100)",
    " = 0x50",
    "posix_memalign(0x1FFF000518, 64, 1000) = 0x60",
    "_ZnwmSt11align_val_t(128, 64) = 0x70",
    "_ZnamSt11align_val_tRKSt9nothrow_t(size 384, al 64) = 0x80",
  );
  assertEquals(
    calls.map((call) => call.replace(/^memalign #\d 1x/, "")),
    ["50", "51", "512", "128", "100", "1000", "128", "384"],
  );
});

Deno.test("valgrind: operator delete may say a size and an alignment", async () => {
  const calls = await callsIn(
    "_Znwm(4) = 0x10",
    "_ZdlPvm(0x10, 4)",
    "_Znwm(5) = 0x20",
    "_ZdaPvmSt11align_val_t(0x20, 128, 64)",
    "_Znwm(6) = 0x30",
    "_ZdlPvSt11align_val_t(0x30, al 64)",
  );
  assertEquals(calls.filter((call) => call.startsWith("free")).length, 3);
});

Deno.test("valgrind: lines of --time-stamp=yes are read", async () => {
  const trace = await strictTrace(
    "==00:00:00:00.000 7== Memcheck, a memory error detector",
    "--00:00:00:01.175 7-- malloc(8) = 0x10",
    "--00:00:00:01.188 7-- memalign(al 64, size 1000) = 0x20",
    "--00:00:00:01.190 7--  = 0x20",
  );
  assertEquals(callsOf(trace), ["malloc #0 1x8", "memalign #1 1x1000"]);
});

Deno.test("valgrind: lines of -v -v, --trace-syscalls=yes and --trace-sched=yes are no calls", async () => {
  const trace = await strictTrace(
    "--7--   SCHED[1]: TRC: CLIENTREQ",
    "--7-- malloc(10)  SCHED[1]: TRC: FASTMISS",
    "--7--   SCHED[1]: TRC: CLIENTREQ",
    "SYSCALL[7,1](1) sys_write ( 1, 0x1ffeffe3c0, 8 ) --> [async] ... ",
    "SYSCALL[7,1](1) ... [async] --> Success(0x8) ",
    "--7--  = 0x10",
    "--7-- mallinfo()",
    "--7-- summarise_context(loc_start = 0x1020): cannot summarise(why=1):",
    "0x50: [0]={ 0(r5) { u  u  u  c0 }",
    " --> [pre-success] Success(0x4036000) ",
    "client request: code 4d430101,  addr 0x1FFF000440,  len 0",
    "--7-- REDIR: 0x401e1b0 (ld-linux-x86-64.so.2:index) redirected to 0x58",
  );
  assertEquals(callsOf(trace), ["malloc #0 1x10"]);
});

Deno.test("valgrind: the program's own output may stand before a mark", async () => {
  const trace = await strictTrace(
    "--7-- malloc(8) = 0x10",
    "a? --7-- free(0x10)",
  );
  assertEquals(callsOf(trace), ["malloc #0 1x8", "free #0 0x0"]);
});

Deno.test("valgrind: a hole at the beginning of the file is passed over", async () => {
  const trace = await strictTrace(`${"\0".repeat(100)}--7-- malloc(8) = 0x10`);
  assertEquals(callsOf(trace), ["malloc #0 1x8"]);
});

const TWO_PROCESSES = [
  "--7-- free(0x0)",
  "--7-- malloc(8)Warning: large range",
  "--8-- malloc(9) = 0x10",
  "--8-- free(0x10)",
  "--7--  = 0x20",
];

Deno.test("valgrind: a log of several processes is refused with their calls and the command that picks the largest", async () => {
  const error = await assertRejects(
    () => strictTrace(...TWO_PROCESSES),
    TraceError,
  );
  assertStringIncludes(
    error.message,
    "test.trace: has calls of 2 processes, each with a heap of its own: " +
      "2 calls of process 8, 1 call of process 7; pick one with --pid, the " +
      "largest with osmem run --pid 8 test.trace",
  );
  assertStringIncludes(error.message, "--log-file=FILE.%p");
});

Deno.test("valgrind: the calls of one process are read if it is named", async () => {
  const text = TWO_PROCESSES.join("\n");
  const [seven, eight] = [
    await traceOf(text, { pid: 7 }),
    await traceOf(text, { pid: 8 }),
  ];
  assertEquals(callsOf(seven), ["free NULL 0x0", "malloc #0 1x8"]);
  assertEquals(callsOf(eight), ["malloc #0 1x9", "free #0 0x0"]);
  await assertRejects(
    () => traceOf(text, { pid: 9 }),
    TraceError,
    "test.trace: has no call of process 9; it has 2 calls of process 8, 1 call of",
  );
});

Deno.test("valgrind: a process that only frees NULL, as at its end, is no second one", async () => {
  const trace = await strictTrace(
    "--6-- free(0x0)",
    "--7-- malloc(8) = 0x10",
    "--8-- free(0x0)",
    "--7-- free(0x0)",
  );
  assertEquals(callsOf(trace), ["malloc #0 1x8", "free NULL 0x0"]);
});
