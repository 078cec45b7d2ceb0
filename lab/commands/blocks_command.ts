import { type Command, InvalidArgumentError, Option } from "commander";
import type { BlocksCommandOptions } from "./blocks.ts";
import { load } from "./load.ts";
import {
  addDataOptions,
  addExamples,
  addReadingOptions,
  parseMoment,
  RUN_ARGUMENT,
} from "./options.ts";
import { addPolicyOptions } from "./policy_options.ts";

/** Adds `osmem blocks`. */
export function addBlocksCommand(osmem: Command): void {
  const command = osmem.command("blocks")
    .summary("list the blocks at a moment of a run")
    .description(
      "Lists every block at a moment of a run: the addresses of its header and its " +
        "payload, its size, the size requested, its status and its links; then the " +
        "free blocks in address order.",
    )
    .argument("<run>", RUN_ARGUMENT)
    .option(
      "-a, --at <calls>",
      "number of calls made before the moment, or `end`",
      parseMoment,
      "end",
    )
    .addOption(
      new Option(
        "-x, --hex",
        "show the bytes of each header as they lie in memory",
      )
        .conflicts(["json", "csv", "addresses"]),
    )
    .addOption(
      new Option(
        "--addresses <style>",
        "relative to HeapStart, or absolute",
      )
        .choices(["relative", "absolute"]).default("relative"),
    )
    .addOption(
      new Option("-n, --limit <blocks>", "list at most this many blocks")
        .argParser(parseLimit).default(Infinity, "all"),
    );
  addDataOptions(command, "the blocks");
  addExamples(addPolicyOptions(addReadingOptions(command)), [
    "osmem blocks +100,+200,-0,+50",
    "osmem blocks --at 3 --hex +100,+200,-0,+50",
    "osmem blocks --at 5000 --csv program.trace > blocks.csv",
  ]).action(async (name: string, options: BlocksCommandOptions) => {
    const { blocks } = await load<typeof import("./blocks.ts")>(
      "blocks.ts",
    );
    await blocks(name, options);
  });
}

function parseLimit(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number.");
}
