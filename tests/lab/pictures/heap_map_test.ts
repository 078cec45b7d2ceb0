import { assertEquals, assertStringIncludes } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import fc from "fast-check";
import {
  bytesPerCell,
  drawHeapMap,
  drawLegend,
} from "../../../lab/pictures/heap_map.ts";
import { STATUS } from "../../../heap/layout.ts";
import {
  type HeapSnapshot,
  takeSnapshot,
  totalsOf,
} from "../../../lab/runs/heap_snapshot.ts";
import { COLOURS, PLAIN } from "../../../lab/pictures/palette.ts";
import { Heap } from "../../../mod.ts";

const HEADER = 32;
const START = 0x5000_0000;

type Part = readonly [status: keyof typeof STATUS | "gap", bytes: number];

/** Blocks, of so many bytes with their headers, one behind the other. */
function snapshotOf(parts: readonly Part[]): HeapSnapshot {
  const addresses: number[] = [];
  const sizes: number[] = [];
  const statuses: number[] = [];
  let address = START;
  for (const [status, bytes] of parts) {
    if (status !== "gap") {
      addresses.push(address);
      sizes.push(bytes - HEADER);
      statuses.push(STATUS[status]);
    }
    address += bytes;
  }
  return {
    length: addresses.length,
    addresses: Float64Array.from(addresses),
    sizes: Float64Array.from(sizes),
    statuses: Uint8Array.from(statuses),
  };
}

/** The rows of a map, without their labels. */
function cellsOf(
  parts: readonly Part[],
  width: number,
  bytes: number,
): string[] {
  const map = drawHeapMap(snapshotOf(parts), {
    width,
    bytesPerCell: bytes,
    palette: PLAIN,
  });
  return map.split("\n").map((row) => row.slice(11));
}

Deno.test("a cell shows the share of its bytes that is in use", () => {
  const cells = cellsOf(
    [
      ["allocated", 1000],
      ["free", 1000],
      ["allocated", 500],
      ["free", 500],
      ["allocated", 496],
      ["free", 504],
      ["allocated", 40],
      ["free", 960],
    ],
    80,
    1000,
  );
  assertEquals(cells, ["█░▓▒▒"]);
});

Deno.test("a block takes cells in proportion to its bytes", () => {
  const cells = cellsOf(
    [["allocated", 3000], ["free", 1000], ["allocated", 2000]],
    80,
    1000,
  );
  assertEquals(cells, ["███░██"]);
});

Deno.test("a block that begins inside a cell adds only its part to it", () => {
  const parts = [["free", 600], ["allocated", 1400], ["free", 1000]] as const;
  assertEquals(cellsOf(parts, 80, 1000), ["▒█░"]);
});

Deno.test("a last cell that is cut short shows its own part", () => {
  assertEquals(cellsOf([["free", 1000], ["allocated", 40]], 80, 1000), ["░█"]);
});

Deno.test("memory of others is one cell, and the offset behind it counts it", () => {
  const map = drawHeapMap(
    snapshotOf([["allocated", 1024], ["gap", 1 << 20], ["free", 2048]]),
    { width: 13, bytesPerCell: 1024, palette: PLAIN },
  );
  assertEquals(map, "       0 B █┊░░");
});

Deno.test("mappings stand below the heap, one behind the other, in turn", () => {
  const cells = cellsOf(
    [["allocated", 1000], ["mapped", 3000], ["gap", 999], ["mapped", 2000], [
      "mapped",
      1000,
    ]],
    80,
    1000,
  );
  assertEquals(cells, ["█", "▚▚▚▞▞▚"]);
});

Deno.test("mappings smaller than a cell share one, to scale", () => {
  const small = Array.from({ length: 100 }, (): Part => ["mapped", 100]);
  assertEquals(cellsOf(small, 80, 1000).join("").length, 10);
});

Deno.test("rows begin with the offset of their first cell", () => {
  const map = drawHeapMap(snapshotOf([["allocated", 30 * 1024]]), {
    width: 21,
    bytesPerCell: 1024,
    palette: PLAIN,
  });
  assertEquals(map.split("\n"), [
    "       0 B ██████████",
    "    10 KiB ██████████",
    "    20 KiB ██████████",
  ]);
});

Deno.test("an empty heap is said to be one", () => {
  const map = drawHeapMap(snapshotOf([]), {
    width: 80,
    bytesPerCell: 8,
    palette: PLAIN,
  });
  assertEquals(map, "(the heap has no memory yet)");
});

const PARTS = fc.array(
  fc.tuple(
    fc.constantFrom("free", "allocated", "mapped"),
    fc.integer({ min: 5, max: 40_000 }).map((units) => units * 8),
  ),
  { minLength: 1, maxLength: 60 },
);

Deno.test("a map keeps to its width and to a few rows, at any width", () => {
  fc.assert(
    fc.property(PARTS, fc.integer({ min: 20, max: 250 }), (parts, width) => {
      const snapshot = snapshotOf(parts as Part[]);
      const scale = bytesPerCell([snapshot], width);
      const rows = drawHeapMap(snapshot, {
        width,
        bytesPerCell: scale,
        palette: PLAIN,
      })
        .split("\n");
      for (const row of rows) assertEquals(row.length <= width, true, row);
      const mappings = parts.filter(([status]) => status === "mapped").length;
      const gaps = 2 * mappings; // each mapping parts the heap once, and takes a cell at most
      assertEquals(
        rows.length <= 9 + Math.ceil(gaps / (width - 11)),
        true,
        rows.join("\n"),
      );
    }),
  );
});

Deno.test("a map has as many cells as its bytes need", () => {
  fc.assert(fc.property(PARTS, (parts) => {
    const heap = (parts as Part[]).filter(([status]) => status !== "mapped");
    const bytes = heap.reduce((sum, [, length]) => sum + length, 0);
    const cells = cellsOf(heap, 80, 512).join("");
    if (heap.length > 0) assertEquals(cells.length, Math.ceil(bytes / 512));
  }));
});

Deno.test("colours add nothing to a map but colours", () => {
  const snapshot = snapshotOf([["allocated", 1000], ["free", 999], [
    "mapped",
    5000,
  ]]);
  const options = { width: 40, bytesPerCell: 128 };
  assertEquals(
    stripAnsiCode(drawHeapMap(snapshot, { ...options, palette: COLOURS })),
    drawHeapMap(snapshot, { ...options, palette: PLAIN }),
  );
});

Deno.test("a cell stands for a power of two of bytes, the same for all maps", () => {
  const small = snapshotOf([["free", 1 << 10]]);
  const blocks = Array.from({ length: 1024 }, (): Part => ["allocated", 1024]);
  const large = snapshotOf([...blocks, ["mapped", 1 << 19]]);
  const scale = bytesPerCell([small, large], 80);
  assertEquals(scale, bytesPerCell([large], 80));
  assertEquals(scale, 4096); // 1.5 MiB in 8 rows of 69 cells
});

Deno.test("the legend names what is drawn, and nothing else", () => {
  const options = { width: 200, bytesPerCell: 64, palette: PLAIN };
  const plain = drawLegend([snapshotOf([["free", 64]])], options);
  assertEquals(
    plain,
    "one cell is 64 B   █ in use   ▓ half or more   ▒ less than half   ░ free" +
      "   headers count with their block",
  );
  const parted = snapshotOf([["free", 64], ["gap", 64], ["free", 64], [
    "mapped",
    64,
  ]]);
  const full = drawLegend([parted], options);
  assertStringIncludes(full, "▚▞ mappings (alternating colours)");
  assertStringIncludes(full, "┊ memory of others");
});

Deno.test("the legend keeps to the width", () => {
  const parted = snapshotOf([["free", 64], ["gap", 64], ["free", 64], [
    "mapped",
    64,
  ]]);
  const legend = drawLegend([parted], {
    width: 40,
    bytesPerCell: 64,
    palette: COLOURS,
  });
  for (const line of legend.split("\n")) {
    assertEquals(stripAnsiCode(line).length <= 40, true, line);
  }
});

Deno.test("headers have cells of their own where a cell is no larger", () => {
  const parts = [["allocated", 72], ["free", 48], ["allocated", 40]] as const;
  assertEquals(cellsOf(parts, 80, 8), ["▌▌▌▌█████▌▌▌▌░░▌▌▌▌█"]);
  assertEquals(cellsOf([["allocated", 96], ["free", 64]], 80, 32), ["▌██▌░"]);
});

Deno.test("rows that would show the same are folded, and the row says how much it is", () => {
  const map = drawHeapMap(
    snapshotOf([["allocated", 40], ["free", 10_000], ["allocated", 40]]),
    { width: 31, bytesPerCell: 8, palette: PLAIN },
  );
  assertEquals(map.split("\n"), [
    "       0 B ▌▌▌▌█▌▌▌▌░░░░░░░░░░░",
    "     160 B ░░░░░░░░░░░░░░░░░░░░",
    "⋮ 9.38 KiB ░",
    "  9.69 KiB ░░░░░░░░░░░░░░░▌▌▌▌█",
  ]);
});

Deno.test("mappings show their headers, too, where headers are seen", () => {
  const parts = [["mapped", 96], ["mapped", 64]] as const;
  assertEquals(cellsOf(parts, 80, 16), ["▌▌▚▚▚▚▌▌▞▞"]);
});

Deno.test("a marked block is pointed at, header and payload", () => {
  const map = drawHeapMap(
    snapshotOf([["free", 48], ["allocated", 56], ["free", 40]]),
    { width: 80, bytesPerCell: 8, palette: PLAIN, marked: START + 48 },
  );
  assertEquals(map.split("\n"), [
    "       0 B ▌▌▌▌░░▌▌▌▌███▌▌▌▌░",
    "                 ▲▲▲▲▲▲▲",
  ]);
});

Deno.test("a marked mapping is pointed at below the mappings", () => {
  const map = drawHeapMap(
    snapshotOf([["mapped", 2000], ["gap", 99], ["mapped", 3000]]),
    { width: 80, bytesPerCell: 1000, palette: PLAIN, marked: START + 2099 },
  );
  assertEquals(map.split("\n"), ["    mapped ▚▚▞▞▞", "             ▲▲▲"]);
});

Deno.test("few blocks are drawn as fine as they are, however much is free", () => {
  const few = snapshotOf([["allocated", 72], ["free", 1 << 30]]);
  assertEquals(bytesPerCell([few], 80), 8);
});

Deno.test("a legend says of fine maps what headers look like", () => {
  const snapshot = snapshotOf([["allocated", 72], ["free", 1 << 20]]);
  const options = { width: 200, bytesPerCell: 8, palette: PLAIN };
  assertEquals(
    drawLegend([snapshot], { ...options, marked: START }),
    "one cell is 8 B   ▌ header   █ allocated   ░ free" +
      "   ⋮ this many more bytes in the same state   ▲ the last call's block",
  );
});

Deno.test("takeSnapshot() takes down what blocks() tells", () => {
  using heap = new Heap();
  const first = heap.malloc(100);
  heap.malloc(200_000);
  heap.free(heap.malloc(8));
  const snapshot = takeSnapshot(heap);
  const blocks = [...heap.blocks()];
  assertEquals([...snapshot.addresses], blocks.map(({ address }) => address));
  assertEquals([...snapshot.sizes], blocks.map(({ size }) => size));
  assertEquals(snapshot.addresses[0], first - HEADER);
  assertEquals([...snapshot.statuses].at(0), STATUS.allocated);
  assertEquals([...snapshot.statuses].at(-1), STATUS.mapped);
});

Deno.test("totalsOf() merges free neighbours, but not across other blocks or gaps", () => {
  const { freeBytes, largestFreeBytes } = totalsOf(snapshotOf([
    ["free", 132],
    ["free", 232],
    ["allocated", 64],
    ["free", 332],
    ["gap", 8],
    ["free", 82],
  ]));
  assertEquals(freeBytes, 332 + 300 + 50);
  assertEquals(largestFreeBytes, 332);
});
