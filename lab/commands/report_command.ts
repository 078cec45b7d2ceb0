import { type Command, InvalidArgumentError } from "commander";
import { load } from "./load.ts";
import { addExamples, addReadingOptions, RUN_ARGUMENT } from "./options.ts";
import { addPolicyOptions } from "./policy_options.ts";
import type { ReportCommandOptions } from "./report.ts";

/** Adds `osmem report`. */
export function addReportCommand(osmem: Command): void {
  const command = osmem.command("report")
    .summary("write an HTML or SVG report of a run")
    .description(
      "Writes an HTML page that shows a run, or two runs side by side, call by call: a " +
        "timeline with zoom, the heap, its blocks, and why the heap grew. The page is " +
        "one file and needs no network. If the name of the file ends in .svg, a " +
        "picture of the timeline is written instead.",
    )
    .argument("<run>", RUN_ARGUMENT)
    .argument("[second]", "another run, to compare with the first")
    .option(
      "-o, --output <file>",
      "file to write, .html or .svg",
      parseOutput,
      "report.html",
    )
    .option("--title <text>", "heading of the page");
  addExamples(addPolicyOptions(addReadingOptions(command)), [
    "osmem report program.trace",
    "osmem run -o best.json.gz program.trace",
    "osmem run -f worst -o worst.json.gz program.trace",
    "osmem report best.json.gz worst.json.gz -o compared.html",
    "osmem report program.trace -o timeline.svg",
  ]).action(
    async (
      first: string,
      second: string | undefined,
      options: ReportCommandOptions,
    ) => {
      const { report } = await load<typeof import("./report.ts")>(
        "report.ts",
      );
      await report(first, second, options);
    },
  );
}

function parseOutput(name: string): string {
  if (name.startsWith("/dev/") || /\.(html|svg)(\.gz)?$/.test(name)) {
    return name;
  }
  throw new InvalidArgumentError(
    "Expected a file name that ends in .html or .svg.",
  );
}
