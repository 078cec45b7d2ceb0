import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { callsOf, traceOf } from "../../support/traces.ts";

const CALLER = "@ ./a out:(main+1a)[0x1200] ";

function mtraceOf(...lines: string[]) {
  const calls = lines.map((line) => `${CALLER}${line}\n`);
  return traceOf(`= Start\n${calls.join("")}= End\n`);
}

Deno.test("mtrace: allocations, reallocs and frees are read, whoever called", async () => {
  const trace = await traceOf(
    "= Start\n" +
      "@ ./small:[0x1200] + 0x55c7815d54a0 0x64\n" +
      "@ /lib/libc.so.6:(__strdup+1a)[0x9e9aa] + 0x55c7815d52a0 0x6\n" +
      "@ ./small:[0x1228] < 0x55c7815d54a0\n" +
      "@ ./small:[0x1228] > 0x55c7815d64a0 0x1388\n" +
      "@ [0x55c7815d1325] - 0x55c7815d52a0\n" +
      "- 0x55c7815d64a0\n" +
      "= End\n",
  );
  assertEquals(callsOf(trace), [
    "malloc #0 1x100",
    "malloc #1 1x6",
    "realloc #0 1x5000",
    "free #1 0x0",
    "free #0 0x0",
  ]);
  assertEquals(trace.format, "mtrace");
});

Deno.test("mtrace: a size of 0 stands without 0x", async () => {
  assertEquals(callsOf(await mtraceOf("+ 0x10 0")), ["malloc #0 1x0"]);
});

Deno.test("mtrace: an allocation and a realloc that failed are left out and counted", async () => {
  const trace = await mtraceOf(
    "+ 0x10 0x8",
    "+ (nil) 0x8000000000000009",
    "! 0x10 0x8000000000000009",
    "- 0x10",
  );
  assertEquals(callsOf(trace), ["malloc #0 1x8", "free #0 0x0"]);
  assertEquals(trace.omissions.failedCalls, 2);
});

Deno.test("mtrace: a realloc that the recording ends in counts as one that did not return", async () => {
  const trace = await traceOf("= Start\n+ 0x10 0x8\n< 0x10\n");
  assertEquals(callsOf(trace), ["malloc #0 1x8"]);
  assertEquals(trace.omissions.failedCalls, 1);
});

Deno.test("mtrace: frees and reallocs of blocks from before mtrace() are counted", async () => {
  const trace = await mtraceOf(
    "- 0x90",
    "< 0x80",
    "> 0x10 0x8",
    "- 0x10",
    "- 0x10",
  );
  assertEquals(callsOf(trace), ["realloc #0 1x8", "free #0 0x0"]);
  assertEquals(trace.omissions.unknownFrees, 1);
  assertEquals(trace.omissions.secondFrees, 1);
  assertEquals(trace.omissions.unknownReallocs, 1);
});

Deno.test("mtrace: a recording is found after what the program printed", async () => {
  const trace = await traceOf("hello\nworld\n= Start\n+ 0x10 0x8\n");
  assertEquals(callsOf(trace), ["malloc #0 1x8"]);
});

for (
  const [lines, place, expected] of [
    ["+ 0x10", "2:7", '" "'],
    ["+ 0x10 ", "2:8", "a size in bytes"],
    ["+ 0x10 8", "2:8", "a size in bytes"],
    ["+ 10 0x8", "2:3", "an address"],
    ["- 0x10 0x8", "2:7", "the end of the line"],
    ["@ ./small:[0x12", "2:1", "an operation"],
    ["> 0x10 0x8", "2:1", "an operation"],
    ["+ 0x10 0x20000000000000", "2:3", "2^53"],
    ["--7-- malloc(8) = 0x10", "2:1", "an operation"],
    ["= Stop", "2:1", "an operation"],
  ] as const
) {
  Deno.test(`mtrace: ${JSON.stringify(lines)} is refused with its place`, async () => {
    const error = await assertRejects(
      () => traceOf(`= Start\n${lines}`, { strict: true }),
      TraceError,
    );
    assertStringIncludes(error.message, `test.trace:${place}: expected `);
    assertStringIncludes(error.message, expected);
  });
}

Deno.test("mtrace: lines without an object, as in glibc's manual, and indented lines are read", async () => {
  const trace = await traceOf(
    "= Start\n[0x8048209] - 0x8064cc8\n[0x80481eb] + 0x8064c48 0x14\n" +
      "  @ ./a:[0x1] + 0x10 0x8\n\t- 0x10 \n= End\n",
    { strict: true },
  );
  assertEquals(callsOf(trace), [
    "malloc #0 1x20",
    "malloc #1 1x8",
    "free #1 0x0",
  ]);
  assertEquals(trace.omissions.unknownFrees, 1);
});

Deno.test("mtrace: a realloc whose second line is missing counts as one that did not return", async () => {
  const trace = await mtraceOf("+ 0x10 0x8", "< 0x10", "- 0x10");
  assertEquals(callsOf(trace), ["malloc #0 1x8", "free #0 0x0"]);
  assertEquals(trace.omissions.failedCalls, 1);
});

Deno.test("mtrace: a last line that is cut off is skipped and counted", async () => {
  const trace = await traceOf("= Start\n+ 0x10 0x8\n@ ./small:[0x12");
  assertEquals(callsOf(trace), ["malloc #0 1x8"]);
  assertEquals(trace.omissions.skippedLines, 1);
});
