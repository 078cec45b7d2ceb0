import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Heap } from "../../../mod.ts";
import {
  blockRows,
  drawBlocks,
  drawHeaderBytes,
  experiment,
  type Run,
} from "../../../lab/mod.ts";
import { randomRun } from "../../support/random_run.ts";
import { seededTests } from "../../support/seed.ts";
import { casesOf } from "../../support/thoroughness.ts";

const randomTest = seededTests("Lists of the blocks of random runs");

function someBlocks(): Run {
  return experiment({}, (heap) => {
    const first = heap.malloc(200);
    heap.malloc(24, "kept");
    heap.free(first);
    heap.malloc(40);
  });
}

Deno.test("a list shows each block in two lines where there are 80 columns", () => {
  assertEquals(drawBlocks(someBlocks().at(4)).split("\n").slice(0, 12), [
    "┌───────┬─────────┬───────────┬───────────┬────────┬───────┐",
    "│ block │ header  │      size │ state     │ prev   │ label │",
    "│       │ payload │ requested │ since     │ next   │       │",
    "├───────┼─────────┼───────────┼───────────┼────────┼───────┤",
    "│     2 │ +0x0    │        40 │ allocated │ NULL   │       │",
    "│       │ +0x20   │        40 │ 4         │ +0x48  │       │",
    "├───────┼─────────┼───────────┼───────────┼────────┼───────┤",
    "│       │ +0x48   │       128 │ free      │ +0x0   │       │",
    "│       │ +0x68   │           │ 4         │ +0xe8  │       │",
    "├───────┼─────────┼───────────┼───────────┼────────┼───────┤",
    "│     1 │ +0xe8   │        24 │ allocated │ +0x48  │ kept  │",
    "│       │ +0x108  │        24 │ 2         │ +0x120 │       │",
  ]);
});

Deno.test("a list shows each block in one line where there is room", () => {
  assertEquals(
    drawBlocks(someBlocks().at(1), { width: 100 }).split("\n").slice(0, 6),
    [
      "┌───────┬────────┬─────────┬────────┬───────────┬───────────┬──────┬───────┬───────┐",
      "│ block │ header │ payload │   size │ requested │ state     │ prev │ next  │ since │",
      "├───────┼────────┼─────────┼────────┼───────────┼───────────┼──────┼───────┼───────┤",
      "│     0 │ +0x0   │ +0x20   │    200 │       200 │ allocated │ NULL │ +0xe8 │     1 │",
      "│       │ +0xe8  │ +0x108  │ 130808 │           │ free      │ +0x0 │ NULL  │     1 │",
      "└───────┴────────┴─────────┴────────┴───────────┴───────────┴──────┴───────┴───────┘",
    ],
  );
});

Deno.test("below a list the free blocks are linked by arrows", () => {
  const [start, list] = drawBlocks(someBlocks().at(4)).split("\n").slice(-2);
  assertStringIncludes(start!, "Addresses count from HeapStart, which is 0x");
  assertEquals(list, "Free list: +0x48 (128 B) → +0x120 (128 KiB) → NULL");
});

Deno.test("addresses can be listed as they are", () => {
  const moment = someBlocks().at(4);
  const list = drawBlocks(moment, { addresses: "absolute" });
  for (const { address, payload } of moment.blocks()) {
    assertStringIncludes(list, `0x${address.toString(16)}`);
    assertStringIncludes(list, `0x${payload.toString(16)}`);
  }
  assert(!list.includes("HeapStart"));
});

Deno.test("mappings are listed where they are, and are in no list", () => {
  const run = experiment({}, (heap) => void heap.malloc(200_000));
  const list = drawBlocks(run.at(1));
  assertStringIncludes(list, "mapped");
  assertStringIncludes(
    list,
    `0x${run.at(1).blocks()[0]!.address.toString(16)}`,
  );
  assertStringIncludes(list, "Free list: NULL");
});

Deno.test("a limit leaves blocks out, and the list says so", () => {
  const list = drawBlocks(someBlocks().at(4), { limit: 1 });
  assertStringIncludes(list, "… and 3 blocks more");
  assertStringIncludes(list, "Free list: +0x48 (128 B) → … and 1 more");
});

Deno.test("a heap without blocks is listed as one", () => {
  assertEquals(drawBlocks(someBlocks().at(0)), "There are no blocks.");
});

Deno.test("labels with line breaks and long labels leave the table whole", () => {
  const run = experiment({}, (heap) => {
    heap.malloc(
      8,
      "two\nlines\tand more than there is room for in a table".repeat(3),
    );
  });
  for (const style of ["absolute", "relative"] as const) {
    const list = drawBlocks(run.at(1), { addresses: style });
    const [first, ...others] = list.split("\n").filter((line) =>
      /^[│┌├└]/.test(line)
    );
    assertEquals(first?.length, 80);
    for (const line of others) assertEquals(line.length, 80, line);
  }
});

const WIDTHS = [80, 90, 100, 110, 120, 130, 140, 150, 160];

randomTest("no line of a list is wider than asked for", (random) => {
  const run = randomRun({ mmapThreshold: 2000 }, 200, random);
  for (const addresses of ["absolute", "relative"] as const) {
    for (const width of casesOf(WIDTHS, random)) {
      for (
        const line of drawBlocks(run.at(200), { width, addresses }).split("\n")
      ) {
        assert(line.length <= width, `${width} columns: "${line}"`);
      }
    }
  }
});

Deno.test("lists that cannot be drawn are refused", () => {
  const moment = someBlocks().at(1);
  assertThrows(
    () => drawBlocks(moment, { width: 79 }),
    RangeError,
    "Cannot draw in 79 columns: expected a whole number of at least 80",
  );
  assertThrows(
    () => drawBlocks(moment, { limit: -1 }),
    RangeError,
    "Cannot list -1 blocks: expected a whole number, or none for all",
  );
});

Deno.test("blockRows() gives the blocks as plain rows", () => {
  const run = experiment({}, (heap) => void heap.malloc(20, "name"));
  const [name, free] = blockRows(run.at(1));
  const header = run.data.start;
  assertEquals(name, {
    block: 0,
    header,
    payload: header + 32,
    size: 24,
    requested: 20,
    state: "allocated",
    prev: 0,
    next: header + 56,
    label: "name",
    since: 1,
  });
  assertEquals([free?.block, free?.label, free?.requested], [null, null, 0]);
});

/** The header of the first block of a heap, as it lies in memory. */
function firstHeader(heap: Heap, payload: number) {
  const { buffer, byteOffset } = heap.bytes(payload);
  const bytes = new Uint8Array(buffer, byteOffset - 32, 32);
  return { address: payload - 32, bytes };
}

Deno.test("header bytes are drawn as they lie in memory, field by field", () => {
  using heap = new Heap();
  const header = firstHeader(heap, heap.malloc(300));
  const extent = { start: header.address, end: header.address + 1000 };
  const drawn = drawHeaderBytes([header], {
    addresses: "relative",
    heap: extent,
  });
  const next = [...header.bytes.subarray(24)].map((byte) =>
    byte.toString(16).padStart(2, "0")
  ).join(" ");
  assertEquals(drawn.split("\n"), [
    "header at +0x0",
    "┌────────┬─────────────────────────┬─────────┬──────────────┐",
    "│ offset │ bytes                   │ field   │ value        │",
    "├────────┼─────────────────────────┼─────────┼──────────────┤",
    "│ +0     │ 30 01 00 00 00 00 00 00 │ size    │ 304          │",
    "│ +8     │ 01 00 00 00             │ status  │ 1, allocated │",
    "│ +12    │ 00 00 00 00             │ padding │              │",
    "│ +16    │ 00 00 00 00 00 00 00 00 │ prev    │ NULL         │",
    `│ +24    │ ${next} │ next    │ +0x150       │`,
    "└────────┴─────────────────────────┴─────────┴──────────────┘",
  ]);
});

Deno.test("header bytes are drawn from left to right where there is room", () => {
  using heap = new Heap();
  const header = firstHeader(heap, heap.malloc(300));
  const lines = drawHeaderBytes([header, header], { width: 130 }).split("\n");
  assertEquals(lines.length, 15);
  assertStringIncludes(lines[2]!, "size +0");
  assertStringIncludes(lines[2]!, "next +24");
  assertStringIncludes(lines[4]!, "30 01 00 00 00 00 00 00 │ 01 00 00 00");
});

Deno.test("a header that was written over is drawn all the same", () => {
  const bytes = new Uint8Array(32).fill(0xff);
  const drawn = drawHeaderBytes([{ address: 4096, bytes }]);
  assertStringIncludes(drawn, "18446744073709551615");
  assertStringIncludes(drawn, "-1, no status");
});

Deno.test("bytes that are no header are refused", () => {
  assertThrows(
    () => drawHeaderBytes([{ address: 4096, bytes: new Uint8Array(31) }]),
    RangeError,
    "Cannot draw a header of 31 bytes: expected 32",
  );
});
