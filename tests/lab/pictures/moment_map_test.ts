import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { experiment, type Run } from "../../../lab/mod.ts";
import { randomRun } from "../../support/random_run.ts";
import { seededTests } from "../../support/seed.ts";

const randomTest = seededTests("Maps of random runs");

function threeBlocks(): Run {
  return experiment({}, (heap) => {
    const first = heap.malloc(40);
    heap.malloc(24);
    heap.free(first);
  });
}

randomTest(
  "no line of a map is wider than asked for, at any width",
  (random) => {
    const options = { mmapThreshold: 2000, callocThreshold: 2000 };
    const run = randomRun(options, 300, random);
    for (let width = 20; width <= 300; width++) {
      const moment = run.at(random.between(0, run.length));
      for (const line of moment.map({ width }).split("\n")) {
        assert(line.length <= width, `${width} columns: "${line}"`);
      }
    }
  },
);

Deno.test("a map of a few blocks shows each of them, and folds the free rest", () => {
  const map = threeBlocks().at(2).map({ width: 40 });
  assertEquals(map.split("\n"), [
    "       0 B ▌▌▌▌█████▌▌▌▌███▌▌▌▌░░░░░░░░░",
    "                    ▲▲▲▲▲▲▲",
    "     232 B ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░",
    " ⋮ 128 KiB ░",
    "",
    "one cell is 8 B   ▌ header   █ allocated",
    "░ free",
    "⋮ this many more bytes in the same state",
    "▲ the last call's block",
  ]);
});

Deno.test("a map points at nothing after free()", () => {
  assert(!threeBlocks().at(3).map().includes("▲"));
});

Deno.test("a map of a hundred thousand blocks takes a few lines", () => {
  const run = experiment({}, (heap) => {
    for (let block = 0; block < 100_000; block++) heap.malloc(8 + block % 64);
  });
  const map = run.at(run.length).map();
  assert(map.split("\n").length <= 12, map);
  assertStringIncludes(map, "headers count with their block");
});

Deno.test("a map of nothing says so", () => {
  assertEquals(
    threeBlocks().at(0).map({ width: 20 }),
    "(the heap has no\nmemory yet)",
  );
});

Deno.test("a map is plain unless colour is asked for, which changes nothing else", () => {
  const moment = threeBlocks().at(3);
  assertEquals(moment.map(), stripAnsiCode(moment.map()));
  assertEquals(stripAnsiCode(moment.map({ colour: true })), moment.map());
});

Deno.test("a map that would be too narrow is refused", () => {
  assertThrows(
    () => threeBlocks().at(1).map({ width: 19 }),
    RangeError,
    "Cannot draw in 19 columns: expected a whole number of at least 20",
  );
});
