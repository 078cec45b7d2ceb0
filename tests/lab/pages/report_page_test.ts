import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { inflateSync } from "node:zlib";
import { experiment, writeReportPage } from "../../../lab/mod.ts";
import {
  BUILD_COMMAND,
  hashSources,
} from "../../../lab/pages/build/page_sources.ts";
import {
  SCRIPT,
  SOURCES,
  SOURCES_HASH,
  STYLE,
} from "../../../lab/pages/client.generated.ts";
import { escapeJson } from "../../../lab/pages/html/page_html.ts";
import { writePng } from "../../../lab/pages/overview/png.ts";
import { gatedTest } from "../../support/permissions.ts";

gatedTest({
  name: "the page's script and style are made of the sources as they are",
  needs: [{ name: "read" }],
  fn: async () => {
    assertEquals(
      SOURCES_HASH,
      await hashSources(SOURCES),
      `lab/pages/client.generated.ts is older than its sources: run ${BUILD_COMMAND}`,
    );
  },
});

Deno.test("nothing in the script ends the element that it stands in", () => {
  assert(!/<\/script|<!--/i.test(SCRIPT));
  assert(!/<\/style/i.test(STYLE));
});

Deno.test("a report is one page that names no place to load anything from", () => {
  const page = experiment({}, (heap) => void heap.malloc(8)).toHTML();
  assert(page.startsWith("<!doctype html>"));
  const [html] = page.split(`<script type="module">`) as [string];
  assertEquals(html.match(/(src|href)="(?!data:)|url\(|@import/g), null);
});

Deno.test("a report is called as its runs are, or as it is told", () => {
  const a = experiment({ title: "a" }, () => {});
  const b = experiment({ title: "b" }, () => {});
  assertStringIncludes(writeReportPage([a, b]), "<title>a, b</title>");
  assertStringIncludes(a.toHTML({ title: "c" }), "<title>c</title>");
});

Deno.test("a report escapes texts wherever they stand", () => {
  const hostile = `</script><b>"'&`;
  const run = experiment({ title: hostile }, (heap) => {
    heap.mark(hostile);
    heap.malloc(8, hostile);
  });
  const page = writeReportPage([run, run], { title: hostile });
  assert(!page.includes(hostile));
  assertEquals(page.match(/<\/script>/g)?.length, 4);
});

Deno.test("a report of a run without calls says so", () => {
  const page = experiment({}, () => {}).toHTML();
  assertStringIncludes(page, "This run has no calls: its heap was never used.");
});

Deno.test("a report of thousands of calls takes a few bytes for each", () => {
  const reportOf = (calls: number) =>
    experiment({}, (heap) => {
      for (let call = 0; call < calls; call++) {
        const block = heap.malloc(1 + call * 7919 % 300);
        if (call % 3 > 0) heap.free(block);
      }
    }).toHTML().length;
  const growth = reportOf(20_000) - reportOf(0);
  assert(growth < 8 * 20_000, `${growth} bytes`);
});

Deno.test("escaping leaves other characters as they are", () => {
  const run = experiment({ title: "a < b & c" }, () => {});
  assertStringIncludes(run.toHTML(), "<title>a &lt; b &amp; c</title>");
  assertEquals(escapeJson({ a: "</script>" }), `{"a":"\\u003c/script>"}`);
});

Deno.test("a picture is written as PNG, row by row", () => {
  const png = writePng({
    width: 2,
    height: 2,
    pixels: Uint8Array.of(0, 1, 1, 0),
    palette: [[0, 0, 0, 0], [255, 0, 0, 255]],
  });
  assertEquals([...png.subarray(1, 4)], [..."PNG"].map((c) => c.charCodeAt(0)));
  const text = new TextDecoder("latin1").decode(png);
  const data = png.subarray(text.indexOf("IDAT") + 4, text.indexOf("IEND") - 8);
  assertEquals([...inflateSync(data)], [0, 0, 1, 0, 1, 0]);
  assertNotEquals(text.indexOf("tRNS"), -1);
});
