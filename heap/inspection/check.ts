import { CorruptionError } from "../../errors/corruption_error.ts";
import { formatAddress } from "../../errors/messages.ts";
import type { Address } from "../../ffi/memory.ts";
import {
  CELL_BYTES,
  HEADER_CELLS,
  isLive,
  NO_BLOCK,
  STATE,
  STATUS,
} from "../layout.ts";
import type { BlockList } from "../list/block_list.ts";
import type { BlockWalk, ListedBlock } from "../list/block_walk.ts";
import { type HeaderFields, readHeader } from "../list/headers.ts";
import type { MappedBlocks } from "../source/mapped_blocks.ts";

/**
 * Checks every invariant of the heap blocks:
 *
 * - each header agrees with the boundary tags: size, status, and the addresses of the
 *   headers before and after;
 * - each block is found from its last bytes, and from the block after it;
 * - no two merged free blocks are neighbours, unless the policy never merges;
 * - every block freed since the last search waits to be merged, and no block waits if the
 *   policy merges immediately, or never;
 * - the free index has each merged free block except the last block of the list, and
 *   nothing else, and knows the largest of them;
 * - blocks, live blocks and cells add up to the recorded totals.
 *
 * @param list The heap blocks.
 * @param walk Reads the heap blocks.
 * @param liveCells Cells of payload in live heap blocks, as counted.
 * @throws {CorruptionError} If an invariant does not hold. The error names the first such
 * invariant, and where.
 */
export function checkBlocks(
  list: BlockList,
  walk: BlockWalk,
  liveCells: number,
): void {
  const blocks = [...walk];
  blocks.forEach((block, at) => {
    checkListedHeader(list, block, blocks[at - 1], blocks[at + 1]);
    checkMerged(list, block, blocks[at - 1]);
    checkEnds(list, walk, block, blocks[at + 1]);
  });
  checkFreed(list, blocks);
  checkIndex(list, blocks);
  checkTotals(list, blocks, liveCells);
}

/**
 * Checks the header of every mapped block, and that each is found by address.
 *
 * @throws {CorruptionError} If an invariant does not hold. The error names the first such
 * invariant, and where.
 */
export function checkMappings(mappings: MappedBlocks): void {
  let bytes = 0;
  for (const { address, size, header: window } of mappings) {
    const header = readHeader(new DataView(window));
    compareHeader(address, header, {
      size,
      status: STATUS.mapped,
      padding: 0,
      prev: 0,
      next: 0,
    });
    requireEqual(
      "mapping found by address",
      address,
      mappings.around(address)?.address ?? 0,
      address,
    );
    bytes += size;
  }
  requireEqual("total of mapped bytes", 0, mappings.bytes, bytes);
}

function checkListedHeader(
  list: BlockList,
  block: ListedBlock,
  before: ListedBlock | undefined,
  after: ListedBlock | undefined,
): void {
  compareHeader(
    list.headers.addressOf(block.cell),
    list.headers.read(block.cell),
    {
      size: block.size * CELL_BYTES,
      status: isLive(block.state) ? STATUS.allocated : STATUS.free,
      padding: 0,
      prev: before ? list.headers.addressOf(before.cell) : 0,
      next: after ? list.headers.addressOf(after.cell) : 0,
    },
  );
}

function compareHeader(
  at: Address,
  found: HeaderFields,
  expected: HeaderFields,
): void {
  requireEqual("header size", at, found.size, expected.size);
  requireEqual("header status", at, found.status, expected.status);
  requireEqual("header padding", at, found.padding, expected.padding);
  requireLink("header prev", at, found.prev, expected.prev);
  requireLink("header next", at, found.next, expected.next);
}

function checkMerged(
  list: BlockList,
  block: ListedBlock,
  before: ListedBlock | undefined,
): void {
  if (!list.mergesNeighbours) return;
  if (!before || !isMerged(list, before) || !isMerged(list, block)) return;
  if (before.cell + HEADER_CELLS + before.size !== block.cell) return;
  throw new CorruptionError(
    "merged free blocks apart",
    list.headers.addressOf(block.cell),
    `the free block before it, at ${
      formatAddress(list.headers.addressOf(before.cell))
    }, ` +
      "should have been merged with it",
  );
}

/** Whether a block is free and has been merged with its free neighbours. */
function isMerged(list: BlockList, { cell, state }: ListedBlock): boolean {
  return state === STATE.free || cell === list.lastFree;
}

/** Checks that a block is found from its last bytes and from the block after it. */
function checkEnds(
  list: BlockList,
  walk: BlockWalk,
  { cell, size }: ListedBlock,
  after: ListedBlock | undefined,
): void {
  const address = list.headers.addressOf(cell);
  const last = list.headers.addressOf(cell + HEADER_CELLS + size) - CELL_BYTES;
  requireEqual(
    "block found by its last bytes",
    address,
    walk.around(last)?.cell ?? NO_BLOCK,
    cell,
  );
  if (!after) return;
  requireEqual(
    "block found from the block after it",
    address,
    list.before(after.cell),
    cell,
  );
}

function checkFreed(list: BlockList, blocks: readonly ListedBlock[]): void {
  const waiting = new Set(list.freed);
  for (const { cell, state } of blocks) {
    if (state !== STATE.freed || cell === list.lastFree) continue;
    if (waiting.has(cell)) continue;
    throw new CorruptionError(
      "freed blocks waiting to be merged",
      list.headers.addressOf(cell),
      "the block was freed, but the next search would not find it",
    );
  }
}

function checkIndex(list: BlockList, blocks: readonly ListedBlock[]): void {
  const expected = blocks.filter(({ cell, state }) =>
    state === STATE.free && cell !== list.lastFree
  );
  for (const { cell, size } of expected) {
    if (list.index.has(cell, size)) continue;
    throw new CorruptionError(
      "free blocks in the index",
      list.headers.addressOf(cell),
      `the free block of ${size * CELL_BYTES} bytes cannot be found`,
    );
  }
  requireEqual(
    "size of the free index",
    0,
    list.index.count,
    expected.length,
  );
  requireEqual(
    "largest block in the free index",
    0,
    list.index.largest,
    expected.reduce((largest, { size }) => Math.max(largest, size), 0),
  );
  if (list.lastFree === NO_BLOCK) return;
  const last = blocks.at(-1);
  requireEqual("last free block", 0, list.lastFree, last?.cell ?? NO_BLOCK);
}

function checkTotals(
  list: BlockList,
  blocks: readonly ListedBlock[],
  liveCells: number,
): void {
  const live = blocks.filter(({ state }) => isLive(state));
  requireEqual("total of blocks", 0, list.blockCount, blocks.length);
  requireEqual("total of live blocks", 0, list.liveBlocks, live.length);
  requireEqual("total of live cells", 0, liveCells, cellsOf(live));
  const cells = cellsOf(blocks) + HEADER_CELLS * blocks.length;
  requireEqual("total of cells", 0, list.cells, cells);
}

function cellsOf(blocks: readonly ListedBlock[]): number {
  return blocks.reduce((sum, { size }) => sum + size, 0);
}

function requireEqual(
  invariant: string,
  at: Address,
  found: number,
  expected: number,
): void {
  if (found === expected) return;
  throw new CorruptionError(
    invariant,
    at,
    `found ${found}, expected ${expected}`,
  );
}

function requireLink(
  invariant: string,
  at: Address,
  found: Address,
  expected: Address,
): void {
  if (found === expected) return;
  throw new CorruptionError(
    invariant,
    at,
    `found ${formatAddress(found)}, expected ${formatAddress(expected)}`,
  );
}
