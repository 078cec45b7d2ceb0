import { CELL_BYTES, HEADER_CELLS, STATUS } from "@osmem/osmem/internal/plain";
import type { Address } from "@osmem/osmem";
import type { HeapSnapshot } from "./heap_snapshot.ts";
import { type RunData, UNMAPPED } from "./run_data.ts";

/** Places that fit beside a cell in a number of 53 bits. */
const MOST_PLACES = 2 ** 22;

/** A mapped block. */
export interface MappedState {
  /** Bytes of payload. */
  readonly size: number;
  /** Calls made when it came to be. */
  readonly since: number;
}

/**
 * The blocks of a heap at one moment of a run, as compact as they can be looked
 * up: in cells of 8 bytes from the heap's start, and each with the number of
 * calls that had been made when it last changed.
 */
export interface HeapState {
  /** The moment: calls made before it. */
  readonly calls: number;
  /** First cells of the heap blocks, in order. */
  readonly cells: Int32Array;
  /** Their cells of payload. */
  readonly sizes: Int32Array;
  /** 0 free, 1 allocated. */
  readonly statuses: Uint8Array;
  /** Calls made when each last changed. */
  readonly since: Uint32Array;
  /** Mapped blocks by the address of their header, oldest first. */
  readonly mappings: ReadonlyMap<Address, MappedState>;
}

/** The blocks before the first call. */
export function initialState({ initial, start }: RunData): HeapState {
  const isMapped = (index: number) => initial.statuses[index] === STATUS.mapped;
  const heap = [...initial.addresses.keys()].filter((index) =>
    !isMapped(index)
  );
  const mapped = [...initial.addresses.keys()].filter(isMapped);
  return {
    calls: 0,
    cells: Int32Array.from(
      heap,
      (index) => (initial.addresses[index]! - start) / CELL_BYTES,
    ),
    sizes: Int32Array.from(heap, (index) => initial.sizes[index]! / CELL_BYTES),
    statuses: Uint8Array.from(heap, (index) => initial.statuses[index]!),
    since: new Uint32Array(heap.length),
    mappings: new Map(mapped.map((index) => [
      initial.addresses[index]!,
      { size: initial.sizes[index]!, since: 0 },
    ])),
  };
}

/**
 * The blocks at a later moment. Heap blocks lie one after the other, so the last
 * thing that is known of where a block starts is enough to go from each one to
 * the next:
 *
 * ```text
 *   before    │ a      │ b   │ c          │ d  │
 *   changed                  │ c   │ e         │     d was absorbed, then c split
 *   after     │ a      │ b   │ c   │ e         │     at e: what starts inside of
 *                                                    another block is no more
 * ```
 *
 * @param data The run.
 * @param state The blocks at an earlier moment.
 * @param calls The moment: calls made before it.
 */
export function advance(
  data: RunData,
  state: HeapState,
  calls: number,
): HeapState {
  const changed = lastChanges(data, state.calls, calls);
  return {
    calls,
    ...mergeHeapBlocks(state, changed),
    mappings: advanceMappings(data, state, calls),
  };
}

/** The blocks as a heap's own list of blocks would show them. */
export function snapshotOf(data: RunData, state: HeapState): HeapSnapshot {
  const count = state.cells.length;
  const length = count + state.mappings.size;
  const addresses = new Float64Array(length);
  const sizes = new Float64Array(length);
  const statuses = new Uint8Array(length);
  for (let index = 0; index < count; index++) {
    addresses[index] = data.start + state.cells[index]! * CELL_BYTES;
    sizes[index] = state.sizes[index]! * CELL_BYTES;
  }
  statuses.set(state.statuses);
  let index = count;
  for (const [address, { size }] of state.mappings) {
    addresses[index] = address;
    sizes[index] = size;
    statuses[index++] = STATUS.mapped;
  }
  return { length, addresses, sizes, statuses };
}

/** Where the changes of a call begin, or of the calls up to it end. */
export function changesBefore({ changes }: RunData, calls: number): number {
  return calls === 0 ? 0 : changes.ends[calls - 1]!;
}

type HeapBlocks = Pick<HeapState, "cells" | "sizes" | "statuses" | "since">;

/** The last change of each heap block that changed between two moments, in address order. */
function lastChanges(data: RunData, from: number, to: number): HeapBlocks {
  const first = changesBefore(data, from);
  const order = inAddressOrder(data, first, changesBefore(data, to));
  const callOf = callsOfChanges(data, from, to, first);
  const found = heapBlocks(order.length);
  let count = 0;
  for (const change of order) {
    const cell = cellOf(data, change);
    if (count > 0 && found.cells[count - 1] === cell) count--;
    found.cells[count] = cell;
    found.sizes[count] = data.changes.sizes[change]! / CELL_BYTES;
    found.statuses[count] = data.changes.statuses[change]!;
    found.since[count++] = callOf[change - first]!;
  }
  return trimmed(found, count);
}

/**
 * The changes of heap blocks by address, and those of one address as they were
 * made. Sorting plain numbers takes a tenth of the time that comparing takes, so
 * cell and place are sorted as one number, which has room for both: a heap has at
 * most 2³¹ cells, and few calls change more than 2²² blocks.
 */
function inAddressOrder(data: RunData, from: number, to: number): Float64Array {
  const places = 2 ** Math.ceil(Math.log2(Math.max(to - from, 2)));
  if (places > MOST_PLACES) return sortByComparing(data, from, to);
  const keys = new Float64Array(to - from);
  let count = 0;
  for (let change = from; change < to; change++) {
    if (data.changes.statuses[change]! > STATUS.allocated) continue;
    keys[count++] = cellOf(data, change) * places + (change - from);
  }
  const sorted = keys.subarray(0, count).sort();
  return sorted.map((key) => from + key % places);
}

/** Applies any number of changes. */
function sortByComparing(
  data: RunData,
  from: number,
  to: number,
): Float64Array {
  const { addresses, statuses } = data.changes;
  const changes = Float64Array.from(
    { length: to - from },
    (_, index) => from + index,
  );
  return changes
    .filter((change) => statuses[change]! <= STATUS.allocated)
    .sort((one, other) => addresses[one]! - addresses[other]! || one - other);
}

/** For each change between two moments, the calls made once it was made. */
function callsOfChanges(
  { changes }: RunData,
  from: number,
  to: number,
  first: number,
): Uint32Array {
  const calls = new Uint32Array((changes.ends[to - 1] ?? first) - first);
  let change = 0;
  for (let call = from; call < to; call++) {
    const end = changes.ends[call]! - first;
    calls.fill(call + 1, change, end);
    change = end;
  }
  return calls;
}

/** What a walk from each block to the next one finds. */
function mergeHeapBlocks(before: HeapBlocks, changed: HeapBlocks): HeapBlocks {
  const merged = heapBlocks(before.cells.length + changed.cells.length);
  let count = 0, old = 0, next = 0, end = 0;
  for (;;) {
    while (old < before.cells.length && before.cells[old]! < end) old++;
    while (next < changed.cells.length && changed.cells[next]! < end) next++;
    const oldCell = before.cells[old] ?? Infinity;
    const nextCell = changed.cells[next] ?? Infinity;
    if (oldCell === Infinity && nextCell === Infinity) break;
    const isChanged = nextCell <= oldCell;
    copyBlock(
      merged,
      count,
      isChanged ? changed : before,
      isChanged ? next : old,
    );
    end = merged.cells[count]! + HEADER_CELLS + merged.sizes[count]!;
    count++;
  }
  return trimmed(merged, count);
}

function copyBlock(
  to: HeapBlocks,
  at: number,
  from: HeapBlocks,
  index: number,
): void {
  to.cells[at] = from.cells[index]!;
  to.sizes[at] = from.sizes[index]!;
  to.statuses[at] = from.statuses[index]!;
  to.since[at] = from.since[index]!;
}

function advanceMappings(
  data: RunData,
  state: HeapState,
  calls: number,
): ReadonlyMap<Address, MappedState> {
  const { addresses, sizes, statuses, ends } = data.changes;
  let mappings: Map<Address, MappedState> | undefined;
  let change = changesBefore(data, state.calls);
  for (let call = state.calls; call < calls; call++) {
    for (; change < ends[call]!; change++) {
      const status = statuses[change]!;
      if (status < STATUS.mapped) continue;
      mappings ??= new Map(state.mappings);
      const address = addresses[change]!;
      if (status === UNMAPPED) mappings.delete(address);
      else mappings.set(address, { size: sizes[change]!, since: call + 1 });
    }
  }
  return mappings ?? state.mappings;
}

function cellOf({ changes, start }: RunData, change: number): number {
  return (changes.addresses[change]! - start) / CELL_BYTES;
}

function heapBlocks(length: number): HeapBlocks {
  return {
    cells: new Int32Array(length),
    sizes: new Int32Array(length),
    statuses: new Uint8Array(length),
    since: new Uint32Array(length),
  };
}

/** The first `count` blocks, in arrays that are no longer than they need to be. */
function trimmed(blocks: HeapBlocks, count: number): HeapBlocks {
  return {
    cells: blocks.cells.slice(0, count),
    sizes: blocks.sizes.slice(0, count),
    statuses: blocks.statuses.slice(0, count),
    since: blocks.since.slice(0, count),
  };
}
