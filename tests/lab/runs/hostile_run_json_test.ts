import { assertThrows } from "@std/assert";
import { experiment, parseRun, TraceError } from "../../../lab/mod.ts";
import { seededRandom } from "../../support/seed.ts";
import { casesOf } from "../../support/thoroughness.ts";

type Json = null | boolean | number | string | Json[] | {
  [name: string]: Json;
};

/** A run of two mallocs, a free, a mapping, and a realloc, as JSON. */
function smallRun(): string {
  return JSON.stringify(experiment({ title: "small" }, (heap) => {
    const first = heap.malloc(100, "first");
    heap.mark("half");
    heap.malloc(50);
    heap.free(first);
    heap.realloc(heap.calloc(1, 5000), 40, "moved");
    heap.mark("done");
  }));
}

/** The JSON with other values at some paths. */
function changed(values: Readonly<Record<string, Json>>): string {
  const json = JSON.parse(smallRun());
  for (const [path, value] of Object.entries(values)) {
    const names = path.split(".");
    const last = names.pop() as string;
    names.reduce((at, name) => at[name], json)[last] = value;
  }
  return JSON.stringify(json);
}

for (
  const [name, values, problem] of [
    [
      "a block larger than a heap",
      { "changes.sizes.0": 2 ** 34 },
      "expected changes.sizes[0] to be a multiple of 8 that ends the heap block at 0 within the 17179869184 bytes",
    ],
    [
      "a block whose size is no multiple of 8",
      { "changes.sizes.0": 12 },
      "expected changes.sizes[0] to be a multiple of 8",
    ],
    [
      "a block between two cells",
      { "changes.addresses.0": 4 },
      "expected changes.addresses[0] to be a multiple of 8 from 0 on, as of every heap block, found 4",
    ],
    [
      "a block below the heap's start",
      { "changes.addresses.0": -64 },
      "expected changes.addresses[0] to be a multiple of 8 from 0 on",
    ],
    [
      "more blocks than calls could allocate",
      { blockCount: 4294967290 },
      "expected blockCount to be a whole number from 0 to 5, found 4294967290",
    ],
    [
      "fewer blocks than there were before",
      {
        "initial.addresses": [0, 64, 128, 192],
        "initial.sizes": [8, 8, 8, 8],
        "initial.statuses": [1, 1, 1, 1],
      },
      "expected blockCount to be a whole number from 4 to 9, found 3",
    ],
    [
      "blocks that overlap before the first call",
      {
        "initial.addresses": [0, 8],
        "initial.sizes": [800, 800],
        "initial.statuses": [1, 1],
      },
      "expected initial.addresses[1] to be at least 832, where the heap block before it ends, found 8",
    ],
    [
      "a policy that no heap has",
      { "policy.growth": 0 },
      "policy.growth: Cannot make a heap with growth 0: expected bytes as a multiple of 8",
    ],
    [
      "system calls out of order",
      { "systemCalls.0.call": 4 },
      "expected systemCalls[1].call to be at least 4, as in the entry before, found 3",
    ],
    [
      "marks out of order",
      { "marks.1.after": 0 },
      "expected marks[1].after to be at least 1, as in the entry before, found 0",
    ],
    [
      "samples out of order",
      { "samples.calls.0": 2 },
      "expected samples.calls[1] to be at least 2, as in the entry before, found 1",
    ],
    [
      "labels out of order",
      { labels: [[3, "c"], [0, "a"]] },
      "expected labels[1][0] to be at least 3, as in the entry before, found 0",
    ],
    [
      "a label without a text",
      { labels: [[3]] },
      "expected labels[0] to be 2 entries, found 1",
    ],
    [
      "a kind of call too many",
      { "kindNames.5": "valloc" },
      "expected kindNames to be 5 entries, found 6",
    ],
    [
      "a search longer than any",
      { "calls.searches.0": 2 ** 32 },
      "expected calls.searches[0] to be a whole number from 0 to 4294967295",
    ],
    [
      "a request beyond counting",
      { "calls.sizes.3": 2 ** 52 - 1, "calls.counts.3": 2 ** 40 },
      "expected calls.sizes[3] to be less than 2^53 bytes for all of its 1099511627776 elements",
    ],
    [
      "a start beyond every address",
      { start: Number.MAX_SAFE_INTEGER },
      "expected calls.results[0] to be a whole number from -9007199254740991 to 0",
    ],
    [
      "a mapping beyond every address",
      { "changes.sizes.5": Number.MAX_SAFE_INTEGER },
      "expected changes.sizes[5] to be at most ",
    ],
    [
      "the name of what every object has in place of a part",
      { policy: { constructor: 1, toString: 2 } },
      "expected policy.fit to be one of",
    ],
  ] as const
) {
  Deno.test(`a run's JSON with ${name} is refused`, () => {
    assertThrows(
      () => parseRun(changed(values as Record<string, Json>), "run.json"),
      TraceError,
      `run.json: ${problem}`,
    );
  });
}

/** The path to everything in a document, itself left out. */
function* pathsIn(json: Json, path = ""): Generator<string> {
  if (typeof json !== "object" || json === null) return;
  for (const [name, value] of Object.entries(json)) {
    const inner = path === "" ? name : `${path}.${name}`;
    yield inner;
    yield* pathsIn(value, inner);
  }
}

const HOSTILE: readonly Json[] = [
  null,
  true,
  "__proto__",
  [],
  {},
  -1,
  0,
  0.5,
  12,
  2 ** 31,
  2 ** 34,
  Number.MAX_SAFE_INTEGER,
  1e300,
];

for (const value of HOSTILE) {
  Deno.test(`a run's JSON with ${JSON.stringify(value)} anywhere is refused, or can be looked at`, () => {
    const paths = [...pathsIn(JSON.parse(smallRun()))];
    for (const path of casesOf(paths, seededRandom())) {
      lookAtIfRead(changed({ [path]: value }));
    }
  });
}

function lookAtIfRead(text: string): void {
  let run;
  try {
    run = parseRun(text, "run.json");
  } catch (error) {
    if (error instanceof TraceError) return;
    throw error;
  }
  for (let calls = 0; calls <= run.length; calls++) run.at(calls).blocks();
  Deno.inspect(run);
  run.at(run.length).map();
  run.toSVG();
}
