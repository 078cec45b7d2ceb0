import { blockRows } from "../pictures/blocks/block_rows.ts";
import { drawBlocks } from "../pictures/blocks/draw_blocks.ts";
import { drawHeaderBytes } from "../pictures/blocks/draw_header_bytes.ts";
import type { AddressStyle } from "../pictures/blocks/format_address.ts";
import { headersInMemory } from "../replay/headers_in_memory.ts";
import type { Moment } from "../runs/run.ts";
import { loadRun, type LoadRunOptions } from "./load_run.ts";
import { describeMoment, momentsOf } from "./moments.ts";
import { show } from "./terminal.ts";
import { terminalStyle } from "./terminal_style.ts";

/** The options of `osmem blocks`. */
export interface BlocksCommandOptions extends LoadRunOptions {
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

/**
 * Lists the blocks at a moment of a run.
 *
 * @param name What the command line names: see {@linkcode loadRun}.
 * @param options Which moment, and how to print it.
 * @throws {TraceError} If it cannot be read, or has no such moment.
 */
export async function blocks(
  name: string,
  options: BlocksCommandOptions,
): Promise<void> {
  const { run, warnings } = await loadRun(name, options);
  const [calls = 0] = momentsOf(run, [options.at]);
  const moment = run.at(calls);
  const text = options.hex
    ? drawHeaders(moment, headersInMemory(run, calls), options)
    : await describe(moment, options);
  await show({ text, warnings });
}

async function describe(
  moment: Moment,
  options: BlocksCommandOptions,
): Promise<string> {
  const { json, csv, addresses, limit } = options;
  if (json) return JSON.stringify(blockRows(moment), null, 2);
  if (csv) return (await import("./csv.ts")).blocksToCsv(blockRows(moment));
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
