import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { drawComparison } from "../../lab/compare/comparison_table.ts";
import { measurePolicy } from "../../lab/compare/measure_policy.ts";
import { PLAIN } from "../../lab/pictures/palette.ts";
import { experiment } from "../../lab/runs/experiment.ts";
import { summarizeRun } from "../../lab/pictures/summaries.ts";
import {
  printable,
  printableColours,
  printableLines,
} from "../../lab/printable.ts";
import { testsInFolder } from "../support/temporary_folder.ts";
import { runMain, TO_RUN_MAIN } from "../support/run_main.ts";
import { traceOf } from "../support/traces.ts";

const RED = "\x1b[31mred\x9b1m\u202e";
const SHOWN = String.raw`\x1b[31mred\x9b1m\u202e`;
// deno-lint-ignore no-control-regex
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/;

Deno.test("a text from outside has no control characters on a terminal", () => {
  assertEquals(printable(`a\tb\n${RED}`), String.raw`a\x09b\x0a` + SHOWN);
  assertEquals(printableLines(`a\tb\n${RED}`), `a\tb\n${SHOWN}`);
  assertEquals(printable("añb — 文"), "añb — 文");
});

Deno.test("a coloured text keeps its colours and nothing else", () => {
  assertEquals(
    printableColours("\x1b[1mHead\x1b[0m\n\x1b]0;title\x07\x1b[2J"),
    "\x1b[1mHead\x1b[0m\n" + String.raw`\x1b]0;title\x07\x1b[2J`,
  );
});

Deno.test("a comparison and a summary show the names of files without control characters", async () => {
  const row = await measurePolicy(await traceOf("+8,-0", { file: RED }), {});
  const options = { width: 80, palette: PLAIN };
  const run = experiment({ title: RED }, (heap) => void heap.malloc(8));
  const texts = [
    drawComparison([row], options),
    summarizeRun(run, { colors: false }),
  ];
  for (const text of texts) {
    assertStringIncludes(text, SHOWN);
    assertEquals(CONTROLS.test(text), false);
  }
});

const test = testsInFolder("osmem", TO_RUN_MAIN);

test("prints names of files without control characters, in figures, warnings and errors", async (folder) => {
  const good = `${folder}/${RED}.trace`;
  const bad = `${folder}/bad${RED}.trace`;
  await Deno.writeTextFile(good, "--7-- malloc(8) = 0x10\n--7-- free(0x20)\n");
  await Deno.writeTextFile(bad, `${RED}\n`);
  const outcomes = [
    await runMain(["run", "--no-verify", good]),
    await runMain(["run", bad]),
    await runMain(["run", `${folder}/no${RED}`]),
    await runMain(["run", `--${RED}`]),
    await runMain(["check", folder + RED]),
  ];
  assertEquals(outcomes.map(({ code }) => code), [0, 1, 1, 2, 1]);
  for (const { stdout, stderr } of outcomes) {
    assertEquals(CONTROLS.test(stdout + stderr), false);
    assertStringIncludes(stderr, SHOWN);
  }
  assertMatch(outcomes[0]!.stdout, /^Replayed 1 call of .*\\x1b\[31mred/);
});
