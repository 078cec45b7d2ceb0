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
  return (await assertRejects(() => traceOf(text), TraceError)).message;
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
    ["--7-- malloc(8) = ", 19, "an address"],
    ["--7-- malloc(8) = 0xZ", 19, "an address"],
    ["--7-- malloc(8) = 0x10 0x20", 23, "one of malloc's family"],
    ["--7-- calloc(8) = 0x10", 15, '","'],
    ["--7-- realloc(17,8) = 0x10", 15, "an address"],
    ["--7-- free(0x10", 16, '")"'],
    ["--7-- memalign(al 64) = 0x10", 21, ", size"],
    ["--7--  = 0x10", 10, "a call before its result"],
    ["--7-- malloc(9007199254740993) = 0x10", 34, "2^53"],
    ["--x-- malloc(8) = 0x10", 3, "a process number"],
    ["output of the program", 1, "--log-file"],
  ] as const
) {
  Deno.test(`valgrind: ${JSON.stringify(line)} is refused at column ${column}`, async () => {
    const problem = await problemIn(line);
    assertStringIncludes(problem, `test.trace:2:${column}: expected `);
    assertStringIncludes(problem, expected);
  });
}

Deno.test("valgrind: calls of two processes in one file are refused", async () => {
  const problem = await problemIn(
    "--7-- malloc(8) = 0x10",
    "--8-- malloc(8) = 0x10",
  );
  assertStringIncludes(problem, "test.trace:3:1: expected a call of process 7");
  assertStringIncludes(problem, "--log-file=FILE.%p");
});
