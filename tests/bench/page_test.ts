// The page docs/benchmarks.md is what the benchmark writes, whole.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { pageOf, writePage } from "../../bench/page.ts";
import type { Figures } from "../../bench/result.ts";
import { ROOT } from "../support/command.ts";
import { gatedTest, toRun } from "../support/permissions.ts";
import { DENO, type Outcome, run } from "../support/run_deno.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import FIGURES from "./figures.json" with { type: "json" };

gatedTest({
  name: "the page of few figures is the page that is stored",
  needs: [{ name: "read" }],
  async fn() {
    const stored = new URL("page.md", import.meta.url);
    assertEquals(pageOf(FIGURES), await Deno.readTextFile(stored));
  },
});

Deno.test("the page has no section of what was not measured", () => {
  const [pair] = FIGURES.results;
  const page = pageOf({ ...FIGURES, results: [pair!] });
  assertEquals(page.match(/(?<=^## ).*$/gm), [
    "In short",
    "How it is measured",
    "Targets",
    "The cases",
    "Time of an operation",
    "Memory",
  ]);
});

gatedTest({
  name: "docs/benchmarks.md is the page of bench/figures.json",
  needs: [{ name: "read" }],
  async fn() {
    const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));
    const figures: Figures = JSON.parse(await read("bench/figures.json"));
    assertEquals(await read("docs/benchmarks.md"), pageOf(figures));
  },
});

gatedTest({
  name: "the page is written with its figures, from which it can be made again",
  needs: [{ name: "read" }, { name: "write" }],
  fn: () =>
    inTemporaryFolder(async (folder) => {
      await Deno.mkdir(`${folder}/bench`);
      await Deno.mkdir(`${folder}/docs`);
      await writePage(FIGURES, new URL(`file://${folder}/`));
      const figures = await Deno.readTextFile(`${folder}/bench/figures.json`);
      const page = await Deno.readTextFile(`${folder}/docs/benchmarks.md`);
      assertEquals(pageOf(JSON.parse(figures)), page);
      assertEquals(page, pageOf(FIGURES));
    }),
});

function bench(...args: string[]): Promise<Outcome> {
  const main = decodeURIComponent(new URL("bench/main.ts", ROOT).pathname);
  return run(DENO, ["run", "--no-prompt", "--allow-read", main, ...args]);
}

gatedTest({
  name: "the benchmark draws figures that it measured before",
  needs: [{ name: "read" }, toRun(DENO)],
  async fn() {
    const file = decodeURIComponent(
      new URL("figures.json", import.meta.url).pathname,
    );
    const json = await bench("--from", file, "--json");
    const page = await bench("--from", file, "--markdown");
    const text = await bench("--from", file);
    assertEquals([json.stderr, page.stderr, text.stderr], ["", "", ""]);
    assertEquals(JSON.parse(json.stdout), FIGURES);
    assertEquals(page.stdout, pageOf(FIGURES));
    assertStringIncludes(text.stdout, "random churn, 1,000 blocks live");
  },
});

gatedTest({
  name: "the benchmark writes no page of some cases only",
  needs: [toRun(DENO)],
  async fn() {
    const { code, stderr } = await bench("--write", "--case", "pair");
    assertEquals(code, 2);
    assertStringIncludes(stderr, "'--write' cannot be used with");
  },
});
