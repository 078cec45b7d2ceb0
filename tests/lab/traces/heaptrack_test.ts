import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { callsOf, traceOf } from "../../support/traces.ts";

const HEAD = "v 10400 3\nx 12 /tmp/a/small\nX ./small\nI 1000 5e2990\nm 1 -\n";

Deno.test("heaptrack: allocations and frees are read, and the context passed over", async () => {
  const trace = await traceOf(
    HEAD +
      "t 561f1200 0\n+ 64 8 56124b3a11d0\nt 561f1213 0\n+ 0 9 56124b3a1300\n" +
      "c 13\nR 3a0\n- 56124b3a11d0\n- 56124b3a1300\n# comment\n",
  );
  assertEquals(callsOf(trace), [
    "malloc #0 1x100",
    "malloc #1 1x0",
    "free #0 0x0",
    "free #1 0x0",
  ]);
  assertEquals(trace.format, "heaptrack");
  assertEquals([...trace.lines], [7, 9, 12, 13]);
});

Deno.test("heaptrack: a realloc is a free and an allocation", async () => {
  const trace = await traceOf(`${HEAD}+ 8 1 a0\n- a0\n+ 10 2 b0\n- b0\n`);
  assertEquals(callsOf(trace), [
    "malloc #0 1x8",
    "free #0 0x0",
    "malloc #1 1x16",
    "free #1 0x0",
  ]);
});

Deno.test("heaptrack: a live address that is allocated again was freed unseen", async () => {
  const trace = await traceOf(`${HEAD}+ 8 1 a0\n+ 9 1 a0\n- a0\n- a0\n`);
  assertEquals(trace.omissions.unseenFrees, 1);
  assertEquals(trace.omissions.secondFrees, 1);
  assertEquals(trace.blockCount, 2);
});

for (
  const [line, place, expected] of [
    ["+ 64 8", "6:7", '" "'],
    ["+ 64 8 ", "6:8", "an address in hexadecimal"],
    ["+ 64", "6:5", '" "'],
    ["+ 0x64 8 a0", "6:4", '" "'],
    ["- a0 8", "6:5", "the end of the line"],
    ["-", "6:1", "an operation"],
    ["+ 20000000000000 8 a0", "6:20", "2^53"],
    ["a 64", "6:5", '" "'],
    ["a 64 8\n+ 1", "7:3", "a number below 1"],
    ["--7-- malloc(8) = 0x10", "6:1", "an operation"],
    ["malloc(8) = 0x10", "6:1", "an operation"],
  ] as const
) {
  Deno.test(`heaptrack: ${JSON.stringify(line)} is refused with its place`, async () => {
    const error = await assertRejects(
      () => traceOf(HEAD + line, { strict: true }),
      TraceError,
    );
    assertStringIncludes(error.message, `test.trace:${place}: expected `);
    assertStringIncludes(error.message, expected);
  });
}

for (const version of [1, 2, 3]) {
  Deno.test(`heaptrack: version ${version} of raw files is read`, async () => {
    const trace = await traceOf(`v 10200 ${version}\n+ 8 1 a0\n- a0\n`, {
      strict: true,
    });
    assertEquals(callsOf(trace), ["malloc #0 1x8", "free #0 0x0"]);
  });
}

Deno.test("heaptrack: another version of the format is refused", async () => {
  await assertRejects(
    () => traceOf("v 10500 4\n+ 8 1 a0\n", { strict: true }),
    TraceError,
    "test.trace:1:9: expected 1 to 3, a version of the format",
  );
});

Deno.test("heaptrack: an interpreted file is read, a free as that of the block allocated last", async () => {
  const trace = await traceOf(
    `${HEAD}s 7 ./small\ni 561f 1 2\na 64 8\n+ 0\na 8 9\n+ 1\n+ 0\n- 0\n- 1\n`,
    { strict: true },
  );
  assertEquals(callsOf(trace), [
    "malloc #0 1x100",
    "malloc #1 1x8",
    "malloc #2 1x100",
    "free #2 0x0",
    "free #1 0x0",
  ]);
  assertEquals(trace.format, "heaptrack, interpreted");
  assertStringIncludes(trace.remarks[0] ?? "", "which of several like blocks");
});

Deno.test("heaptrack: a free of an interpreted file with no such block is counted", async () => {
  const trace = await traceOf(`${HEAD}a 64 8\n+ 0\n- 0\n- 0\n`);
  assertEquals(trace.omissions.unknownFrees, 1);
});
