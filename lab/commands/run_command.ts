import type { Command } from "commander";
import { load } from "./load.ts";
import {
  addDataOptions,
  addExamples,
  addMemoryOption,
  addReadingOptions,
  addRunOutputOption,
  RUN_ARGUMENT,
} from "./options.ts";
import { addPolicyOptions } from "./policy_options.ts";
import type { RunCommandOptions } from "./run.ts";

/** Adds `osmem run`. */
export function addRunCommand(osmem: Command): void {
  const command = osmem.command("run")
    .summary("replay the calls of a recorded program and show the heap")
    .description(
      "Replays the calls of a recorded program, verifies the contents of its blocks, " +
        "and shows the heap and its figures.\n\n" +
        "Reads the output of valgrind, mtrace, ltrace and heaptrack, malloc-lab files, " +
        "OSTEP's operations and the course's reference traces, compressed or not. " +
        "A line that is not understood is skipped and reported. Operations given on the " +
        "command line are shown one by one.",
    )
    .argument("<trace>", RUN_ARGUMENT);
  addMemoryOption(command, "program break to replay on")
    .option("--no-verify", "neither write nor verify the contents of blocks")
    .option("-s, --steps", "show the calls of a small trace one by one")
    .option("--predict", "show the steps with ? in place of each answer")
    .option("--reveal", "show the answers");
  addRunOutputOption(
    addDataOptions(command, "every figure"),
    ["steps", "predict", "reveal"],
  );
  addExamples(addPolicyOptions(addReadingOptions(command)), [
    "valgrind --trace-malloc=yes --log-file=ls.%p.trace ls",
    "osmem run ls.*.trace",
    "osmem run --fit first -o ls.json.gz ls.1234.trace",
    "osmem run --pid 1234 children.trace",
    "osmem run --predict +100,+200,-0,+50",
    "zcat ls.trace.gz | osmem run --json - > figures.json",
  ]).action(async (name: string, options: RunCommandOptions) => {
    const { runOrStep } = await load<typeof import("./run.ts")>(
      "run.ts",
    );
    await runOrStep(name, options);
  });
}
