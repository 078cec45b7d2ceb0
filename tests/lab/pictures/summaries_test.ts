import { assertEquals, assertStringIncludes } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { experiment, type Run } from "../../../lab/mod.ts";
import { textsOf } from "../../support/parse_svg.ts";

function twoBlocks(): Run {
  return experiment({ title: "two blocks", preallocate: 0 }, (heap) => {
    heap.malloc(40);
    heap.free(heap.malloc(24));
  });
}

/** What a notebook is given of a value. */
function displayed(value: object): Record<string, string> {
  const display = Symbol.for("Jupyter.display");
  return (value as Record<symbol, () => Record<string, string>>)[display]!();
}

Deno.test("the console shows a run with its policy, figures and map", () => {
  assertEquals(Deno.inspect(twoBlocks()).split("\n"), [
    `Run "two blocks" (best fit, split, deferred coalescing)`,
    "  3 calls, 2 blocks",
    "  peak live 64 B, peak footprint 128 B, utilisation 50.0%",
    "  2 growths of the heap: 1 first use, 1 nothing free",
    "       0 B ▌▌▌▌█████▌▌▌▌░░░",
  ]);
});

Deno.test("the console shows a run's refused calls", () => {
  const run = experiment({}, (heap) => {
    try {
      heap.malloc(-1);
    } catch {
      heap.malloc(1);
    }
  });
  assertStringIncludes(Deno.inspect(run), "2 calls, 1 block, 1 refusal");
});

Deno.test("the console shows a moment with its last call, figures and map", () => {
  const moment = twoBlocks().at(3);
  assertEquals(Deno.inspect(moment).split("\n").slice(0, 3), [
    "Moment after call 3: free(block 1)",
    "  40 B live in 1 block · footprint 128 B · 24 B free in 1 block",
    "       0 B ▌▌▌▌█████▌▌▌▌░░░",
  ]);
});

Deno.test("no line that the console shows of a moment is wider than 80 columns", () => {
  const run = experiment({}, (heap) => {
    for (let block = 0; block < 50; block++) {
      heap.free(heap.malloc(4000 * block));
    }
    for (let block = 0; block < 50; block++) heap.malloc(1000 * block);
  });
  for (const line of Deno.inspect(run.at(99)).split("\n")) {
    assertEquals(line.length <= 80, true, line);
  }
});

Deno.test("the console shows runs and moments in colour where it has colours", () => {
  const run = twoBlocks();
  for (const value of [run, run.at(1)]) {
    const coloured = Deno.inspect(value, { colors: true });
    assertEquals(stripAnsiCode(coloured), Deno.inspect(value));
  }
});

Deno.test("a notebook shows a run's timeline, or its text", () => {
  const run = twoBlocks();
  assertEquals(displayed(run), {
    "text/plain": Deno.inspect(run),
    "image/svg+xml": run.toSVG(),
  });
});

Deno.test("a notebook shows a moment's picture, or its text", () => {
  const moment = twoBlocks().at(1);
  const { "text/plain": text, "image/svg+xml": svg } = displayed(moment);
  assertEquals(text, Deno.inspect(moment));
  assertStringIncludes(textsOf(svg!)[0]!, "after call 1: malloc(40) = 0x");
});
