// Every option of the lab's functions is read once, before anything is changed.
import { assertEquals, assertThrows } from "@std/assert";
import {
  comb,
  drawBlocks,
  drawHeaderBytes,
  experiment,
  ramp,
  randomWorkload,
  readTrace,
  reallocGrowth,
  record,
  replay,
  sawtooth,
  writeReportPage,
} from "../../lab/mod.ts";
import { Heap } from "../../mod.ts";
import { readOnce } from "../support/read_once.ts";

const distribution = () =>
  readOnce({ name: "constant", values: [40] } as const);

Deno.test("every option of a run and of its pictures is read once", async () => {
  const run = experiment(
    readOnce({ title: "one", growth: 16, preallocate: 0 }),
    (heap) => void heap.malloc(40),
  );
  const trace = await readTrace(
    new Blob(["0 1 1 1\na 0 40\n"]).stream(),
    "one.rep",
    readOnce({ format: "rep" } as const),
  );
  const again = replay(
    trace,
    readOnce({ title: "two", fit: "first", onProgress: () => {} }),
  );
  const moment = run.at(1);
  moment.map(readOnce({ width: 40, colour: false }));
  moment.toSVG(readOnce({ width: 400, title: "moment" }));
  run.toSVG(
    readOnce({ width: 400, height: 300, from: 0, to: 1, title: "run" }),
  );
  run.toHTML(readOnce({ title: "page" }));
  writeReportPage([run, again], readOnce({ title: "pages" }));
  drawBlocks(
    moment,
    readOnce({ width: 100, addresses: "relative", limit: 3 } as const),
  );
  drawHeaderBytes([], readOnce({ width: 100, addresses: "absolute" } as const));
  assertEquals([run.title, again.title], ["one", "two"]);
});

Deno.test("every option of a workload is read once, and the parts of a distribution", () => {
  comb(readOnce({ blocks: 4, size: 16 }));
  ramp(readOnce({ blocks: 4 }));
  sawtooth(readOnce({ blocks: 4 }));
  reallocGrowth(readOnce({ blocks: 2 }));
  const trace = randomWorkload(
    readOnce({ calls: 20, sizes: distribution(), lifetimes: distribution() }),
  );
  assertEquals(trace.length > 0, true);
});

Deno.test("a title that throws leaves the heap unrecorded", () => {
  using heap = new Heap();
  const fail = () => {
    throw new Error("no title");
  };
  assertThrows(
    () => record(heap, readOnce({ title: "late" }, fail)),
    Error,
    "no title",
  );
  using recording = record(heap, readOnce({ title: "whole" }));
  using _bindings = recording.bindToC(readOnce({ os: false }));
  assertEquals(recording.run().title, "whole");
});
