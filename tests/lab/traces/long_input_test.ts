import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { zstdCompressSync } from "node:zlib";
import { readRunOrTrace } from "../../../lab/runs/read_run_or_trace.ts";
import { NestedCalls } from "../../../lab/traces/formats/nested_calls.ts";
import { PendingCalls } from "../../../lab/traces/formats/pending_calls.ts";
import { GatheredText, lineBatches } from "../../../lab/traces/lines.ts";
import { readTrace } from "../../../lab/traces/read_trace.ts";
import { CallKind } from "../../../lab/traces/trace.ts";
import { TraceBuilder } from "../../../lab/traces/trace_builder.ts";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { callsOf, streamOf } from "../../support/traces.ts";

type Bytes = Uint8Array<ArrayBuffer>;

function bytesOf(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** A stream of one piece over and over. */
function repeat(text: string, times: number): ReadableStream<Bytes> {
  const piece = bytesOf(text);
  let left = times;
  return new ReadableStream<Bytes>({
    pull(controller) {
      if (left-- > 0) controller.enqueue(piece.slice());
      else controller.close();
    },
  });
}

async function gzip(stream: ReadableStream<Bytes>): Promise<Bytes> {
  const compressed = stream.pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}

async function messageOf(reading: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => reading, TraceError)).message;
}

/** Bytes by which an action makes the memory of the process grow. */
async function growthOf(action: () => Promise<unknown>): Promise<number> {
  let most = 0;
  const before = Deno.memoryUsage().rss;
  const watch = setInterval(() => {
    most = Math.max(most, Deno.memoryUsage().rss - before);
  }, 5);
  try {
    await action();
  } finally {
    clearInterval(watch);
  }
  return Math.max(most, Deno.memoryUsage().rss - before);
}

const MEBI = 2 ** 20;

const TOO_LONG = "it is longer than 1 MiB (1,048,576 bytes, counted after " +
  "decompression); give a shorter recording, or raise the limit (--max-input " +
  "on the command line, maxInput in TypeScript)";

Deno.test("readTrace() refuses a gzip file that holds more than maxInput", async () => {
  const bomb = await gzip(repeat("+8,".repeat(10_000), 100));
  assertLess(bomb.length, 20_000);
  assertEquals(
    await messageOf(readTrace(streamOf([bomb]), "x.gz", { maxInput: MEBI })),
    `x.gz: ${TOO_LONG}`,
  );
});

Deno.test("readTrace() refuses a zstd file that holds more than maxInput", async () => {
  const bomb = new Uint8Array(zstdCompressSync("+8,\n".repeat(MEBI)));
  assertEquals(
    await messageOf(readTrace(streamOf([bomb]), "x.zst", { maxInput: MEBI })),
    `x.zst: ${TOO_LONG}`,
  );
});

Deno.test("readTrace() refuses a plain file that is longer than maxInput", async () => {
  const long = readTrace(repeat("+8,\n".repeat(10_000), 100), "x", {
    maxInput: MEBI,
  });
  assertEquals(await messageOf(long), `x: ${TOO_LONG}`);
});

Deno.test("readTrace() reads a file that is just as long as maxInput", async () => {
  const text = "+8,-0\n";
  const read = (maxInput: number) =>
    readTrace(streamOf([bytesOf(text)]), "x", { maxInput });
  assertEquals((await read(text.length)).length, 2);
  await assertRejects(() => read(text.length - 1), TraceError);
  assertEquals((await read(Infinity)).length, 2);
});

Deno.test("readTrace() refuses a maxInput that is no number of bytes", async () => {
  for (const maxInput of [NaN, -1]) {
    await assertRejects(
      () => readTrace(streamOf([bytesOf("+8")]), "x", { maxInput }),
      RangeError,
      `maxInput is ${maxInput}: expected a number of bytes, or Infinity`,
    );
  }
});

Deno.test("readRunOrTrace() refuses a document that is longer than maxInput", async () => {
  const document = repeat(`{"format": "osmem run"${" ".repeat(MEBI)}`, 2);
  assertEquals(
    await messageOf(readRunOrTrace(document, "x.json", { maxInput: MEBI })),
    `x.json: ${TOO_LONG}`,
  );
});

const ENDLESS = "the line is longer than 16,777,216 characters; give a trace " +
  "with shorter lines";

Deno.test("readTrace() refuses an endless line before it fills the memory", async () => {
  const zeros = () => repeat("\0".repeat(2 ** 16), Infinity);
  const growth = await growthOf(async () => {
    assertEquals(
      await messageOf(readTrace(zeros(), "zeros")),
      `zeros:1: ${ENDLESS}`,
    );
  });
  assertLess(growth, 128 * MEBI);
});

Deno.test("readTrace() refuses one long line of a small gzip file, and names the line", async () => {
  const bomb = await gzip(repeat("+8,".repeat(2 ** 16), 100));
  const later = await gzip(
    repeat("+8,\n\n" + "+8,".repeat(2 ** 23), 1),
  );
  for (const [bytes, line] of [[bomb, 1], [later, 3]] as const) {
    assertEquals(
      await messageOf(readTrace(streamOf([bytes]), "x.gz")),
      `x.gz:${line}: ${ENDLESS}`,
    );
  }
});

Deno.test("lineBatches() lets the lines of a JSON document be longer than other lines", async () => {
  const read = async (text: string) => {
    const lines: string[] = [];
    for await (const batch of lineBatches(streamOf([bytesOf(text)]), "x", 10)) {
      lines.push(...batch);
    }
    return lines;
  };
  const document = `\n# note\n  {"calls": [[1, 2, 3, 4, 5]]}`;
  assertEquals(await read(document), document.split("\n"));
  assertEquals(
    await messageOf(read(`first\n${document}`)),
    "x:4: the line is longer than 10 characters; give a trace with shorter lines",
  );
});

Deno.test("readTrace() keeps nothing of empty lines", async () => {
  const bomb = await gzip(repeat("\n".repeat(2 ** 20), 24));
  assertLess(bomb.length, 100_000);
  const growth = await growthOf(async () => {
    assertEquals(
      (await messageOf(readTrace(streamOf([bomb]), "x.gz"))).slice(0, 32),
      "x.gz: the file is empty: expecte",
    );
  });
  assertLess(growth, 128 * MEBI); // kept lines would take 192 MiB
});

Deno.test("readRunOrTrace() counts the lines before a trace and before a document", async () => {
  const before = "\n# note\n\n";
  const trace = '{"format": "osmem trace", "version": 1,\n"calls": [\n' +
    '["malloc", 0, 8],\n["free", 1]\n]}';
  const read = (text: string) =>
    readRunOrTrace(streamOf([bytesOf(before + text)]), "x", {});
  assertEquals(
    await messageOf(read(trace)),
    "x:7:10: calls[1]: expected a block that is allocated, found 1",
  );
  assertEquals(
    (await messageOf(read("+8,\n-1"))).slice(0, 29),
    "x:5:2: expected an index belo",
  );
});

Deno.test("a document is refused as soon as it is longer than a text can be", () => {
  const text = new GatheredText("x.json", 2 ** 20);
  const line = "1".repeat(2 ** 18 - 1);
  for (let count = 0; count < 4; count++) text.add(line);
  let message = "";
  try {
    text.add("1");
  } catch (error) {
    message = (error as Error).message;
  }
  assertEquals(
    message,
    "x.json: it is longer than a text can be, 1 MiB; give a recording instead",
  );
  assertEquals(new GatheredText("x").text(), "");
});

Deno.test("a text that is gathered is the text, however many lines it has", () => {
  const lines = Array.from({ length: 10_000 }, (_, line) => `${line % 7}`);
  const text = new GatheredText("x.json");
  lines.forEach((line) => text.add(line));
  assertEquals(text.text(), lines.join("\n"));
});

const MALLOC = { kind: CallKind.malloc, count: 1, size: 8 };

function refusalOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (error instanceof TraceError) return error.message;
    throw error;
  }
  throw new Error("it was not refused");
}

Deno.test("a trace of too many live blocks is refused with the call's number", () => {
  const builder = new TraceBuilder("x", { calls: 10, liveBlocks: 2 });
  builder.allocate(MALLOC, 1, 1);
  builder.allocate(MALLOC, 2, 2);
  builder.free(1, 3);
  builder.allocate(MALLOC, 3, 4);
  assertEquals(
    refusalOf(() => builder.allocate(MALLOC, 4, 5)),
    "x:5: call 5 is one too many: a trace holds at most 2 blocks live at a time; " +
      "give a shorter recording",
  );
});

Deno.test("a trace of too many calls is refused with the call's number", () => {
  const builder = new TraceBuilder("x", { calls: 2, liveBlocks: 10 });
  builder.free(null, 1);
  builder.free(null, 2);
  assertEquals(
    refusalOf(() => builder.free(null, 3)),
    "x:3: call 3 is one too many: a trace holds at most 2 calls; " +
      "give a shorter recording",
  );
});

Deno.test("a table that the engine cannot widen is refused with the call's number", async () => {
  const set = Float64Array.prototype.set;
  Float64Array.prototype.set = () => {
    throw new RangeError("Array buffer allocation failed");
  };
  try {
    assertEquals(
      await messageOf(readTrace(repeat("+8,\n", 2000), "x")),
      "x:1025: no room for call 1,025 (Array buffer allocation failed); " +
        "give a shorter recording",
    );
  } finally {
    Float64Array.prototype.set = set;
  }
});

Deno.test("valgrind: calls that never return are not kept", () => {
  const lost: number[] = [];
  const pending = new PendingCalls(({ line }) => lost.push(line), 4);
  const open = (line: number) =>
    pending.open({
      kind: CallKind.malloc,
      count: 1,
      size: 8,
      old: 0,
      line,
      isRepeated: false,
      isFailed: false,
    });
  for (let line = 1; line <= 5; line++) open(line);
  assertEquals(lost, [1, 2]);
  assertEquals(pending.close(0)?.line, 5);
  pending.end();
  assertEquals(lost, [1, 2, 3, 4]);
  assertEquals(pending.close(0), undefined);
});

Deno.test("ltrace: threads that never return are not kept", () => {
  let lost = 0;
  const calls = new NestedCalls(() => lost++, 2);
  const open = (thread: string) =>
    calls.open(thread, {
      ...MALLOC,
      old: 0,
      name: "malloc",
      line: 1,
      inLibrary: false,
    });
  open("1");
  open("2");
  assertEquals(calls.close("2", "malloc")?.size, 8);
  open("3");
  assertEquals(lost, 0);
  open("4");
  assertEquals(lost, 1);
  assertEquals(calls.close("1", "malloc"), undefined);
  assertEquals(calls.close("4", "malloc")?.size, 8);
});

Deno.test("readTrace() reads an endless stream no further than its limit", async () => {
  const frees = repeat("--7-- free(0x0)\n".repeat(1000), Infinity);
  assertEquals(
    await messageOf(readTrace(frees, "x", { maxInput: MEBI })),
    `x: ${TOO_LONG}`,
  );
  const trace = await readTrace(repeat("--7-- free(0x0)\n", 2), "x");
  assertEquals(callsOf(trace), ["free NULL 0x0", "free NULL 0x0"]);
});
