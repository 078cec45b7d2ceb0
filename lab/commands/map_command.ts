import { type Command, Option } from "commander";
import type { Moment } from "../runs/moment.ts";
import { show } from "./command_output.ts";
import { addExamples } from "./examples_help.ts";
import { addFormatOption, RUN_ARGUMENT } from "./format_option.ts";
import { loadRun, type LoadRunOptions } from "./load_run.ts";
import {
  describeMoment,
  type Moments,
  momentsOf,
  parseMoments,
} from "./moments_argument.ts";
import { addPolicyOptions } from "./policy_options.ts";
import { terminalStyle } from "./terminal.ts";

/** The options of `osmem map`. */
interface MapCommandOptions extends LoadRunOptions {
  /** The moments to draw. */
  readonly at: Moments;
}

/** Adds `osmem map`. */
export function addMapCommand(osmem: Command): void {
  const command = osmem.command("map")
    .summary("draw the heap at a moment of a run")
    .description(
      "Draws the heap to scale at one or more moments of a run: free and allocated " +
        "blocks, headers, gaps and mappings; the last call's block is marked.",
    )
    .argument("<run>", RUN_ARGUMENT)
    .addOption(
      new Option(
        "-a, --at <calls>",
        "calls made before the moment; several with commas, or end",
      ).argParser(parseMoments).default(["end"], "end"),
    );
  addExamples(addPolicyOptions(addFormatOption(command)), [
    "osmem map program.trace",
    "osmem map --at 100,200,end --fit worst program.trace",
    "osmem map +100,+200,-0,+50",
  ]).action(map);
}

async function map(name: string, options: MapCommandOptions): Promise<void> {
  const { run, warnings } = await loadRun(name, options);
  const maps = momentsOf(run, options.at).map((calls) => draw(run.at(calls)));
  await show({ text: maps.join("\n\n"), warnings });
}

function draw(moment: Moment): string {
  const { width, palette, colour } = terminalStyle();
  const heading = palette.heading(describeMoment(moment));
  return `${heading}\n${moment.map({ width, colour })}`;
}
