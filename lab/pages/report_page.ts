import type { ReportPageOptions } from "../runs/picture_options.ts";
import { gzipSync } from "node:zlib";
import type { Run } from "../runs/run.ts";
import { SCRIPT, STYLE } from "./client.generated.ts";
import { firstDifference } from "./first_difference.ts";
import { pageHtml } from "./html/page_html.ts";
import { overviewUrl } from "./overview/overview_picture.ts";
import { packRun } from "./packing/pack_run.ts";
import { firstWindow, timelineSceneOf } from "./timeline/timeline_scene.ts";

/**
 * Writes a report of a run, or of two side by side, as one HTML file: with
 * a timeline of all blocks, the heap at every moment, and the reason for every
 * growth of the heap. The file is complete: it loads nothing.
 *
 * @param runs One run, or two to compare call by call.
 * @param options The page's heading.
 * @returns The page's text, to be saved as a `.html` file.
 *
 * @example Compare two policies
 * ```ts
 * import { experiment, type Recording, writeReportPage } from "@osmem/lab";
 * import { assertStringIncludes } from "@std/assert";
 *
 * function script(heap: Recording) {
 *   heap.free(heap.malloc(1000, "first"));
 *   heap.malloc(200, "second");
 * }
 * const page = writeReportPage([
 *   experiment({ title: "preallocates" }, script),
 *   experiment({ title: "does not", preallocate: 0 }, script),
 * ]);
 * assertStringIncludes(page, "<title>preallocates, does not</title>");
 * ```
 */
export function writeReportPage(
  runs: readonly [Run] | readonly [Run, Run],
  options: ReportPageOptions = {},
): string {
  const scenes = runs.map(({ data }) => timelineSceneOf(data));
  const window = firstWindow(scenes);
  const [a, b] = runs;
  return pageHtml({
    title: options.title ?? runs.map(({ title }) => title).join(", "),
    runs: runs.map((run, index) => ({
      run,
      index,
      name: runs.length === 2 ? "AB"[index] : undefined,
      scene: scenes[index]!,
      overview: overviewUrl(scenes[index]!, window),
    })),
    packed: runs.map(({ data }) => gzipSync(packRun(data)).toString("base64")),
    difference: b && firstDifference(a.data, b.data),
    style: STYLE,
    script: SCRIPT,
  });
}
