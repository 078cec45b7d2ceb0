import { assertEquals, assertThrows } from "@std/assert";
import { InvalidPointerError } from "../../../mod.ts";
import {
  experiment,
  parseRun,
  type Run,
  TraceError,
} from "../../../lab/mod.ts";

function smallRun(): Run {
  return experiment({ title: "small", preallocate: 0 }, (heap) => {
    const first = heap.malloc(100, "first");
    heap.mark("half");
    const mapped = heap.malloc(200_000);
    heap.calloc(3, 8);
    heap.free(first);
    assertThrows(() => heap.free(first + 8), InvalidPointerError);
    heap.realloc(mapped, 10);
  });
}

/** The JSON of a run with one value in it replaced. */
function changed(path: string, value: unknown): string {
  const json = JSON.parse(JSON.stringify(smallRun()));
  const names = path.split(".");
  const last = names.pop() as string;
  names.reduce((at, name) => at[name], json)[last] = value;
  return JSON.stringify(json);
}

Deno.test("a run that is written as JSON and read again is the same run", () => {
  const run = smallRun();
  const again = parseRun(JSON.stringify(run), "run.json");
  assertEquals(again.data, run.data);
});

Deno.test("a run that was read shows the same blocks at every moment", () => {
  const run = smallRun();
  const again = parseRun(JSON.stringify(run), "run.json");
  for (let calls = 0; calls <= run.length; calls++) {
    assertEquals(again.at(calls).blocks(), run.at(calls).blocks());
    assertEquals(again.at(calls).figures(), run.at(calls).figures());
  }
});

Deno.test("a run of a heap without thresholds is read as it was", () => {
  const run = experiment(
    { mmapThreshold: Infinity, callocThreshold: Infinity },
    (heap) => void heap.malloc(8),
  );
  const again = parseRun(JSON.stringify(run), "run.json");
  assertEquals(again.policy.mmapThreshold, Infinity);
});

for (
  const [path, value, problem] of [
    [
      "format",
      "other",
      'expected format to be one of "osmem run", found "other"',
    ],
    ["version", 2, "expected version to be one of 1, found 2"],
    ["title", 7, "expected title to be a text, found 7"],
    ["calls", [], "expected calls to be an object, found []"],
    ["calls.sizes", [1], "expected calls.sizes to be 6 entries, found 1"],
    [
      "calls.blocks.1",
      99,
      "expected calls.blocks[1] to be a whole number from -1 to 2, found 99",
    ],
    [
      "changes.ends.0",
      5,
      "expected changes.ends to be rising numbers, the last of them",
    ],
    [
      "changes.sizes.0",
      -8,
      "expected changes.sizes[0] to be a whole number from 0 to",
    ],
    [
      "marks.0.after",
      99,
      "expected marks[0].after to be a whole number from 0 to 6",
    ],
    ["labels.0", "x", 'expected labels[0] to be an array, found "x"'],
    ["samples", null, "expected samples to be an object, found null"],
  ] as const
) {
  Deno.test(`a run's JSON with a wrong ${path} is refused`, () => {
    assertThrows(
      () => parseRun(changed(path, value), "run.json"),
      TraceError,
      `run.json: ${problem}`,
    );
  });
}

Deno.test("a run's JSON that is nested very deeply is refused before it is parsed", () => {
  for (const opening of ["[", '{"a":', '["[\\"", ']) {
    assertThrows(
      () => parseRun(opening.repeat(1_000_000), "run.json"),
      TraceError,
      "run.json: more than 64 arrays and objects in one another, at character ",
    );
  }
});

Deno.test("brackets in the texts of a run's JSON are no nesting", () => {
  const label = '["\\'.repeat(100);
  const run = experiment({}, (heap) => void heap.malloc(8, label));
  const again = parseRun(JSON.stringify(run), "run.json");
  assertEquals(again.at(1).blocks()[0]?.label, label);
});

Deno.test("a run's JSON that is cut short is refused", () => {
  const text = JSON.stringify(smallRun());
  assertThrows(
    () => parseRun(text.slice(0, text.length / 2), "run.json"),
    TraceError,
    "run.json: not a complete JSON document",
  );
});
