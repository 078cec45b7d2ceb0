import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import fc from "fast-check";
import {
  FORMAT_NAMES,
  type FormatName,
} from "../../../lab/traces/formats/trace_format.ts";
import { readTrace } from "../../../lab/traces/read_trace.ts";
import type { Trace } from "../../../lab/traces/trace.ts";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { callsOf, streamOf } from "../../support/traces.ts";

function read(text: string, format: FormatName): Promise<Trace> {
  const stream = streamOf([new TextEncoder().encode(text)]);
  return readTrace(stream, "test.trace", { format });
}

/** malloc(8), two frees of it, and a realloc of it to 9 bytes. */
const DOUBLE_FREES: Readonly<Record<FormatName, string>> = {
  valgrind: "--7-- malloc(8) = 0x10\n--7-- free(0x10)\n--7-- free(0x10)\n" +
    "--7-- realloc(0x10,9) = 0x20\n",
  rep: "1 1 4 1\na 0 8\nf 0\nf 0\nr 0 9\n",
  mtrace: "= Start\n@ ./a:[0x1] + 0x10 0x8\n@ ./a:[0x2] - 0x10\n" +
    "@ ./a:[0x3] - 0x10\n@ ./a:[0x4] < 0x10\n@ ./a:[0x4] > 0x20 0x9\n",
  ltrace: "5 malloc(8)  = 0x10\n5 free(0x10)  = <void>\n" +
    "5 free(0x10 <unfinished ...>\n5 <... free resumed> )  = <void>\n" +
    "5 realloc(0x10, 9)  = 0x20\n",
  heaptrack: "v 10400 3\n+ 8 1 10\n- 10\n- 10\n+ 9 2 20\n",
  ostep: "+8,-0,-0,+9",
  reference: "os_malloc (['8'])  = HeapStart + 0x20\n" +
    "os_free (['HeapStart + 0x20'])  = <void>\n" +
    "os_free (['HeapStart + 0x20'])  = <void>\n" +
    "os_realloc (['HeapStart + 0x20', '9'])  = HeapStart + 0x40\n",
  json: '{"format": "osmem trace", "version": 1, "calls": [\n' +
    '["malloc", 0, 8],\n["free", 0],\n["free", 0],\n["realloc", 0, 9]\n]}\n',
};

/** Formats in which the author names the blocks, and a double free is a mistake. */
const REFUSING: Readonly<Partial<Record<FormatName, string>>> = {
  ostep: "test.trace:1:8: expected the index of an allocation that is not",
  json: "test.trace:4:10: calls[2]: expected a block that is allocated",
};

for (const name of FORMAT_NAMES) {
  const problem = REFUSING[name];
  if (problem) {
    Deno.test(`${name}: a double free is refused as its author's mistake`, async () => {
      const wrong = () => read(DOUBLE_FREES[name], name);
      await assertRejects(wrong, TraceError, problem);
    });
  } else {
    Deno.test(`${name}: a double free is left out and counted`, async () => {
      const trace = await read(DOUBLE_FREES[name], name);
      assertEquals(callsOf(trace), [
        "malloc #0 1x8",
        "free #0 0x0",
        name === "heaptrack" ? "malloc #1 1x9" : "realloc #1 1x9",
      ]);
      assertEquals(trace.omissions.secondFrees, 1);
    });
  }
}

const WITHOUT_CALLS: Readonly<Partial<Record<FormatName, string>>> = {
  valgrind: "==7== Memcheck, a memory error detector\n",
  rep: "1 0 0 1\n",
  mtrace: "= Start\n= End\n",
  ltrace: 'puts("hello")  = 6\n+++ exited (status 0) +++\n',
  heaptrack: "v 10400 3\nX ./a.out\n",
  reference: "  brk (['0'])  = HeapStart\n+++ exited (status 0) +++\n",
  json: '{"format": "osmem trace", "version": 1, "calls": []}',
};

for (const [name, text] of Object.entries(WITHOUT_CALLS)) {
  Deno.test(`${name}: a trace of no call is refused`, async () => {
    await assertRejects(
      () => read(text, name as FormatName),
      TraceError,
      "test.trace: there is no call to replay in this trace",
    );
  });
}

/** Edits of a text: at a place, so many characters are replaced by others. */
const EDITS = fc.array(
  fc.record({
    at: fc.nat({ max: 400 }),
    removed: fc.nat({ max: 12 }),
    inserted: fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.constantFrom("\n", "0", "-1", "99999999999999999999", "0x", "[", "]"),
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

for (const name of FORMAT_NAMES) {
  const text = DOUBLE_FREES[name];

  Deno.test(`${name}: a trace that is damaged anyhow is read or refused, nothing else`, async () => {
    await fc.assert(
      fc.asyncProperty(EDITS, async (edits) => {
        const damaged = edits.reduce((before, { at, removed, inserted }) => {
          const place = at % before.length || 0;
          return before.slice(0, place) + inserted +
            before.slice(place + removed);
        }, text);
        await assertReadOrRefused(damaged, name);
      }),
      { numRuns: 300 },
    );
  });

  Deno.test(`${name}: a trace that is cut off anywhere is read or refused, nothing else`, async () => {
    for (let length = 0; length < text.length; length++) {
      await assertReadOrRefused(text.slice(0, length), name);
    }
  });
}

async function assertReadOrRefused(
  text: string,
  name: FormatName,
): Promise<void> {
  const outcome = await read(text, name).catch((error) => error);
  if (outcome instanceof Error) assertInstanceOf(outcome, TraceError);
  else assertEquals(hasCalls(outcome), true);
}

/** Whether there is a call, one to replay or one that is left out. */
function hasCalls({ length, omissions }: Trace): boolean {
  const { skippedLines: _, ...omitted } = omissions;
  return length > 0 || Object.values(omitted).some((count) => count > 0);
}
