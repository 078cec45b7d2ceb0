import type { HeapMoment, RunBlock } from "../../runs/heap_moment.ts";
import { wrap } from "../map/wrap.ts";
import { requireWidth } from "../moment_map.ts";
import { shorten } from "../svg/document.ts";
import { formatBytes, formatCount, formatNumberOf } from "../../words.ts";
import { drawTable, type TableColumn, tableWidth } from "./draw_table.ts";
import {
  type AddressFormat,
  addressFormat,
  type AddressStyle,
  extentOf,
} from "./format_address.ts";

/** How blocks are listed. */
export interface BlockListOptions {
  /** Columns that a line may take: 80 by default, which is the least. */
  readonly width?: number;
  /** Absolute addresses, or relative to the start of the heap; `"relative"` by default. */
  readonly addresses?: AddressStyle;
  /** List at most this many blocks; all by default. */
  readonly limit?: number;
}

const WIDTH = 80;
const LEAST_LABEL = 5; // columns
const BORDER = 3; // columns that one column of a table takes besides its cells

/** What would break a line, or not be seen. */
// deno-lint-ignore no-control-regex
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g;

/**
 * Draws every block of a moment as a table, and below it the free blocks as the
 * list that they form:
 *
 * ```text
 *   ┌───────┬────────┬─────────┬──────┬───────────┬───────────┬───────┬───────┬───────┬───────┐
 *   │ block │ header │ payload │ size │ requested │ state     │ prev  │ next  │ since │ label │
 *   │     0 │ +0x0   │ +0x20   │   40 │        40 │ allocated │ NULL  │ +0x48 │     1 │ name  │
 *   │       │ +0x48  │ +0x68   │ 1000 │           │ free      │ +0x0  │ NULL  │     1 │       │
 *   └───────┴────────┴─────────┴──────┴───────────┴───────────┴───────┴───────┴───────┴───────┘
 *   Free list: +0x48 (1000 B) → NULL
 * ```
 *
 * If that is too wide a block takes two lines.
 *
 * @param moment The moment.
 * @param options How wide it may be, and how addresses are written.
 * @throws {RangeError} If it would be too narrow, or the limit is not a whole number.
 *
 * @example List the blocks
 * ```ts
 * import { drawBlocks, experiment } from "@osmem/lab";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const run = experiment({}, (heap) => void heap.malloc(40, "name"));
 * assertStringIncludes(drawBlocks(run.at(1)), "Free list: +0x48");
 * ```
 */
export function drawBlocks(
  moment: HeapMoment,
  options: BlockListOptions = {},
): string {
  const { width = WIDTH, addresses = "relative", limit = Infinity } = options;
  requireWidth(width, WIDTH);
  requireLimit(limit);
  const blocks = moment.blocks();
  if (blocks.length === 0) return "There are no blocks.";
  const extent = extentOf(blocks);
  const format = addressFormat(addresses, extent);
  const listed = blocks.slice(0, limit);
  const lines = [drawListed(listed, format, width)];
  if (blocks.length > listed.length) {
    const others = blocks.length - listed.length;
    lines.push(`… and ${formatNumberOf(others, "block")} more`);
  }
  if (addresses === "relative" && extent) {
    const start = addressFormat("absolute", extent)(extent.start);
    lines.push(`Addresses count from HeapStart, which is ${start}.`);
  }
  lines.push(
    drawFreeList(moment.freeBlocks(), format, { width, addresses, limit }),
  );
  return lines.join("\n");
}

/** The free blocks, each with an arrow to the next one. */
function drawFreeList(
  blocks: readonly RunBlock[],
  format: AddressFormat,
  { width, limit }: Required<BlockListOptions>,
): string {
  const links = blocks.slice(0, limit).map(({ address, size }) =>
    `${format(address)} (${formatBytes(size)})`
  );
  const others = blocks.length - links.length;
  const end = others > 0 ? `… and ${formatCount(others)} more` : "NULL";
  const [first, ...following] = [...links, end];
  const list = [`Free list: ${first}`, ...following.map((link) => `→ ${link}`)];
  return wrap(list, width, " ");
}

/** One line for each block if that fits, else two. */
function drawListed(
  blocks: readonly RunBlock[],
  format: AddressFormat,
  width: number,
): string {
  const hasLabels = blocks.some(({ label }) => label !== undefined);
  const labelRoom = hasLabels ? LEAST_LABEL + BORDER : 0;
  const wide = blockColumns(format);
  const fits = tableWidth(wide, blocks) + labelRoom <= width;
  const columns = fits ? wide : stackedColumns(format);
  if (!hasLabels) return drawTable(columns, blocks);
  const room = width - tableWidth(columns, blocks) - BORDER;
  const labels = labelColumn(Math.max(LEAST_LABEL, room));
  return drawTable([...columns, labels], blocks);
}

type BlockColumn = TableColumn<RunBlock>;

function blockColumns(format: AddressFormat): BlockColumn[] {
  return [
    numbers("block", ({ block }) => block),
    words("header", ({ address }) => format(address)),
    words("payload", ({ payload }) => format(payload)),
    numbers("size", ({ size }) => size),
    numbers("requested", requestOf),
    words("state", ({ status }) => status),
    words("prev", ({ prev }) => format(prev)),
    words("next", ({ next }) => format(next)),
    numbers("since", ({ since }) => since),
  ];
}

/** The table in half as many columns, two lines each. */
function stackedColumns(format: AddressFormat): BlockColumn[] {
  const [block, header, payload, size, requested, state, prev, next, since] =
    blockColumns(format) as BlockColumns;
  return [
    block,
    stack(header, payload),
    stack(size, requested),
    stack(state, since),
    stack(prev, next),
  ];
}

type BlockColumns = [
  BlockColumn,
  BlockColumn,
  BlockColumn,
  BlockColumn,
  BlockColumn,
  BlockColumn,
  BlockColumn,
  BlockColumn,
  BlockColumn,
];

function stack(upper: BlockColumn, lower: BlockColumn): BlockColumn {
  return {
    heading: [...upper.heading, ...lower.heading],
    cell: (block) => [...upper.cell(block), ...lower.cell(block)],
    isNumber: upper.isNumber === true,
  };
}

function words(
  heading: string,
  valueOf: (block: RunBlock) => string,
): BlockColumn {
  return { heading: [heading], cell: (block) => [valueOf(block)] };
}

/** A column of numbers; what there is none of is left empty. */
function numbers(
  heading: string,
  valueOf: (block: RunBlock) => number | undefined,
): BlockColumn {
  return {
    heading: [heading],
    cell: (block) => [String(valueOf(block) ?? "")],
    isNumber: true,
  };
}

function requestOf({ status, requestedBytes }: RunBlock): number | undefined {
  return status === "free" ? undefined : requestedBytes;
}

function labelColumn(room: number): BlockColumn {
  return words(
    "label",
    ({ label = "" }) => shorten(label.replaceAll(UNPRINTABLE, " "), room),
  );
}

function requireLimit(limit: number): void {
  if (limit === Infinity || (Number.isInteger(limit) && limit >= 0)) return;
  throw new RangeError(
    `Cannot list ${limit} blocks: expected a whole number, or none for all`,
  );
}
