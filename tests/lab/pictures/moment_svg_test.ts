import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { experiment, type Run } from "../../../lab/mod.ts";
import { ofClass, parseSVG, textsOf } from "../../support/parse_svg.ts";
import { randomRun } from "../../support/random_run.ts";
import { seededTests } from "../../support/seed.ts";

const randomTest = seededTests("Pictures of moments of random runs");

function threeBlocks(): Run {
  return experiment({}, (heap) => {
    const first = heap.malloc(200, "first");
    heap.malloc(100);
    heap.malloc(200_000, "large");
    heap.free(first);
    heap.malloc(40, "last");
  });
}

Deno.test("a moment's picture names its blocks and their sizes", () => {
  const texts = textsOf(threeBlocks().at(5).toSVG());
  for (
    const text of [
      "block 1 · 104 B",
      "free · 128 B",
      "free · 128 KiB",
      "large · 195 KiB",
      "mappings",
    ]
  ) {
    assert(texts.includes(text), `${text}: ${texts.join()}`);
  }
});

Deno.test("headers are drawn to scale with payloads, their offsets below them", () => {
  const svg = threeBlocks().at(2).toSVG();
  const [header] = ofClass(svg, "header");
  const [payload] = ofClass(svg, "used");
  assertEquals(header?.attributes["width"], "32");
  assertEquals(payload?.attributes["width"], "200");
  assert(textsOf(svg).includes("+0xe8"));
});

Deno.test("a payload that is much longer than others is cut", () => {
  const svg = threeBlocks().at(2).toSVG();
  assertEquals(ofClass(svg, "cut").length, 1);
  assertEquals(ofClass(threeBlocks().at(0).toSVG(), "cut").length, 0);
});

Deno.test("the block that the last call returned is outlined", () => {
  const run = threeBlocks();
  assertEquals(ofClass(run.at(5).toSVG(), "last").length, 2); // and in the legend
  assertEquals(ofClass(run.at(4).toSVG(), "last").length, 0);
});

Deno.test("a moment's picture says which it is", () => {
  const run = threeBlocks();
  assertEquals(textsOf(run.at(0).toSVG())[0], "before the first call");
  assertEquals(textsOf(run.at(4).toSVG())[0], "after call 4: free(block 0)");
  assertEquals(textsOf(run.at(4).toSVG({ title: "freed" }))[0], "freed");
});

Deno.test("a heap of many blocks is drawn as shades, large blocks alone", () => {
  const run = experiment({ preallocate: 0 }, (heap) => {
    const blocks = Array.from({ length: 20_000 }, () => heap.malloc(40));
    blocks.forEach((block, at) => at % 3 === 0 && heap.free(block));
    heap.malloc(100_000, "large");
  });
  const svg = run.at(run.length).toSVG();
  assert(svg.length < 200_000, `${svg.length} characters`);
  assert(textsOf(svg).some((text) => text.startsWith("large")));
  const shades = ofClass(svg, "used")
    .filter(({ attributes }) => attributes["fill-opacity"] !== undefined);
  assert(shades.length > 0);
});

randomTest("every part of a moment's picture lies inside of it", (random) => {
  const run = randomRun({ mmapThreshold: 3000 }, 500, random);
  for (let picture = 0; picture < 20; picture++) {
    const width = random.between(320, 1200);
    const svg = run.at(random.between(0, run.length)).toSVG({ width });
    const [root, ...elements] = parseSVG(svg);
    const height = Number(root?.attributes["height"]);
    for (const { name, attributes } of elements) {
      if (name !== "rect" || !(Number(attributes["x"]) >= 0)) continue;
      assert(Number(attributes["x"]) + Number(attributes["width"]) <= width);
      assert(Number(attributes["y"]) + Number(attributes["height"]) <= height);
    }
  }
});

Deno.test("a moment's picture that would be too narrow is refused", () => {
  assertThrows(
    () => threeBlocks().at(1).toSVG({ width: 100 }),
    RangeError,
    "Cannot draw a moment with width 100: expected at least 320 pixels",
  );
});

Deno.test("a moment's picture says what it shows to those who cannot see it", () => {
  const [root, , description] = parseSVG(threeBlocks().at(2).toSVG());
  assertEquals(root?.attributes["role"], "img");
  assertStringIncludes(description?.text ?? "", "300 B live in 2 blocks");
});
