import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { callsOf, traceOf } from "../../support/traces.ts";

function jsonOf(...calls: string[]): string {
  return `{\n"format": "osmem trace",\n"version": 1,\n"calls": [\n${
    calls.join(",\n")
  }\n]}\n`;
}

Deno.test("JSON: each kind of call is read, from the line it stands in", async () => {
  const trace = await traceOf(jsonOf(
    '["malloc", 7, 100]',
    '["calloc", 3, 30, 7]',
    '["realloc", 7, 200]',
    '["realloc", 1, 5]',
    '["memalign", 2, 64]',
    '["free", 3]',
    '["free", null]',
  ));
  assertEquals(callsOf(trace), [
    "malloc #0 1x100",
    "calloc #1 30x7",
    "realloc #0 1x200",
    "realloc #2 1x5",
    "memalign #3 1x64",
    "free #1 0x0",
    "free NULL 0x0",
  ]);
  assertEquals([...trace.lines], [5, 6, 7, 8, 9, 10, 11]);
  assertEquals(trace.format, "json");
  assertEquals(trace.omissions.unknownReallocs, 0);
});

Deno.test("JSON: layout does not matter, nor the order of the properties", async () => {
  const trace = await traceOf(
    '\n{"calls":[["malloc",0,8],["free",0]],"version":1,"format":"osmem trace"}',
  );
  assertEquals(callsOf(trace), ["malloc #0 1x8", "free #0 0x0"]);
  assertEquals([...trace.lines], [2, 2]);
});

Deno.test("JSON: a block's number may be used again after its free", async () => {
  const trace = await traceOf(
    jsonOf('["malloc", 0, 8]', '["free", 0]', '["malloc", 0, 9]'),
  );
  assertEquals(trace.blockCount, 2);
});

for (
  const [call, column, message] of [
    ['["malloc", 1]', 13, "calls[1]: expected a size, an integer"],
    ['["malloc", 1, "8"]', 15, 'found "8"'],
    ['["malloc", 1, -8]', 15, "calls[1]: expected a size"],
    ['["malloc", 1, 1.5]', 15, "calls[1]: expected a size"],
    ['["malloc", 1, 8, 8]', 18, "the end of the call after its 2 fields"],
    ['["malloc", 1, 9007199254740992]', 15, "to 2^53 - 1"],
    ['["calloc", 1, 4503599627370496, 2]', 33, "less than 2^53 bytes"],
    ['["malloc", null, 8]', 12, "calls[1]: expected a block"],
    [
      '["malloc", 0, 8]',
      12,
      "calls[1]: expected a block that is not allocated, found 0",
    ],
    [
      '["free", 5]',
      10,
      "calls[1]: expected a block that is allocated, found 5",
    ],
    ['["free"]', 8, "calls[1]: expected a block"],
    ['["sbrk", 5]', 2, "calls[1]: expected a call, one of malloc"],
    ['["toString", 5]', 2, "calls[1]: expected a call, one of malloc"],
    ["[]", 2, "calls[1]: expected a call, one of malloc"],
    ['"malloc"', 1, "expected calls[1] to be a call"],
    ['{"malloc": 1}', 1, "expected calls[1] to be a call"],
    ['["malloc", [0], 8]', 12, "expected calls[1] to hold words and numbers"],
    ['["malloc", 1 8]', 14, "is no JSON: comma expected"],
    ["-", 1, "is no JSON: invalid symbol"],
  ] as const
) {
  Deno.test(`JSON: ${call} is refused, by its number and place`, async () => {
    const text = jsonOf('["malloc", 0, 8]', call);
    const error = await assertRejects(() => traceOf(text), TraceError);
    assertStringIncludes(error.message, `test.trace:6:${column}: `);
    assertStringIncludes(error.message, message);
  });
}

for (
  const [text, message] of [
    [
      '{"format": "osmem trace", "version": 2}',
      '1:38: expected 1 as "version", found 2',
    ],
    [
      '{"format": "other"}',
      '1:12: expected "osmem trace" as "format", found "other"',
    ],
    ['{"version": 1, "calls": []}', '1:27: expected "format", found the end'],
    ['{"traces": []}', '1:2: expected "format", "version", "calls", each once'],
    ['{"calls": [], "calls": []}', '1:15: expected "format"'],
    ['{"calls": 5}', '1:11: expected an array of calls as "calls", found 5'],
    ['{"format": []}', '1:12: expected a word or number as "format"'],
    ['{"calls": [["malloc", 0, 8],\n', "is no JSON: "],
    ['{"calls": [["mal', "is no JSON: unexpected end of string"],
  ] as const
) {
  Deno.test(`JSON: ${JSON.stringify(text)} is refused`, async () => {
    const error = await assertRejects(() => traceOf(text), TraceError);
    assertStringIncludes(error.message, message);
  });
}

Deno.test("JSON: a document without calls has nothing to replay", async () => {
  await assertRejects(
    () => traceOf('{"format": "osmem trace", "version": 1, "calls": []}'),
    TraceError,
    "there is no call to replay",
  );
});
