import { type Command, InvalidArgumentError, Option } from "commander";
import { stringify } from "csv-stringify/sync";
import { blockRows } from "../pictures/blocks/block_rows.ts";
import { drawBlocks } from "../pictures/blocks/draw_blocks.ts";
import { drawHeaderBytes } from "../pictures/blocks/draw_header_bytes.ts";
import type { AddressStyle } from "../pictures/blocks/format_address.ts";
import { headersInMemory } from "../replay/headers_in_memory.ts";
import type { Moment } from "../runs/moment.ts";
import { show } from "./command_output.ts";
import { addDataOptions } from "./data_options.ts";
import { addExamples } from "./examples_help.ts";
import { addFormatOption, RUN_ARGUMENT } from "./format_option.ts";
import { loadRun, type LoadRunOptions } from "./load_run.ts";
import { describeMoment, momentsOf, parseMoment } from "./moments_argument.ts";
import { addPolicyOptions } from "./policy_options.ts";
import { terminalStyle } from "./terminal.ts";

/** The options of `osmem blocks`. */
interface BlocksCommandOptions extends LoadRunOptions {
  /** The moment to list. */
  readonly at: number | "end";
  /** Whether to show the bytes of headers. */
  readonly hex?: boolean;
  /** Whether addresses count from the heap's start. */
  readonly addresses: AddressStyle;
  /** How many blocks to list at most. */
  readonly limit: number;
  /** Whether to print JSON. */
  readonly json?: boolean;
  /** Whether to print CSV. */
  readonly csv?: boolean;
}

const LEAST_WIDTH = 80;

/** Adds `osmem blocks`. */
export function addBlocksCommand(osmem: Command): void {
  const command = osmem.command("blocks")
    .summary("list the blocks at a moment of a run")
    .description(
      "Lists every block at a moment of a run: where its header and its payload lie, " +
        "its size, what was asked for, its state and its links; and the free blocks " +
        "as the list that they form.",
    )
    .argument("<run>", RUN_ARGUMENT)
    .option(
      "-a, --at <calls>",
      "calls made before the moment, or end",
      parseMoment,
      "end",
    )
    .addOption(
      new Option(
        "-x, --hex",
        "show the bytes of the headers as they lie in memory",
      )
        .conflicts(["json", "csv", "addresses"]),
    )
    .addOption(
      new Option(
        "--addresses <style>",
        "counted from HeapStart, or as they are",
      )
        .choices(["relative", "absolute"]).default("relative"),
    )
    .addOption(
      new Option("-n, --limit <blocks>", "list so many at most")
        .argParser(parseLimit).default(Infinity, "all"),
    );
  addDataOptions(command, "the blocks");
  addExamples(addPolicyOptions(addFormatOption(command)), [
    "osmem blocks +100,+200,-0,+50",
    "osmem blocks --at 3 --hex +100,+200,-0,+50",
    "osmem blocks --at 5000 --csv program.trace > blocks.csv",
  ]).action(blocks);
}

async function blocks(
  name: string,
  options: BlocksCommandOptions,
): Promise<void> {
  const { run, warnings } = await loadRun(name, options);
  const [calls = 0] = momentsOf(run, [options.at]);
  const moment = run.at(calls);
  const text = options.hex
    ? drawHeaders(moment, headersInMemory(run, calls), options)
    : describe(moment, options);
  await show({ text, warnings });
}

function describe(moment: Moment, options: BlocksCommandOptions): string {
  const { json, csv, addresses, limit } = options;
  if (json) return JSON.stringify(blockRows(moment), null, 2);
  if (csv) return stringify(blockRows(moment), { header: true }).trimEnd();
  const { palette } = terminalStyle();
  const width = widthForBlocks();
  const heading = palette.heading(describeMoment(moment));
  return `${heading}\n${drawBlocks(moment, { width, addresses, limit })}`;
}

function drawHeaders(
  moment: Moment,
  headers: ReturnType<typeof headersInMemory>,
  { limit }: BlocksCommandOptions,
): string {
  const { palette } = terminalStyle();
  const listed = headers.slice(0, limit);
  const drawn = listed.length === 0
    ? "There are no blocks."
    : drawHeaderBytes(listed, { width: widthForBlocks() });
  return `${palette.heading(describeMoment(moment))}\n${drawn}`;
}

/** Tables of blocks need some room; a narrower terminal wraps their lines. */
function widthForBlocks(): number {
  return Math.max(LEAST_WIDTH, terminalStyle().width);
}

function parseLimit(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number.");
}
