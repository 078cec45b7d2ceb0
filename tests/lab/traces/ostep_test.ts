import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { callsOf, traceOf } from "../../support/traces.ts";

const CALLS = [
  "malloc #0 1x10",
  "malloc #1 1x20",
  "free #0 0x0",
  "malloc #2 1x30",
  "free #2 0x0",
];

Deno.test("OSTEP: the index of a free counts every allocation from 0", async () => {
  const trace = await traceOf("+10,+20,-0,+30,-2");
  assertEquals(callsOf(trace), CALLS);
  assertEquals(trace.format, "ostep");
});

for (
  const text of [
    "+10,+20,\n-0,+30\n,-2\n",
    "+10\n+20\n\n-0\n+30\n-2\n",
    " + 10 ,\t+20 , -0,+ 30, - 2 \n",
    "# the book's example\n+10,+20,-0,+30,-2\n",
  ]
) {
  Deno.test(`OSTEP: ${JSON.stringify(text)} is read: blanks and lines may stand between`, async () => {
    assertEquals(callsOf(await traceOf(text)), CALLS);
  });
}

for (
  const [text, place, expected] of [
    ["+10,-1", "1:6", "an index below 1, the number of allocations so far"],
    ["-0,+10", "1:2", "an index below 0"],
    [
      "+10,-0,\n-0",
      "2:2",
      "the index of an allocation that is not freed yet",
    ],
    ["+10,", "2:1", "an operation after the comma"],
    ["+10,,-0", "1:5", "an operation"],
    ["+10,-", "1:6", "the index of an allocation"],
    ["+10,+", "1:6", "a size in bytes"],
    ["+10-0", "1:4", '","'],
    ["+10 -0", "1:5", '","'],
    ["+10\n,\n", "3:1", "an operation after the comma"],
    ["+10,20", "1:5", "an operation"],
    ["+10,+1.5", "1:7", '","'],
    ["+10,+9007199254740992", "1:6", "a size in bytes below 2^53"],
    ["+10\na 0 512\n", "2:1", "an operation"],
  ] as const
) {
  Deno.test(`OSTEP: ${JSON.stringify(text)} is refused with its place`, async () => {
    const error = await assertRejects(() => traceOf(text), TraceError);
    assertStringIncludes(error.message, `test.trace:${place}: expected `);
    assertStringIncludes(error.message, expected);
  });
}
