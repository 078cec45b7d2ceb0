import type { Command } from "commander";
import type { CompareCommandOptions } from "./compare.ts";
import { load } from "./load.ts";
import {
  addDataOptions,
  addExamples,
  addReadingOptions,
  parseJobs,
  RUN_ARGUMENT,
} from "./options.ts";
import { addPolicyLists } from "./policy_options.ts";

/** Adds `osmem compare`. */
export function addCompareCommand(osmem: Command): void {
  const command = osmem.command("compare")
    .summary("replay traces under several policies and compare the figures")
    .description(
      "Replays each trace under every combination of the given policies, each in its " +
        "own process, and prints one row for each. The search length is the number of " +
        "blocks that a search through the plain list of all blocks would examine.",
    )
    .argument("<trace...>", `each is ${RUN_ARGUMENT}`);
  addPolicyLists(addReadingOptions(command))
    .option(
      "-j, --jobs <number>",
      "number of processes to run at a time",
      parseJobs,
      navigator.hardwareConcurrency,
    );
  addExamples(addDataOptions(command, "the rows"), [
    "osmem compare --fit best,first,next,worst lua.trace",
    "osmem compare -f best,first -p 0,128K --mmap-threshold 64K,128K a.trace b.trace",
    "osmem compare --coalesce deferred,never --csv lua.trace > lua.csv",
  ]).action(async (traces: string[], options: CompareCommandOptions) => {
    const { compare } = await load<typeof import("./compare.ts")>(
      "compare.ts",
    );
    await compare(traces, options);
  });
}
