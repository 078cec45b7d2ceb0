/// <reference lib="dom" />
import { formatAddress } from "../../../../ffi/format.ts";
import { formatCount } from "../../../pictures/units.ts";
import { Status } from "../../../runs/heap_snapshot.ts";
import type { Moment, RunBlock } from "../../../runs/moment.ts";
import { find, setText } from "../dom.ts";
import type { RunView } from "../state/run_view.ts";
import { hideTooltip, showBlock } from "../tooltip.ts";
import { VirtualList } from "./virtual_list.ts";

const ROW_HEIGHT = 26;

/** A list of a moment's blocks. */
export interface BlockListKind {
  /** What it is called. */
  readonly name: string;
  /** Its columns, and what stands in each. */
  readonly columns: readonly (readonly [
    name: string,
    textOf: (block: RunBlock, moment: Moment) => string,
  ])[];
  /** Whether a block with this status stands in it. */
  isListed(status: number): boolean;
}

const ADDRESS = [
  "Header",
  (block: RunBlock) => formatAddress(block.address),
] as const;
const SIZE = ["Size", (block: RunBlock) => formatCount(block.size)] as const;
const AGE = ["Age", (block: RunBlock) => formatCount(block.age)] as const;

/** Every block there is. */
export const ALL_BLOCKS: BlockListKind = {
  name: "Blocks",
  columns: [
    ADDRESS,
    ["Status", ({ status }) => status],
    SIZE,
    [
      "Requested",
      (block) =>
        block.status === "free" ? "" : formatCount(block.requestedBytes),
    ],
    ["Block", ({ block }) => block === undefined ? "" : formatCount(block)],
    ["Label", ({ label }) => label ?? ""],
    AGE,
  ],
  isListed: () => true,
};

/** The free blocks as the list that they form. */
export const FREE_BLOCKS: BlockListKind = {
  name: "Free list",
  columns: [ADDRESS, SIZE, AGE],
  isListed: (status) => status === Status.free,
};

/** Shows a list of blocks that follows the moment that is looked at. */
export function initialiseBlockList(
  panel: HTMLElement,
  view: RunView,
  kind: BlockListKind,
): void {
  let indexes = listed(view.moment, kind);
  const place = find(panel, "[data-list]");
  const list = new VirtualList(place, {
    name: kind.name,
    columns: kind.columns.map(([name]) => name),
    rowHeight: ROW_HEIGHT,
    length: () => indexes.length,
    fill: (row, cells, index) => {
      const block = view.moment.block(indexes[index]!);
      fillRow(row, cells, view, block, kind);
    },
    choose: (index, row) => {
      const block = view.moment.block(indexes[index]!);
      view.selected.set(block.address);
      const { left, bottom } = row.getBoundingClientRect();
      showBlock(view.run, block, left, bottom);
    },
    point: (index, { clientX, clientY }) =>
      showBlock(view.run, view.moment.block(indexes[index]!), clientX, clientY),
  });
  place.addEventListener("pointerleave", hideTooltip);
  place.addEventListener("focusout", hideTooltip);
  const follow = (address: number | undefined) => {
    indexes = listed(view.moment, kind);
    const { addresses } = view.moment.snapshot;
    setText(find(panel, "[data-note]"), noteOf(indexes.length));
    list.activate(placeOfAddress(indexes, addresses, address));
  };
  view.state.calls.follow(() => follow(view.moment.lastBlock));
  view.selected.follow(() => follow(view.selected.value));
  follow(view.moment.lastBlock);
}

function noteOf(length: number): string {
  return `${formatCount(length)} ${length === 1 ? "block" : "blocks"}`;
}

/** The places of the blocks that are listed among the moment's blocks. */
function listed({ snapshot }: Moment, kind: BlockListKind): Uint32Array {
  const indexes = new Uint32Array(snapshot.length);
  let count = 0;
  for (let index = 0; index < snapshot.length; index++) {
    if (kind.isListed(snapshot.statuses[index]!)) indexes[count++] = index;
  }
  return indexes.subarray(0, count);
}

function placeOfAddress(
  indexes: Uint32Array,
  addresses: Float64Array,
  address: number | undefined,
): number {
  if (address === undefined || address === 0) return -1;
  return indexes.findIndex((index) => addresses[index] === address);
}

function fillRow(
  row: HTMLElement,
  cells: readonly HTMLElement[],
  view: RunView,
  block: RunBlock,
  kind: BlockListKind,
): void {
  const { moment } = view;
  row.dataset.status = block.status;
  row.classList.toggle("current", block.address === moment.lastBlock);
  kind.columns.forEach(([, textOf], column) => {
    setText(cells[column]!, textOf(block, moment));
  });
}
