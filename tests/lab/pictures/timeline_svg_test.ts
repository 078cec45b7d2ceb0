import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { arenaMemory, Heap } from "../../../mod.ts";
import { experiment, record, type Run } from "../../../lab/mod.ts";
import { ofClass, parseSVG, textsOf } from "../../support/parse_svg.ts";
import { randomRun } from "../../support/random_run.ts";
import { seededTests } from "../../support/seed.ts";

const randomTest = seededTests("Pictures of random runs");

function twoBlocks(): Run {
  return experiment({ title: "two blocks", preallocate: 0 }, (heap) => {
    const first = heap.malloc(200, "first");
    heap.malloc(100);
    heap.mark("free the first");
    heap.free(first);
  });
}

Deno.test("a picture has a rectangle for each block's life, told in its tooltip", () => {
  const [first, second, ...others] = ofClass(twoBlocks().toSVG(), "used")
    .filter(({ tooltip }) => tooltip !== undefined);
  assertEquals(others, []);
  assertEquals(first?.tooltip?.split("\n"), [
    "first (block 0)",
    "200 B of payload, 200 B requested",
    "header at HeapStart + 0x0",
    "from call 1 to call 3",
  ]);
  assertEquals(second?.tooltip?.split("\n"), [
    "block 1",
    "104 B of payload, 100 B requested",
    "header at HeapStart + 0xe8",
    "from call 2, still there at the end",
  ]);
});

Deno.test("rectangles are to scale: bytes upwards, calls to the right", () => {
  const [first, second] = ofClass(twoBlocks().toSVG(), "box")
    .filter(({ attributes }) => attributes["class"] === "used box")
    .map(({ attributes }) => attributes);
  const share = Number(first?.["height"]) / Number(second?.["height"]);
  assert(Math.abs(share - 232 / 136) < 0.01, `${share}`);
  assertEquals(Number(first?.["width"]), Number(second?.["width"]));
  const bottom = (of = first) => Number(of?.["y"]) + Number(of?.["height"]);
  assert(Math.abs(bottom(second) - Number(first?.["y"])) <= 0.2);
});

Deno.test("free blocks are drawn where the blocks were", () => {
  const free = ofClass(twoBlocks().toSVG(), "free")
    .find(({ tooltip }) => tooltip?.startsWith("free block"));
  assertStringIncludes(
    free?.tooltip ?? "",
    "200 B of payload\nheader at HeapStart + 0x0",
  );
});

Deno.test("raises of the break are marked with their reasons", () => {
  const svg = twoBlocks().toSVG();
  const markers = ofClass(svg, "growth").map(({ tooltip }) => tooltip)
    .filter((tooltip) => tooltip !== undefined);
  assertEquals(markers.map((tooltip) => tooltip.split("\n")[0]), [
    "call 1 raises the break by 232 B: first use",
    "call 2 raises the break by 136 B: nothing free",
  ]);
  assert(textsOf(svg).includes("raised: nothing free"));
  assertEquals(ofClass(svg, "break").length, 2); // the line, and its sign in the legend
});

Deno.test("marks are lines with their text", () => {
  const svg = twoBlocks().toSVG();
  assert(textsOf(svg).includes("free the first"));
  assertEquals(ofClass(svg, "mark")[0]?.tooltip, "free the first");
});

Deno.test("many marks at one place share a line", () => {
  const run = experiment({}, (heap) => {
    heap.malloc(10);
    for (let mark = 0; mark < 1000; mark++) heap.mark(`mark ${mark}`);
  });
  assert(textsOf(run.toSVG()).includes("mark 0 (+999)"));
});

Deno.test("mappings have a band of their own, and the heap says that there is none", () => {
  const run = experiment({}, (heap) => {
    heap.malloc(200_000, "large");
    heap.malloc(300_000);
  });
  const svg = run.toSVG();
  const texts = textsOf(svg);
  assert(texts.includes("mappings"), texts.join());
  assert(texts.includes("large · 195 KiB"), texts.join());
  assert(texts.includes("the program break was never raised"), texts.join());
  const tops = ofClass(svg, "box").map(({ attributes }) => attributes["y"]);
  assertEquals(new Set(tops).size, 2);
});

Deno.test("memory of others between segments is cut out", () => {
  using memory = arenaMemory();
  using heap = new Heap({ memory, preallocate: 0 });
  using recording = record(heap);
  recording.malloc(1000);
  memory.sbrk(100_000);
  recording.malloc(1000);
  const svg = recording.run().toSVG();
  const gap = ofClass(svg, "gap").find(({ tooltip }) => tooltip !== undefined);
  assertEquals(gap?.tooltip, "97.7 KiB of memory of others");
  assert(Number(gap?.attributes["height"]) < 20);
  assert(textsOf(svg).includes("memory of others, cut out"));
});

Deno.test("memory that was never used is cut short", () => {
  const run = experiment({}, (heap) => void heap.malloc(100));
  const texts = textsOf(run.toSVG());
  assert(
    texts.includes("128 KiB more, never used: not to scale"),
    texts.join(),
  );
});

Deno.test("the blocks that a heap had before are drawn from the beginning", () => {
  using heap = new Heap();
  heap.malloc(1000);
  using recording = record(heap);
  recording.malloc(500);
  const [before] = ofClass(recording.run().toSVG(), "used");
  assertStringIncludes(before?.tooltip ?? "", "there before the first call");
});

Deno.test("a run of no calls, and one of one, can be drawn", () => {
  const none = experiment({}, () => {}).toSVG();
  assert(textsOf(none).includes("the program break was never raised"));
  const one = experiment({}, (heap) => void heap.malloc(10, "only")).toSVG();
  assert(textsOf(one).includes("only · 16 B"), textsOf(one).join());
});

Deno.test("a part of a run shows what lived in it, and no more", () => {
  const run = experiment({}, (heap) => {
    for (let call = 0; call < 10; call++) {
      heap.free(heap.malloc(1000, `${call}`));
    }
  });
  const svg = run.toSVG({ from: 5, to: 7 });
  const drawn = ofClass(svg, "used").map(({ tooltip }) =>
    tooltip?.split(" ")[0]
  )
    .filter((label) => label !== undefined);
  assertEquals(drawn, ["2", "3"]);
  assertStringIncludes(textsOf(svg)[1] ?? "", "calls 5 to 7 of 20");
});

Deno.test("labels, marks and titles may hold anything", () => {
  const text = `<b>&"']]>\u0000\u0007\ud800 end`;
  const run = experiment({ title: text }, (heap) => {
    heap.malloc(1000, text);
    heap.mark(text);
  });
  const texts = textsOf(run.toSVG());
  assert(texts.some((shown) => shown.startsWith(`<b>&"']]>`)), texts.join());
});

Deno.test("a picture says what it shows to those who cannot see it", () => {
  const [root, title, description] = parseSVG(twoBlocks().toSVG());
  assertEquals(root?.attributes["role"], "img");
  assertEquals([title?.name, title?.text], ["title", "two blocks"]);
  assertEquals(description?.name, "desc");
  assertStringIncludes(
    description?.text ?? "",
    "3 calls allocated 2 blocks and raised the program break 2 times",
  );
});

Deno.test("a picture suits light pages and dark ones, and styles nothing else", () => {
  const style = parseSVG(twoBlocks().toSVG())
    .find(({ name }) => name === "style")?.text ?? "";
  assertStringIncludes(style, "@media (prefers-color-scheme: dark)");
  const rules = style.split("\n").filter((line) =>
    line.endsWith("; }") || line.endsWith(" }")
  );
  assert(rules.length > 20);
  assert(rules.every((rule) => rule.startsWith(".osmem-picture ")), style);
});

Deno.test("a picture has the size asked for", () => {
  const [root] = parseSVG(twoBlocks().toSVG({ width: 500, height: 300 }));
  assertEquals(root?.attributes["viewBox"], "0 0 500 300");
});

Deno.test("sizes and parts that cannot be drawn are refused", () => {
  const run = twoBlocks();
  assertThrows(
    () => run.toSVG({ width: 300 }),
    RangeError,
    "Cannot draw a timeline with width 300: expected at least 320 pixels",
  );
  assertThrows(() => run.toSVG({ height: NaN }), RangeError, "height NaN");
  assertThrows(
    () => run.toSVG({ from: 2, to: 1 }),
    RangeError,
    "Cannot draw this run from 2 to 1: expected whole numbers with 0 <= from <= to <= 3",
  );
  assertThrows(() => run.toSVG({ to: 4 }), RangeError, "to 4");
});

randomTest("nothing is drawn outside of the picture", (random) => {
  const run = randomRun({ mmapThreshold: 3000 }, 2000, random);
  const from = random.between(0, 1000);
  const svg = run.toSVG({ from, to: random.between(from, 2000), width: 700 });
  for (const { name, attributes } of parseSVG(svg)) {
    if (name !== "rect" || attributes["x"] === undefined) continue;
    const left = Number(attributes["x"]);
    if (left < 0) continue; // a sign of the legend, around the origin
    assert(
      left + Number(attributes["width"]) <= 700,
      JSON.stringify(attributes),
    );
    assert(Number(attributes["y"]) + Number(attributes["height"]) <= 540);
  }
});

randomTest("a long run of small blocks is merged into shades", (random) => {
  const run = randomRun({ preallocate: 0 }, 60_000, random);
  const svg = run.toSVG();
  assert(svg.length < 1_000_000, `${svg.length} characters`);
  const shades = ofClass(svg, "used")
    .filter(({ attributes }) => attributes["fill-opacity"] !== undefined);
  assert(shades.length >= 2, `${shades.length} shades`);
});

Deno.test("a picture of many large blocks draws the largest alone, and stays small", () => {
  const label = "&".repeat(100);
  const run = experiment({ mmapThreshold: 2500 }, (heap) => {
    const blocks = new Array<number>(50).fill(0);
    while (heap.length < 10_000) {
      const at = heap.length * 7 % blocks.length;
      const size = 1 + heap.length * 7919 % 5000;
      heap.free(blocks[at]!);
      blocks[at] = heap.malloc(size, label);
    }
  });
  const svg = run.toSVG();
  assert(svg.length < 2_000_000, `${svg.length} characters`);
  const alone = ofClass(svg, "box").filter(({ attributes }) =>
    attributes["class"] === "used box"
  );
  assert(alone.length > 100, `${alone.length} blocks`);
});
