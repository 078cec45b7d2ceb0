import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { callsOf, traceOf } from "../../support/traces.ts";

const OPERATIONS = ["a 0 512", "a 1 128", "r 0 640", "f 1", "f -1", "f 0"];
const CALLS = [
  "malloc #0 1x512",
  "malloc #1 1x128",
  "realloc #0 1x640",
  "free #1 0x0",
  "free NULL 0x0",
  "free #0 0x0",
];

Deno.test(".rep: a trace with the header of 2002 is read", async () => {
  const trace = await traceOf([20000, 2, 6, 1, ...OPERATIONS].join("\n"));
  assertEquals(callsOf(trace), CALLS);
  assertEquals(trace.format, "malloc lab, 2002 header");
});

Deno.test(".rep: a trace with the header of 2016 is read", async () => {
  const trace = await traceOf([2, 2, 6, 0, ...OPERATIONS].join("\n"));
  assertEquals(callsOf(trace), CALLS);
  assertEquals(trace.format, "malloc lab, 2016 header");
});

Deno.test(".rep: a header may stand on one line", async () => {
  const trace = await traceOf(["1 2\t6 1", ...OPERATIONS].join("\n"));
  assertEquals(callsOf(trace), CALLS);
});

Deno.test(".rep: realloc of an id never allocated is malloc, and no pointer unknown", async () => {
  const trace = await traceOf("1 1 2 1\nr 0 10\nf 0\n");
  assertEquals(callsOf(trace), ["realloc #0 1x10", "free #0 0x0"]);
  assertEquals(trace.omissions.unknownReallocs, 0);
});

Deno.test(".rep: an id that is used again after its free is a new block", async () => {
  const trace = await traceOf("1 1 4 1\na 0 1\nf 0\na 0 2\nf 0\n");
  assertEquals(callsOf(trace), [
    "malloc #0 1x1",
    "free #0 0x0",
    "malloc #1 1x2",
    "free #1 0x0",
  ]);
});

Deno.test(".rep: an id that was shrunk to nothing can still be freed", async () => {
  const trace = await traceOf("1 1 3 1\na 0 1\nr 0 0\nf 0\n");
  assertEquals(callsOf(trace), [
    "malloc #0 1x1",
    "realloc #0 1x0",
    "free #0 0x0",
  ]);
});

for (
  const [name, text, message] of [
    [
      "a letter that is no operation",
      "1 1 1 1\nx 0 8",
      "test.trace:2:1: expected an operation",
    ],
    [
      "a letter that its id follows at once",
      "1 1 1 1\nf-1",
      "test.trace:2:2: expected a blank after an operation",
    ],
    [
      "a word in the place of a letter",
      "1 1 1 1\na0 8",
      'test.trace:2:1: expected an operation, "a", "r", "f", "c" or "w"',
    ],
    [
      "a size that is no number",
      "1 1 1 1\na 0 big",
      "test.trace:2:5: expected a size in bytes",
    ],
    [
      "a size with a fraction",
      "1 1 1 1\na 0 1.5",
      "test.trace:2:6: expected a blank",
    ],
    [
      "a missing size",
      "1 1 1 1\na 0",
      "test.trace:2:4: expected a size in bytes",
    ],
    [
      "a size of 2^53",
      "1 1 1 1\na 0 9007199254740992",
      "test.trace:2:5: expected a size in bytes below 2^53",
    ],
    [
      "an id beyond the header's",
      "1 1 1 1\na 1 8",
      "test.trace:2:3: expected an id below 1",
    ],
    [
      "more on a line than an operation",
      "1 1 1 1\nf -1 8",
      "test.trace:2:6: expected the end of the line",
    ],
    [
      "fewer operations than the header says",
      "1 1 2 1\na 0 8\n",
      "test.trace:3:1: expected an operation: the header says 2, here are 1",
    ],
    [
      "more operations than the header says",
      "1 1 1 1\na 0 8\nf 0\n",
      "test.trace:3:1: expected the end: the header says that 1 is the number",
    ],
    [
      "a header cut short",
      "20000\n1\n",
      "test.trace:3:1: expected a number of operations",
    ],
  ] as const
) {
  Deno.test(`.rep: ${name} is refused with its place`, async () => {
    const error = await assertRejects(
      () => traceOf(text, { strict: true }),
      TraceError,
    );
    assertStringIncludes(error.message, message);
  });
}

Deno.test(".rep: operations beyond the header's number are left out and counted, as the course's drivers do", async () => {
  const trace = await traceOf("1\n2\n4\n0\na 0 54\na 1 8\nf 0\nf 1\na 0 512\n");
  assertEquals(trace.length, 4);
  assertEquals(trace.omissions.surplusOperations, 1);
});

Deno.test(".rep: fewer operations than the header says are reported", async () => {
  const trace = await traceOf("1\n1\n3\n0\na 0 54\nf 0\n");
  assertEquals(trace.length, 2);
  assertEquals(trace.remarks, [
    "there are fewer operations than expected: the header says 3, here are 2",
  ]);
});

Deno.test(".rep: an id beyond the header's is reported", async () => {
  const trace = await traceOf("1\n1\n2\n0\na 1 54\nf 1\n");
  assertEquals(callsOf(trace), ["malloc #0 1x54", "free #0 0x0"]);
  assertStringIncludes(trace.remarks[0] ?? "", "number of ids, 1: 2");
});

for (
  const [header, format] of [
    [[], "no header"],
    [[2, 6], "header of 2 numbers"],
  ] as const
) {
  Deno.test(`.rep: a trace with ${format} is read`, async () => {
    const lines = [...header, ...OPERATIONS].join("\n");
    const trace = await traceOf(lines, { strict: true });
    assertEquals(callsOf(trace), CALLS);
    assertEquals(trace.format, `malloc lab, ${format}`);
  });
}

for (const count of [2, 3]) {
  Deno.test(`.rep: a write is no call, whether the header counts it or not (${count})`, async () => {
    const text = `20000\n1\n${count}\n1\na 0 512\nw 0 8\nf 0\n`;
    const trace = await traceOf(text, { strict: true });
    assertEquals(callsOf(trace), ["malloc #0 1x512", "free #0 0x0"]);
    assertEquals(trace.remarks, []);
  });
}

Deno.test(".rep: c allocates, or checks a block that is there", async () => {
  const text = "c 0 512\nc 1 3 8\nc 0 512\nc 1\nc\nf 0\nf 1\n";
  const trace = await traceOf(text, { strict: true });
  assertEquals(callsOf(trace), [
    "calloc #0 1x512",
    "calloc #1 3x8",
    "free #0 0x0",
    "free #1 0x0",
  ]);
});

Deno.test(".rep: comments, the line ends of DOS and its Ctrl-Z are read", async () => {
  const text = "# a trace\r\n1 ; weight\r\n1\r\n2 % ops\r\n1\r\n\r\n" +
    "a 0 8 // one\r\n# between\r\nf 0 # last\r\n\x1a\r\nrubbish\r\n";
  const trace = await traceOf(text, { strict: true });
  assertEquals(callsOf(trace), ["malloc #0 1x8", "free #0 0x0"]);
});
