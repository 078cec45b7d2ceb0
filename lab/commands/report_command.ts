import { type Command, InvalidArgumentError } from "commander";
import { writeReportPage } from "../pages/report_page.ts";
import { formatBytes } from "../pictures/units.ts";
import type { Run } from "../runs/run.ts";
import { show } from "./command_output.ts";
import { addExamples } from "./examples_help.ts";
import { addFormatOption, RUN_ARGUMENT } from "./format_option.ts";
import { loadRun, type LoadRunOptions } from "./load_run.ts";
import { writeFile } from "./output_file.ts";
import { addPolicyOptions } from "./policy_options.ts";

/** The options of `osmem report`. */
interface ReportCommandOptions extends LoadRunOptions {
  /** The file to write. */
  readonly output: string;
  /** The heading. */
  readonly title?: string;
}

/** Adds `osmem report`. */
export function addReportCommand(osmem: Command): void {
  const command = osmem.command("report")
    .summary("write a page, or a picture, to look at a run with")
    .description(
      "Writes a page that shows a run, or two side by side, call by call: a timeline " +
        "to zoom, the heap, its blocks, and why it grew. The page is one file that " +
        "needs no network. If the file's name ends in .svg, a picture of the timeline " +
        "is written instead.",
    )
    .argument("<run>", RUN_ARGUMENT)
    .argument("[second]", "another run, to be compared with it")
    .option(
      "-o, --output <file>",
      "the file to write, .html or .svg",
      parseOutput,
      "report.html",
    )
    .option("--title <text>", "the page's heading");
  addExamples(addPolicyOptions(addFormatOption(command)), [
    "osmem report program.trace",
    "osmem run -o best.json.gz program.trace",
    "osmem run -f worst -o worst.json.gz program.trace",
    "osmem report best.json.gz worst.json.gz -o compared.html",
    "osmem report program.trace -o timeline.svg",
  ]).action(report);
}

function parseOutput(name: string): string {
  if (name.startsWith("/dev/") || /\.(html|svg)(\.gz)?$/.test(name)) {
    return name;
  }
  throw new InvalidArgumentError(
    "Expected a file's name that ends in .html or .svg.",
  );
}

async function report(
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
    text: `Wrote ${options.output} (${formatBytes(bytes)})`,
    warnings: loaded.flatMap(({ warnings }) => warnings),
  });
}

function draw(
  [first, second]: readonly Run[],
  { output, title }: ReportCommandOptions,
): string {
  const heading = title === undefined ? {} : { title };
  if (/\.svg(\.gz)?$/.test(output)) return first!.toSVG(heading);
  return writeReportPage(second ? [first!, second] : [first!], heading);
}
