import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { HeapSnapshot } from "../heap_snapshot.ts";
import type { JsonReader } from "../json_reader.ts";
import { type Changes, UNMAPPED } from "../run_data.ts";
import type { AddressOrigin } from "./addresses.ts";

/** Bytes that every address and size of a heap block is a multiple of. */
const CELL_BYTES = 8;
/** Bytes that a heap spans at most, headers and gaps included. */
const LARGEST_SPAN = 2 ** 34;

/** Columns of blocks, one entry a block in each; addresses from the heap's start. */
interface BlockColumns {
  readonly offsets: readonly number[];
  readonly sizes: readonly number[];
  readonly statuses: readonly number[];
}

/** Reads the blocks that a heap had before the first call. */
export function readInitialBlocks(
  initial: JsonReader,
  origin: AddressOrigin,
): HeapSnapshot {
  const columns = readColumns(initial, origin, UNMAPPED - 1);
  requireDisjoint(initial, columns);
  return { length: columns.offsets.length, ...blocksOf(columns, origin) };
}

/** Reads what each call changed. */
export function readChanges(
  changes: JsonReader,
  origin: AddressOrigin,
  calls: number,
): Changes {
  const columns = readColumns(changes, origin, UNMAPPED);
  const { length } = columns.offsets;
  const column = changes.get("ends");
  const ends = column.numbers({ most: length, length: calls });
  const isRising = ends.every((end, call) => end >= (ends[call - 1] ?? 0));
  if (!isRising || (ends.at(-1) ?? 0) !== length) {
    column.fail(`rising numbers, the last of them ${length}`);
  }
  return { ends: new Uint32Array(ends), ...blocksOf(columns, origin) };
}

function readColumns(
  blocks: JsonReader,
  origin: AddressOrigin,
  mostStatus: number,
): BlockColumns {
  const statuses = blocks.get("statuses").numbers({ most: mostStatus });
  const { length } = statuses;
  const offsets = blocks.get("addresses").numbers({ ...origin.range, length });
  const sizes = blocks.get("sizes").numbers({ length });
  for (let at = 0; at < length; at++) {
    const isOnHeap = statuses[at]! <= STATUS.allocated;
    if (isOnHeap) requireHeapBlock(blocks, at, offsets[at]!, sizes[at]!);
    else requireMapping(blocks, at, offsets[at]!, sizes[at]!, origin);
  }
  return { offsets, sizes, statuses };
}

/** A heap block begins and ends on a cell, in what a heap can span. */
function requireHeapBlock(
  blocks: JsonReader,
  at: number,
  offset: number,
  size: number,
): void {
  if (offset < 0 || offset % CELL_BYTES !== 0) {
    blocks.get("addresses").entry(at)
      .fail(`a multiple of ${CELL_BYTES} from 0 on, as of every heap block`);
  }
  if (size % CELL_BYTES === 0 && offset + HEADER_BYTES + size <= LARGEST_SPAN) {
    return;
  }
  blocks.get("sizes").entry(at).fail(
    `a multiple of ${CELL_BYTES} that ends the heap block at ${offset} within ` +
      `the ${LARGEST_SPAN} bytes that a heap spans at most`,
  );
}

function requireMapping(
  blocks: JsonReader,
  at: number,
  offset: number,
  size: number,
  { range }: AddressOrigin,
): void {
  const most = range.most - offset - HEADER_BYTES;
  if (size > most) {
    blocks.get("sizes").entry(at)
      .fail(`at most ${most}, as the mapping lies at ${offset}`);
  }
}

/** Heap blocks stand in address order, and none begins inside another. */
function requireDisjoint(blocks: JsonReader, columns: BlockColumns): void {
  const { offsets, sizes, statuses } = columns;
  let end = 0; // of the heap block before
  offsets.forEach((offset, at) => {
    if (statuses[at]! > STATUS.allocated) return;
    if (offset < end) {
      blocks.get("addresses").entry(at)
        .fail(`at least ${end}, where the heap block before it ends`);
    }
    end = offset + HEADER_BYTES + sizes[at]!;
  });
}

function blocksOf(
  { offsets, sizes, statuses }: BlockColumns,
  origin: AddressOrigin,
): Omit<HeapSnapshot, "length"> {
  return {
    addresses: origin.absolute(offsets),
    sizes: new Float64Array(sizes),
    statuses: new Uint8Array(statuses),
  };
}
