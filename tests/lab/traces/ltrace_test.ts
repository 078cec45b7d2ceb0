import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { callsOf, traceOf } from "../../support/traces.ts";

async function callsIn(...lines: string[]): Promise<string[]> {
  return callsOf(await traceOf(lines.join("\n")));
}

Deno.test("ltrace: each call of malloc's family is read with its arguments", async () => {
  const trace = await traceOf([
    "mtrace()                                         = <void>",
    "malloc(100)                                      = 0x56338eb312a0",
    "calloc(3, 7)                                     = 0x56338eb31310",
    "realloc(0x56338eb312a0, 5000)                    = 0x56338eb31330",
    "memalign(64, 50, 0x7f8864db1c60, 0x1f951)        = 0x56338eb32700",
    "aligned_alloc(32, 96, 0x56338eb32780, 9)         = 0x56338eb32880",
    "valloc(10, 4, 2, 0x56338eb32940)                 = 0x56338eb33000",
    "reallocarray(0, 4, 8, 0)                         = 0x56338eb326d0",
    'printf("malloc(%d) = %d\\n", 1, 2)                = 14',
    "realloc(0x56338eb326d0, 0)                       = 0",
    "free(0x56338eb31330)                             = <void>",
    "free(0)                                          = <void>",
    "+++ exited (status 0) +++",
  ].join("\n"));
  assertEquals(callsOf(trace), [
    "malloc #0 1x100",
    "calloc #1 3x7",
    "realloc #0 1x5000",
    "memalign #2 1x50",
    "memalign #3 1x96",
    "memalign #4 1x10",
    "realloc #5 1x32",
    "realloc #5 1x0",
    "free #0 0x0",
    "free NULL 0x0",
  ]);
  assertEquals(trace.format, "ltrace");
});

for (
  const [what, prefix] of [
    ["a thread's number", "5856 "],
    ["a thread's number in brackets", "[pid 5946] "],
    ["the time of day", "09:03:39 "],
    ["the time of day with microseconds", "5856 09:03:39.301605 "],
    ["the time since the epoch", "1764061419.301605 "],
    ["the time since the line before", "  0.000153 "],
    ["the caller's address", "[pid 5946] [0x55bc4ee1a200] "],
    ["an indent", "    "],
    ["the calling library", "libfoo.so.1->"],
  ] as const
) {
  Deno.test(`ltrace: ${what} may stand before a call`, async () => {
    assertEquals(
      await callsIn(
        `${prefix}malloc(8) = 0x10`,
        `${prefix}free(0x10) = <void>`,
      ),
      ["malloc #0 1x8", "free #0 0x0"],
    );
  });
}

Deno.test("ltrace: a library may stand after a function, and a duration after the result", async () => {
  assertEquals(
    await callsIn("malloc@libc.so.6(100)    = 0x10 <0.000239>"),
    ["malloc #0 1x100"],
  );
});

Deno.test("ltrace: operator new and delete count as malloc and free, demangled or not", async () => {
  const calls = await callsIn(
    "_Znwm(32, 1, 0, 1) = 0x10",
    "operator new[](unsigned long)(64, 2, 0, 2) = 0x20",
    "_ZnwmSt11align_val_t(128, 64, 0, 2) = 0x30",
    "_ZdlPvm(0x10, 32, 32, 0x10) = 0",
    "operator delete[](void*, unsigned long)(0x20, 64, 64, 0x20) = 0",
    "std::vector<int, std::allocator<int> >::size() const(0x20, 1, 2, 3) = 0",
  );
  assertEquals(calls, [
    "malloc #0 1x32",
    "malloc #1 1x64",
    "memalign #2 1x128",
    "free #0 0x0",
    "free #1 0x0",
  ]);
});

Deno.test("ltrace: threads' calls are put together from their two lines, each thread's own", async () => {
  const calls = await callsIn(
    "5859 malloc(10 <unfinished ...>",
    "5858 malloc(20 <unfinished ...>",
    "5857 usleep(1 <unfinished ...>",
    "5859 <... malloc resumed> )                      = 0x10",
    "5858 <... malloc resumed> )                      = 0x20",
    "5857 <... usleep resumed> )                      = <void>",
    "5859 realloc(0x10, 30 <unfinished ...>",
    "5858 free(0x20 <unfinished ...>",
    "5859 <... realloc resumed> )                     = 0x30",
    "5858 <... free resumed> )                        = <void>",
  );
  assertEquals(calls, [
    "malloc #0 1x10",
    "malloc #1 1x20",
    "free #1 0x0",
    "realloc #0 1x30",
  ]);
});

Deno.test("ltrace: a free counts from its beginning, for its address may be handed out before its end", async () => {
  const trace = await traceOf([
    "1 malloc(10)               = 0x10",
    "1 free(0x10 <unfinished ...>",
    "2 malloc(20)               = 0x10",
    "1 <... free resumed> )     = <void>",
    "2 free(0x10)               = <void>",
  ].join("\n"));
  assertEquals(trace.blockCount, 2);
  assertEquals(trace.omissions.unseenFrees, 0);
});

Deno.test("ltrace: calls that realloc makes itself are part of it", async () => {
  const calls = await callsIn(
    "realloc@libc.so.6(0, 32 <unfinished ...>",
    "malloc@libc.so.6(32)                   = 0x10",
    "<... realloc resumed> )                = 0x10",
    "realloc@libc.so.6(0x10, 0 <unfinished ...>",
    "free@libc.so.6(0x10)                   = <void>",
    "<... realloc resumed> )                = 0",
    "malloc@libc.so.6(8)                    = 0x10",
  );
  assertEquals(calls, ["realloc #0 1x32", "realloc #0 1x0", "malloc #1 1x8"]);
});

Deno.test("ltrace: what failed, never returned, or lost a line is left out and counted", async () => {
  const trace = await traceOf([
    "7 malloc(9223372036854775817)    = 0",
    "7 calloc(-1, 4)                  = 0",
    "8 <... malloc resumed> )         = 0x90",
    "9 malloc(1 <unfinished ...>",
    "9 malloc(2)                      = 0x20",
    "7 malloc(3 <no return ...>",
    "7 --- SIGSEGV (Segmentation fault) ---",
    "8 malloc(4 <unfinished ...>",
    "8 unexpected breakpoint at 0x5575a3e831be",
    "7 +++ killed by SIGSEGV +++",
  ].join("\n"));
  assertEquals(callsOf(trace), ["malloc #0 1x2"]);
  assertEquals(trace.omissions.failedCalls, 6);
});

Deno.test("ltrace: blocks of other functions, such as strdup, are counted by name, and their frees are known", async () => {
  const trace = await traceOf([
    'strdup("hello") = 0x20',
    "malloc(8) = 0x10",
    "free(0x20) = <void>",
    "getline(0x7ffe, 0x7fff, 0x7f00, 0) = 6",
    "getline(0x7ffe, 0x7fff, 0x7f00, 0 <unfinished ...>",
    "SYS_read(0, 0x56357e1ef4d0, 4096, 4096) = 3",
    "<... getline resumed> ) = 3",
  ].join("\n"));
  assertEquals(callsOf(trace), ["malloc #0 1x8"]);
  const { unsizedBlocks, unknownFrees } = trace.omissions;
  assertEquals([unsizedBlocks, unknownFrees], [1, 0]);
  assertStringIncludes(
    trace.remarks[0] ?? "",
    "strdup (1 call), getline (2 calls)",
  );
});

Deno.test("ltrace: a block of strdup whose malloc is recorded is that of the malloc", async () => {
  const trace = await traceOf([
    '5 strdup("hello" <unfinished ...>',
    "5 malloc@libc.so.6(6, 2) = 0x20",
    "5 <... strdup resumed> ) = 0x20",
    "5 free(0x20) = <void>",
  ].join("\n"));
  assertEquals(callsOf(trace), ["malloc #0 1x6", "free #0 0x0"]);
  assertEquals(trace.remarks, []);
});

Deno.test("ltrace: the program's own output may break the line of the call that printed it", async () => {
  const trace = await traceOf(
    [
      "malloc(8)                = 0x10",
      'puts("-----"-----',
      ")                        = 6",
      "fputc(101, 0x7fe1, 1, 4096e)    = 101",
      'puts("two\\nlines"two',
      "lines",
      "done)                    = 10",
      "free(0x10)               = <void>",
    ].join("\n"),
    { strict: true },
  );
  assertEquals(callsOf(trace), ["malloc #0 1x8", "free #0 0x0"]);
});

Deno.test("ltrace: a call that ends the program is read up to the message in its midst", async () => {
  const trace = await traceOf(
    [
      "malloc(10)               = 0x55698009f480",
      "free(0x55698009f480)     = <void>",
      "free(0x55698009f480free(): double free detected in tcache 2",
      " <no return ...>",
      "--- SIGABRT (Aborted) ---",
      "+++ killed by SIGABRT +++",
    ].join("\n"),
    { strict: true },
  );
  assertEquals(callsOf(trace), ["malloc #0 1x10", "free #0 0x0"]);
  assertEquals(trace.omissions.secondFrees, 1);
  assertEquals(trace.omissions.unknownFrees, 0);
});

Deno.test("ltrace: an allocation whose line is broken has its result in a later line", async () => {
  const calls = await callsIn(
    "5 malloc(10warning: low",
    "5 )  = 0x10",
    "5 free(0x10) = <void>",
  );
  assertEquals(calls, ["malloc #0 1x10", "free #0 0x0"]);
});

for (const nothing of ["nil", "(nil)", "NULL", "0"]) {
  Deno.test(`ltrace: NULL may stand there as ${nothing}`, async () => {
    const trace = await traceOf(
      `malloc(18446744073709551615)  = ${nothing}\n` +
        `realloc(${nothing}, 8)  = 0x10\nfree(${nothing})  = <void>\n`,
    );
    assertEquals(callsOf(trace), ["realloc #0 1x8", "free NULL 0x0"]);
    assertEquals(trace.omissions.failedCalls, 1);
  });
}

Deno.test("ltrace: the course's functions are read with system calls in their midst, and each once", async () => {
  const trace = await traceOf(
    [
      "os_malloc(100, 0x7ffc <unfinished ...>",
      "os_malloc@libosmem.so(100, 0x7ffc <unfinished ...>",
      "SYS_brk(0)               = 0x1000",
      "SYS_brk(0x21000)         = 0x21000",
      "<... os_malloc resumed> ) = 0x1000",
      "<... os_malloc resumed> ) = 0x1000",
      "os_realloc@libosmem.so(0x1000, 200 <unfinished ...>",
      "os_malloc@libosmem.so(200) = 0x2000",
      "os_free@libosmem.so(0x1000) = <void>",
      "<... os_realloc resumed> ) = 0x2000",
      "os_calloc(3, 7)          = 0x3000",
      "os_free(0x2000)          = <void>",
    ].join("\n"),
    { strict: true },
  );
  assertEquals(callsOf(trace), [
    "malloc #0 1x100",
    "realloc #0 1x200",
    "calloc #1 3x7",
    "free #0 0x0",
  ]);
});

for (
  const [line, column, expected] of [
    ["malloc(8)", 10, '"= "'],
    ["malloc(8", 9, '")"'],
    ["malloc(", 8, "an argument"],
    ["malloc() = 0x10", 8, "the arguments of malloc"],
    ["calloc(8) = 0x10", 8, "the arguments of calloc"],
    ["malloc(x) = 0x10", 8, "an argument"],
    ["malloc(8) = ", 13, "a result"],
    ["malloc(8) = 0x10 0x20", 17, "the end of the line"],
    ["malloc(9007199254740992) = 0x10", 28, "2^53"],
    ["calloc(4503599627370496, 2) = 0x10", 31, "2^53"],
    ["mall", 1, "a call, its result, a signal or an exit"],
    ["output of the program", 1, "record with -o FILE"],
    ["--7-- malloc(8) = 0x10", 1, "a call"],
    ["+ 64 8 a0", 1, "a call"],
  ] as const
) {
  Deno.test(`ltrace: ${JSON.stringify(line)} is refused at column ${column}`, async () => {
    const error = await assertRejects(
      () => traceOf(`malloc(1) = 0x10\n${line}`, { strict: true }),
      TraceError,
    );
    assertStringIncludes(error.message, `test.trace:2:${column}: expected `);
    assertStringIncludes(error.message, expected);
  });
}

for (
  const [how, lines] of [
    ["its parent's line", ["5 fork() = 6"]],
    ["its parent's line in hexadecimal", ["5 vfork(2, 0) = 0x6"]],
    ["its own line", [
      "5 fork( <unfinished ...>",
      "6 <... fork resumed> ) = 0",
    ]],
    ["the program it runs", ["6 --- Called exec() ---"]],
  ] as const
) {
  Deno.test(`ltrace: calls of a forked process, known by ${how}, are told apart`, async () => {
    const text = [
      "5 malloc(8) = 0x10",
      ...lines,
      "5 malloc(9) = 0x20",
      "6 malloc(10) = 0x20",
    ].join("\n");
    assertEquals((await traceOf(text, { pid: 5 })).length, 2);
    assertEquals((await traceOf(text, { pid: 6 })).length, 1);
    await assertRejects(
      () => traceOf(text),
      TraceError,
      "test.trace: has calls of 2 processes, each with a heap of its own: " +
        "2 calls of process 5, 1 call of process 6; pick one with --pid, the " +
        "largest with osmem run --pid 5 test.trace (or record without -f)",
    );
  });
}

Deno.test("ltrace: a program that the recorded one turns into is read on", async () => {
  const calls = await callsIn(
    "5 malloc(8) = 0x10",
    "5 --- Called exec() ---",
    "5 malloc(9) = 0x20",
  );
  assertEquals(calls.length, 2);
});
