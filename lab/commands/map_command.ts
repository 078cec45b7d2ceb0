import { type Command, Option } from "commander";
import type { MapCommandOptions } from "./map.ts";
import { load } from "./load.ts";
import {
  addExamples,
  addReadingOptions,
  parseMoments,
  RUN_ARGUMENT,
} from "./options.ts";
import { addPolicyOptions } from "./policy_options.ts";

/** Adds `osmem map`. */
export function addMapCommand(osmem: Command): void {
  const command = osmem.command("map")
    .summary("draw the heap at a moment of a run")
    .description(
      "Draws the heap to scale at one or more moments of a run: free and allocated " +
        "blocks, headers, gaps and mappings. The block of the last call is marked.",
    )
    .argument("<run>", RUN_ARGUMENT)
    .addOption(
      new Option(
        "-a, --at <calls>",
        "numbers of calls made before each moment, or `end`, separated by commas",
      ).argParser(parseMoments).default(["end"], "end"),
    );
  addExamples(addPolicyOptions(addReadingOptions(command)), [
    "osmem map program.trace",
    "osmem map --at 100,200,end --fit worst program.trace",
    "osmem map +100,+200,-0,+50",
  ]).action(async (name: string, options: MapCommandOptions) => {
    const { map } = await load<typeof import("./map.ts")>(
      "map.ts",
    );
    await map(name, options);
  });
}
