import { printable } from "../printable.ts";
import { writeReportPage } from "../pages/report_page.ts";
import { drawTimeline } from "../pictures/timeline/timeline_svg.ts";
import type { Run } from "../runs/run.ts";
import { formatBytes } from "../words.ts";
import { loadRun, type LoadRunOptions } from "./load_run.ts";
import { writeFile } from "./output_file.ts";
import { show } from "./terminal.ts";

/** The options of `osmem report`. */
export interface ReportCommandOptions extends LoadRunOptions {
  /** The file to write. */
  readonly output: string;
  /** The heading of the page. */
  readonly title?: string;
}

/**
 * Writes a report of a run, or of two side by side.
 *
 * @param first What the command line names: see {@linkcode loadRun}.
 * @param second A run to compare with the first one.
 * @param options The file to write, and its heading.
 * @throws {TraceError} If a run cannot be read or replayed.
 * @throws {OutputError} If the file cannot be written.
 */
export async function report(
  first: string,
  second: string | undefined,
  options: ReportCommandOptions,
): Promise<void> {
  const loaded = [await loadRun(first, options)];
  if (second !== undefined) loaded.push(await loadRun(second, options));
  const runs = loaded.map(({ run }) => run);
  const content = draw(runs, options);
  const bytes = await writeFile(options.output, [content]);
  await show({
    text: `Wrote ${printable(options.output)} (${formatBytes(bytes)})`,
    warnings: loaded.flatMap(({ warnings }) => warnings),
  });
}

function draw(
  [first, second]: readonly Run[],
  { output, title }: ReportCommandOptions,
): string {
  const heading = title === undefined ? {} : { title };
  if (/\.svg(\.gz)?$/.test(output)) return drawTimeline(first!, heading);
  return writeReportPage(second ? [first!, second] : [first!], heading);
}
