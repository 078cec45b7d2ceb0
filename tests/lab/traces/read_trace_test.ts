import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { zstdCompressSync } from "node:zlib";
import { readTrace } from "../../../lab/traces/read_trace.ts";
import { describeOmissions } from "../../../lab/traces/omissions.ts";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { callsOf, streamOf, traceOf } from "../../support/traces.ts";

const TEXT = "==7== Command: ./añb\r\n--7-- malloc(8) = 0x10\r\n" +
  "--7-- realloc(0x10,16) = 0x20\r\n--7-- free(0x20)";
const CALLS = ["malloc #0 1x8", "realloc #0 1x16", "free #0 0x0"];

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = streamOf([new TextEncoder().encode(text)])
    .pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}

function zstd(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(zstdCompressSync(text));
}

/** Cuts bytes into pieces of these lengths, over and over. */
function cut(bytes: Uint8Array<ArrayBuffer>, lengths: readonly number[]) {
  const pieces = [];
  for (let start = 0, index = 0; start < bytes.length; index++) {
    const length = lengths[index % lengths.length] as number;
    pieces.push(bytes.slice(start, start + length));
    start += length;
  }
  return pieces;
}

const LENGTHS = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });

Deno.test("readTrace() finds the same calls however the bytes arrive", async () => {
  const bytes = new TextEncoder().encode(TEXT);
  await fc.assert(fc.asyncProperty(LENGTHS, async (lengths) => {
    const trace = await readTrace(streamOf(cut(bytes, lengths)), "pieces");
    assertEquals(callsOf(trace), CALLS);
    assertEquals([...trace.lines], [2, 3, 4]);
  }));
});

Deno.test("readTrace() decompresses gzip, found by content, however the bytes arrive", async () => {
  const bytes = await gzip(TEXT);
  await fc.assert(fc.asyncProperty(LENGTHS, async (lengths) => {
    const trace = await readTrace(streamOf(cut(bytes, lengths)), "pieces");
    assertEquals(callsOf(trace), CALLS);
  }));
});

Deno.test("readTrace() decompresses zstd, found by content, however the bytes arrive", async () => {
  await fc.assert(fc.asyncProperty(LENGTHS, async (lengths) => {
    const pieces = cut(zstd(TEXT), lengths);
    const trace = await readTrace(streamOf(pieces), "pieces");
    assertEquals(callsOf(trace), CALLS);
  }));
});

Deno.test("readTrace() decompresses zstd files that were put one after another", async () => {
  const frames = [zstd("--7-- malloc(8) = 0x10\n"), zstd("--7-- free(0x10)\n")];
  const trace = await readTrace(streamOf(frames), "x.zst");
  assertEquals(callsOf(trace), ["malloc #0 1x8", "free #0 0x0"]);
});

Deno.test("readTrace() keeps the end of a longer trace than one piece", async () => {
  const frees = Array.from({ length: 20_000 }, () => "--7-- free(0x0)");
  const trace = await traceOf(frees.join("\n"));
  assertEquals(trace.length, 20_000);
  assertEquals(trace.lines[19_999], 20_000);
});

Deno.test("readTrace() reads a trace with empty lines before it and a byte order mark", async () => {
  const trace = await traceOf("\uFEFF\n\n1 1 1 1\nf -1\n");
  assertEquals(callsOf(trace), ["free NULL 0x0"]);
});

for (
  const [name, text, message] of [
    ["an empty file", "", "the file is empty"],
    ["a file of empty lines", "\n \n", "the file is empty"],
    [
      "another kind of text",
      "hello\nworld\n",
      "test.trace:1:1: expected a trace of one of these formats: valgrind (--trace-malloc=yes), glibc's mtrace, heaptrack, the course's reference traces (.ref), ltrace, malloc lab (.rep), OSTEP's operations (+10,-0) or osmem's own JSON, perhaps compressed with gzip or zstd, found \"hello\"",
    ],
    ["binary data", "\x7fELF\x02\x01\x01\x00\x00", "found binary data"],
    [
      "a log without calls",
      "==7== Memcheck\n==7== HEAP SUMMARY:\n",
      "--trace-malloc=yes",
    ],
    ["a .rep without operations", "1 0 0 1\n", "there is no call to replay"],
  ] as const
) {
  Deno.test(`readTrace() refuses ${name}`, async () => {
    const error = await assertRejects(() => traceOf(text), TraceError);
    assertStringIncludes(error.message, message);
  });
}

async function problemIn(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const read = () => readTrace(streamOf([bytes]), "x.gz");
  return (await assertRejects(read, TraceError)).message;
}

Deno.test("readTrace() refuses compressed data that is cut short", async () => {
  const bytes = await gzip("--7-- free(0x0)\n".repeat(1000));
  assertStringIncludes(
    await problemIn(bytes.slice(0, bytes.length / 2)),
    "x.gz: cannot read it to its end: it is not one whole gzip file",
  );
});

Deno.test("readTrace() refuses compressed data that is damaged, or followed by something else", async () => {
  const bytes = await gzip("--7-- free(0x0)\n".repeat(1000));
  const damaged = bytes.slice();
  damaged.fill(0xff, 12, 20);
  const followed = Uint8Array.of(...bytes, 1, 2, 3);
  for (const wrong of [damaged, followed]) {
    assertStringIncludes(await problemIn(wrong), "not one whole gzip file");
  }
});

Deno.test("readTrace() refuses zstd data that is cut short, damaged, or followed by something else", async () => {
  const frees = Array.from({ length: 1000 }, (_, n) => `--7-- free(0x${n})\n`);
  const bytes = zstd(frees.join(""));
  const damaged = bytes.slice();
  damaged.fill(0xff, 6, 40);
  const wrong = [
    bytes.slice(0, bytes.length / 2),
    bytes.slice(0, -1),
    damaged,
    Uint8Array.of(...bytes, 1, 2, 3, 4, 5),
  ];
  for (const each of wrong) {
    assertStringIncludes(
      await problemIn(each),
      "x.gz: cannot read it to its end: it is not one whole zstd file",
    );
  }
});

Deno.test("readTrace() tells what a stream says that cannot be read", async () => {
  const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: () => Promise.reject(new Error("the disk is gone")),
  });
  await assertRejects(
    () => readTrace(broken, "x"),
    TraceError,
    "x: cannot read it to its end: the disk is gone",
  );
});

const MIXED =
  "--7-- malloc(8) = 0x10\n--7-- malloc(9x) = 0x20\n--7-- free(0x10)\n";

Deno.test("readTrace() skips a line that is not understood, counts it, and reports the first with its place", async () => {
  const trace = await traceOf(
    `${MIXED}--7-- free(zero)\n--7-- malloc(7) = 0x10\n`,
  );
  assertEquals(callsOf(trace), [
    "malloc #0 1x8",
    "free #0 0x0",
    "malloc #1 1x7",
  ]);
  assertEquals(trace.omissions.skippedLines, 2);
  assertEquals(describeOmissions(trace), [
    "test.trace: skipped lines that are not understood: 2; the first is 2:15: " +
    'expected ")", found "x) = 0x20" (--strict makes it an error)',
  ]);
});

Deno.test("readTrace() refuses a line that is not understood if it is strict", async () => {
  await assertRejects(
    () => traceOf(MIXED, { strict: true }),
    TraceError,
    'test.trace:2:15: expected ")", found "x) = 0x20"',
  );
});

Deno.test("readTrace() refuses a file most of whose lines are not understood, and says which format comes closest, and why", async () => {
  const text = "--7-- malloc(8) = 0x10\n" + "output\n".repeat(2);
  await assertRejects(
    () => traceOf(text),
    TraceError,
    "test.trace:2:1: expected valgrind's mark, --PID-- or ==PID== (record with " +
      '--log-file=FILE to keep the program\'s own output apart), found "output"; ' +
      "2 of 3 lines are not understood as valgrind (--trace-malloc=yes), the " +
      "format that comes closest; to skip them, give --format valgrind",
  );
  const trace = await traceOf(text, { format: "valgrind" });
  assertEquals(callsOf(trace), ["malloc #0 1x8"]);
});

Deno.test("readTrace() finds the format that most of the first lines look like", async () => {
  const trace = await traceOf("12\nmalloc(8) = 0x10\nfree(0x10) = <void>\n");
  assertEquals(trace.format, "ltrace");
});

Deno.test("readTrace() says of a trace in which nothing is allocated that it is so", async () => {
  const trace = await traceOf("--7-- free(0x0)\n".repeat(77));
  assertEquals([trace.length, trace.blockCount], [77, 0]);
  assertStringIncludes(trace.remarks[0] ?? "", "nothing is allocated in this");
});

Deno.test("readTrace() refuses a process where the format says none", async () => {
  await assertRejects(
    () => traceOf("1 1 1 1\na 0 8\n", { pid: 7 }),
    TraceError,
    "test.trace: is a trace of malloc lab (.rep), which does not say the process",
  );
});
