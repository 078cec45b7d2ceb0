import { formatAddress, STATUS } from "@osmem/osmem/internal/plain";
import type { HeapMoment, RunBlock } from "../../../runs/heap_moment.ts";
import { formatCount, formatNumberOf } from "../../../words.ts";
import { find, setText } from "../dom.ts";
import { onceSeen } from "../state/frame.ts";
import type { RunView } from "../state/run_view.ts";
import { hideTooltip, showBlock } from "../tooltip.ts";
import { type ListSource, VirtualList } from "./virtual_list.ts";

/// <reference lib="dom" />

const ROW_HEIGHT = 26;

/** A list of a moment's blocks. */
export interface BlockListKind {
  /** What it is called. */
  readonly name: string;
  /** Its columns, and what stands in each. */
  readonly columns: readonly (readonly [
    name: string,
    textOf: (block: RunBlock, moment: HeapMoment) => string,
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
  isListed: (status) => status === STATUS.free,
};

/** Shows a list of blocks that follows the moment that is looked at. */
export function initialiseBlockList(
  panel: HTMLElement,
  view: RunView,
  kind: BlockListKind,
): void {
  const rows = new BlockRows(view, kind);
  const place = find(panel, "[data-list]");
  const list = new VirtualList(place, sourceOf(view, kind, rows));
  place.addEventListener("pointerleave", hideTooltip);
  place.addEventListener("focusout", hideTooltip);
  const show = (address: number | undefined) => {
    const count = formatNumberOf(rows.length, "block");
    setText(find(panel, "[data-note]"), count);
    list.show(rows.indexOf(address));
  };
  const { state, selected } = view;
  state.calls.follow(onceSeen(panel, () => show(view.moment.lastBlock)));
  selected.follow(onceSeen(panel, () => show(selected.value)));
  show(view.moment.lastBlock);
}

function sourceOf(
  view: RunView,
  kind: BlockListKind,
  rows: BlockRows,
): ListSource {
  return {
    name: kind.name,
    columns: kind.columns.map(([name]) => name),
    rowHeight: ROW_HEIGHT,
    length: () => rows.length,
    fill: (row, cells, index) =>
      fillRow(row, cells, view, rows.at(index), kind),
    choose: (index, row) => {
      const block = rows.at(index);
      view.selected.set(block.address);
      const { left, bottom } = row.getBoundingClientRect();
      showBlock(view.run, block, left, bottom);
    },
    point: (index, { clientX, clientY }) =>
      showBlock(view.run, rows.at(index), clientX, clientY),
  };
}

/** The blocks of a list at the moment that is looked at. */
class BlockRows {
  readonly #view: RunView;
  readonly #kind: BlockListKind;
  #moment: HeapMoment | undefined;
  #indexes = new Uint32Array(0);

  constructor(view: RunView, kind: BlockListKind) {
    this.#view = view;
    this.#kind = kind;
  }

  get length(): number {
    return this.#listed.length;
  }

  at(row: number): RunBlock {
    return this.#view.moment.block(this.#listed[row]!);
  }

  /** The row of the block with this address; -1 if there is none. */
  indexOf(address: number | undefined): number {
    if (address === undefined || address === 0) return -1;
    const { addresses } = this.#view.moment.snapshot;
    return this.#listed.findIndex((index) => addresses[index] === address);
  }

  /** The places of the blocks that are listed among the moment's blocks. */
  get #listed(): Uint32Array {
    const { moment } = this.#view;
    if (this.#moment === moment) return this.#indexes;
    const { statuses, length } = moment.snapshot;
    const indexes = new Uint32Array(length);
    let count = 0;
    for (let index = 0; index < length; index++) {
      if (this.#kind.isListed(statuses[index]!)) indexes[count++] = index;
    }
    this.#moment = moment;
    return this.#indexes = indexes.slice(0, count);
  }
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
