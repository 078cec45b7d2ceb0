import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { CallKind } from "../../../lab/traces/trace.ts";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { countCalls } from "../../../lab/traces/call_counts.ts";
import { SCENARIOS } from "../../scenarios/all.ts";
import { parseTrace } from "../../support/reference_trace.ts";
import { callsOf, traceOf } from "../../support/traces.ts";

Deno.test("reference: each call is read, and the system calls are passed over", async () => {
  const trace = await traceOf(
    "os_malloc (['100'])                 = HeapStart + 0x20\n" +
      "  brk (['0'])                       = HeapStart + 0x0\n" +
      "  brk (['HeapStart + 0x20000'])     = HeapStart + 0x20000\n" +
      "os_calloc (['30', '7'])             = HeapStart + 0xa8\n" +
      "os_realloc (['HeapStart + 0x20', '200000']) = <mapped-addr1> + 0x20\n" +
      "  mmap (['0', '200032', 'PROT_READ | PROT_WRITE', 'MAP_PRIVATE | MAP_ANON', '-1', '0'])   = <mapped-addr1>\n" +
      "os_free (['HeapStart + 0xa8'])      = <void>\n" +
      "os_free (['<mapped-addr1> + 0x20']) = <void>\n" +
      "  munmap (['<mapped-addr1>', '200032']) = 0\n" +
      "os_free (['0'])                     = <void>\n" +
      "+++ exited (status 0) +++\n",
  );
  assertEquals(callsOf(trace), [
    "malloc #0 1x100",
    "calloc #1 30x7",
    "realloc #0 1x200000",
    "free #1 0x0",
    "free #0 0x0",
    "free NULL 0x0",
  ]);
  assertEquals(trace.format, "reference");
});

Deno.test("reference: places in different mappings are different blocks", async () => {
  const trace = await traceOf(
    "os_malloc (['200000']) = <mapped-addr1> + 0x20\n" +
      "os_malloc (['200001']) = <mapped-addr12> + 0x20\n" +
      "os_free (['<mapped-addr12> + 0x20']) = <void>\n",
  );
  assertEquals(callsOf(trace), [
    "malloc #0 1x200000",
    "malloc #1 1x200001",
    "free #1 0x0",
  ]);
});

Deno.test("reference: allocations that gave NULL are counted, as are pointers of no live block", async () => {
  const trace = await traceOf(
    "os_malloc (['0']) = 0\n" +
      "os_realloc (['0', '8']) = HeapStart + 0x20\n" +
      "os_free (['HeapStart + 0x20']) = <void>\n" +
      "os_realloc (['HeapStart + 0x20', '8']) = 0\n" +
      "os_free (['HeapStart + 0x20']) = <void>\n",
  );
  assertEquals(callsOf(trace), ["realloc #0 1x8", "free #0 0x0"]);
  assertEquals(trace.omissions.failedCalls, 2);
  assertEquals(trace.omissions.secondFrees, 1);
});

for (const [name, text] of Object.entries(SCENARIOS)) {
  Deno.test(`reference: every call of the scenario ${name} is read`, async () => {
    const trace = await traceOf(text);
    const { byKind } = countCalls(trace);
    const made = (called: string) =>
      parseTrace(text).filter(({ name, result }) =>
        name === called && result !== 0
      ).length;
    assertEquals(byKind.malloc, made("os_malloc"));
    assertEquals(byKind.calloc, made("os_calloc"));
    const { unknownFrees, secondFrees } = trace.omissions;
    const freeingReallocs = parseTrace(text).filter(({ name, args }) =>
      name === "os_realloc" && args[0] !== 0 && args[1] === 0
    ).length;
    const replayedOnes = trace.kinds.filter((kind, call) =>
      kind === CallKind.realloc && trace.sizes[call] === 0
    ).length;
    assertEquals(
      byKind.free + replayedOnes + unknownFrees + secondFrees,
      made("os_free") + freeingReallocs,
    );
  });
}

for (
  const [line, column, expected] of [
    ["os_malloc (['x']) = 0", 14, "a size in bytes"],
    ["os_malloc (['8'", 15, `"'])"`],
    ["os_malloc (['8'])", 18, '"= "'],
    ["os_malloc (['8']) = ", 21, "HeapStart + 0x"],
    ["os_malloc (['8']) = HeapStart + 0x20 x", 37, "the end of the line"],
    ["os_calloc (['8']) = 0", 15, `"', '"`],
    ["os_free (['HeapStart + 0x20']) = 0", 34, "<void>"],
    ["os_free (['0x20']) = <void>", 13, `"'])"`],
    ["os_malloc (['9007199254740992']) = HeapStart + 0x20", 36, "2^53"],
    ["os_calloc (['4503599627370496', '2']) = HeapStart + 0x20", 41, "2^53"],
    ["os_memalign (['8']) = 0", 1, "os_malloc, os_calloc"],
    ["brk (['0']) = HeapStart + 0x0", 1, "os_malloc, os_calloc"],
    ["--7-- malloc(8) = 0x10", 1, "os_malloc, os_calloc"],
  ] as const
) {
  Deno.test(`reference: ${JSON.stringify(line)} is refused at column ${column}`, async () => {
    const text = `os_malloc (['1']) = HeapStart + 0x20\n${line}`;
    const error = await assertRejects(
      () => traceOf(text, { strict: true }),
      TraceError,
    );
    assertStringIncludes(error.message, `test.trace:2:${column}: expected `);
    assertStringIncludes(error.message, expected);
  });
}
