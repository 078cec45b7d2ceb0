import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { CallKind, NO_BLOCK, type Trace } from "../../../lab/traces/trace.ts";
import {
  WRITER_NAMES,
  type WriterName,
} from "../../../lab/traces/writers/trace_writer.ts";
import {
  describeConversions,
  writeTrace,
} from "../../../lab/traces/writers/write_trace.ts";
import { callsOf, traceOf } from "../../support/traces.ts";

function textOf(trace: Trace, format: WriterName): string {
  return [...writeTrace(trace, format)].join("");
}

/** What each block was asked to hold over its life, and for which bytes it was freed. */
function livesOf(trace: Trace): string[] {
  const lives = Array.from({ length: trace.blockCount }, () => [] as string[]);
  for (let call = 0; call < trace.length; call++) {
    const block = trace.blocks[call] as number;
    const bytes = (trace.counts[call] as number) *
      (trace.sizes[call] as number);
    const kind = trace.kinds[call] === CallKind.free ? "free" : `${bytes}`;
    if (block !== NO_BLOCK) lives[block]?.push(kind);
  }
  return lives.map((life) => life.join(" "));
}

/** The bytes that are live after each call which concerns a block. */
function liveBytesOf(trace: Trace): number[] {
  const held: number[] = [];
  return [...trace.blocks].flatMap((block, call) => {
    if (block === NO_BLOCK) return [];
    held[block] = (trace.counts[call] as number) *
      (trace.sizes[call] as number);
    return held.reduce((sum, bytes) => sum + bytes, 0);
  });
}

const EVERY_CALL = '{"format": "osmem trace", "version": 1, "calls": [\n' +
  '["malloc", 0, 100],\n["calloc", 1, 30, 7],\n["realloc", 0, 200],\n' +
  '["realloc", 2, 5],\n["memalign", 3, 64],\n["free", 1],\n' +
  '["free", null],\n["realloc", 3, 0],\n["free", 3]\n]}';

/** A step that is possible at any time: it takes one of the live blocks. */
const STEP = fc.record({
  kind: fc.constantFrom("malloc", "calloc", "realloc", "memalign", "free"),
  which: fc.nat(),
  count: fc.nat({ max: 9 }),
  size: fc.nat({ max: 2 ** 40 }),
  onNull: fc.boolean(),
});

type Step = typeof STEP extends fc.Arbitrary<infer Value> ? Value : never;

/** The calls of a JSON trace, from steps. */
function callsFrom(steps: readonly Step[]): unknown[][] {
  const live: number[] = [];
  let blocks = 0;
  return [["malloc", live[live.push(blocks++) - 1], 1]].concat(
    steps.map(({ kind, which, count, size, onNull }) => {
      const index = which % Math.max(live.length, 1);
      const old = onNull ? undefined : live[index];
      if (kind === "free") {
        if (old !== undefined) live.splice(index, 1);
        return [kind, old ?? null] as never;
      }
      if (kind === "realloc" && old !== undefined) return [kind, old, size];
      const block = blocks++;
      live.push(block);
      return kind === "calloc"
        ? [kind, block, count, size]
        : [kind, block, size];
    }),
  );
}

const TRACES = fc.array(STEP, { maxLength: 60 }).map((steps) =>
  JSON.stringify({
    format: "osmem trace",
    version: 1,
    calls: callsFrom(steps),
  })
);

Deno.test("JSON: a trace that is written and read again is the same call by call", async () => {
  await fc.assert(fc.asyncProperty(TRACES, async (text) => {
    const trace = await traceOf(text);
    const again = await traceOf(textOf(trace, "json"));
    assertEquals(callsOf(again), callsOf(trace));
    assertEquals(again.peak, trace.peak);
    assertEquals(again.blockCount, trace.blockCount);
    assertEquals(again.remainingBytes, trace.remainingBytes);
  }));
});

Deno.test(".rep: a trace that is written and read again has blocks of the same sizes and lifetimes", async () => {
  await fc.assert(fc.asyncProperty(TRACES, async (text) => {
    const trace = await traceOf(text);
    const again = await traceOf(textOf(trace, "rep"));
    assertEquals([...again.blocks], [...trace.blocks]);
    assertEquals(livesOf(again), livesOf(trace));
    assertEquals(again.peak, trace.peak);
  }));
});

Deno.test("OSTEP: a trace that is written and read again has the same bytes live after each call", async () => {
  await fc.assert(fc.asyncProperty(TRACES, async (text) => {
    const trace = await traceOf(text);
    const again = await traceOf(textOf(trace, "ostep"));
    const reallocs = new Set<number>();
    const seen = new Set<number>();
    let written = 0;
    trace.blocks.forEach((block, call) => {
      if (block === NO_BLOCK) return;
      const moves = seen.has(block) && trace.kinds[call] === CallKind.realloc;
      if (moves) reallocs.add(written++);
      written++;
      seen.add(block);
    });
    const settled = liveBytesOf(again).filter((_, call) => !reallocs.has(call));
    assertEquals(settled, liveBytesOf(trace));
  }));
});

Deno.test(".rep: every call is written by its nearest operation", async () => {
  const trace = await traceOf(EVERY_CALL);
  assertEquals(
    textOf(trace, "rep"),
    "1\n4\n9\n1\na 0 100\na 1 210\nr 0 200\nr 2 5\na 3 64\nf 1\nf -1\nr 3 0\nf 3\n",
  );
});

Deno.test("OSTEP: every call is written by its nearest operations", async () => {
  const trace = await traceOf(EVERY_CALL);
  assertEquals(
    textOf(trace, "ostep"),
    "+100,+210,+200,-0,+5,+64,-1,+0,-4,-5\n",
  );
});

Deno.test("OSTEP: a long trace is written in several lines", async () => {
  const trace = await traceOf(Array(25).fill("+1").join(","));
  assertEquals(textOf(trace, "ostep").trimEnd().split("\n").length, 3);
  assertEquals((await traceOf(textOf(trace, "ostep"))).length, 25);
});

Deno.test("describeConversions() counts what a format cannot say", async () => {
  const trace = await traceOf(EVERY_CALL);
  const notes = WRITER_NAMES.map((name) => describeConversions(trace, name));
  assertEquals(notes, [
    [
      "test.trace: wrote callocs as allocations of all their bytes: 1",
      "test.trace: wrote aligned allocations as plain ones: 1",
    ],
    [
      "test.trace: wrote callocs as allocations of all their bytes: 1",
      "test.trace: wrote aligned allocations as plain ones: 1",
      "test.trace: wrote reallocs of NULL as allocations: 1",
      "test.trace: wrote reallocs as an allocation and a free, both allocated for a moment: 2",
      "test.trace: left out frees of NULL: 1",
    ],
    [],
  ]);
});

Deno.test("writeTrace() gives a long trace in pieces", async () => {
  const trace = await traceOf(Array(1000).fill("+1").join(","));
  for (const name of WRITER_NAMES) {
    const longest = Math.max(
      ...[...writeTrace(trace, name)].map((piece) => piece.length),
    );
    assertEquals(longest < 100, true);
  }
});
