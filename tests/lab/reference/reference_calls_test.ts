import { assertEquals, assertThrows } from "@std/assert";
import { parseReferenceCalls } from "../../../lab/reference/reference_calls.ts";
import { TraceError } from "../../../lab/traces/trace_error.ts";

const parse = (text: string) => parseReferenceCalls(text, "some.ref");

Deno.test("the calls of a reference trace are read, without what they led to", () => {
  assertEquals(
    parse(`os_malloc (['10'])    = HeapStart + 0x20
  brk (['0'])         = HeapStart + 0x0
os_calloc (['2', '3']) = <mapped-addr1> + 0x20
os_realloc (['0', '8']) = 0
os_free (['<segment2> + 0x20']) = <void>
+++ exited (status 3) +++
`),
    {
      calls: [
        { name: "os_malloc", args: ["10"] },
        { name: "os_calloc", args: ["2", "3"] },
        { name: "os_realloc", args: ["0", "8"] },
        { name: "os_free", args: ["<segment2> + 0x20"] },
      ],
      exit: "+++ exited (status 3) +++",
    },
  );
});

Deno.test("a reference trace needs no line about the exit", () => {
  assertEquals(parse("os_free (['0x8']) = <void>"), {
    calls: [{ name: "os_free", args: ["0x8"] }],
    exit: undefined,
  });
});

for (
  const line of [
    "",
    "what",
    "os_malloc (10) = 0",
    "os_malloc (['ten']) = 0",
    "os_malloc (['-1']) = 0",
    "os_malloc (['1', '2']) = 0",
    "os_calloc (['1']) = 0",
    "os_free (['12']) = <void>",
    "os_free (['Heapstart + 0x20']) = <void>",
    "os_realloc (['HeapStart + 0x20']) = 0",
    "os_memalign (['8']) = 0",
    "os_malloc (['8'])",
    " os_malloc (['8']) = 0",
    "os_malloc (['8']) =",
  ]
) {
  Deno.test(`no call of a reference trace: "${line}"`, () => {
    const text = `os_malloc (['8']) = 0\n${line}\nos_malloc (['8']) = 0\n`;
    assertThrows(
      () => parse(text),
      TraceError,
      "some.ref:2: expected a call as in os_malloc (['100']) = HeapStart + 0x20, found " +
        JSON.stringify(line),
    );
  });
}

Deno.test("of a long line that is no call its begin is shown", () => {
  const error = assertThrows(() => parse("x".repeat(100_000)), TraceError);
  assertEquals(error.message.length < 200, true);
});
