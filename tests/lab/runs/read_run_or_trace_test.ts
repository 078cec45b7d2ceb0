import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  experiment,
  parseTrace,
  Run,
  type Trace,
  TraceError,
} from "../../../lab/mod.ts";
import { readRunOrTrace } from "../../../lab/runs/read_run_or_trace.ts";
import { lineBatches } from "../../../lab/traces/lines.ts";
import { streamOf } from "../../support/traces.ts";

const RUN = JSON.stringify(
  experiment({ title: "r".repeat(1000) }, (heap) => void heap.malloc(100)),
);
const PIECE = 10; // bytes of the stream at a time

function read(text: string, options = {}): Promise<Run | Trace> {
  const bytes = new TextEncoder().encode(text);
  const pieces = Array.from(
    { length: Math.ceil(bytes.length / PIECE) },
    (_, at) => bytes.slice(at * PIECE, (at + 1) * PIECE),
  );
  return readRunOrTrace(streamOf(pieces), "file", options);
}

Deno.test("a run is found whatever the order of its parts", async () => {
  const sorted = Object.entries(JSON.parse(RUN)).sort().reverse();
  const text = JSON.stringify(Object.fromEntries(sorted));
  assert(text.indexOf('"format"') > 200, "its format stands at the beginning");
  assert(await read(text) instanceof Run);
});

Deno.test("a run is found on many lines, and behind empty ones", async () => {
  const text = JSON.stringify(JSON.parse(RUN), null, 2);
  assert(await read(`\n\n${text}\n`) instanceof Run);
});

Deno.test("a trace in JSON is a trace", async () => {
  const text = '{"format": "osmem trace", "version": 1, "calls": [\n' +
    '["malloc", 0, 8]\n]}\n';
  const trace = await read(text);
  assert(!(trace instanceof Run));
  assertEquals([trace.format, trace.length], ["json", 1]);
});

Deno.test("a trace is read from its first line on", async () => {
  const trace = await read("# said before\n\n1 1 2 1\na 0 100\nf 0\n");
  assert(!(trace instanceof Run));
  assertEquals([...trace.lines], [4, 5]);
});

Deno.test("what is neither a run nor a trace is refused", async () => {
  for (const text of ["", "\n\n", "{", '{"format": 7}', '{"calls":[]}']) {
    await assertRejects(() => read(text), TraceError, "file:");
  }
});

Deno.test("a run that is said to be a trace is refused by its name", async () => {
  const problem = "file: is a run that osmem run -o wrote, not a trace";
  await assertRejects(
    () => read(RUN, { format: "json" }),
    TraceError,
    problem,
  );
  await assertRejects(() => parseTrace(RUN, "file"), TraceError, problem);
});

Deno.test("lines are the same however a text is cut into pieces", async () => {
  const bytes = new TextEncoder().encode("one\r\n\nthree ✓\nfour\n\r\nlast");
  for (let size = 1; size <= bytes.length; size++) {
    const pieces = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, at) => bytes.slice(at * size, (at + 1) * size),
    );
    const lines = (await Array.fromAsync(lineBatches(streamOf(pieces), "x")))
      .flat();
    assertEquals(lines, ["one", "", "three ✓", "four", "", "last"]);
  }
});
