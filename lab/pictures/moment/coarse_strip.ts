import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { HeapSnapshot } from "../../runs/heap_snapshot.ts";
import type { RunBlock } from "../../runs/heap_moment.ts";
import { type Region, usedBytesByCell } from "../../runs/regions.ts";
import { SHADES } from "../svg/occupancy.ts";
import { formatBytes } from "../../words.ts";
import { payloadLook } from "./fine_strip.ts";
import type { Strip, StripPiece } from "./strip.ts";

/** Pixels of a column that a shade is found for. */
const COLUMN = 2;
/** Memory of others, however much it is. */
const GAP = 14; // pixels
/** Sums of fractions stray by less than this. */
const NOTHING = 1e-6;
/** Blocks that are shorter are only seen as shades. */
const SHORTEST = 5; // pixels

/** What a strip of many blocks is made of. */
export interface CoarseSource {
  /** All blocks, as columns. */
  readonly snapshot: HeapSnapshot;
  /** The blocks that are drawn, in the order of their addresses. */
  readonly blocks: readonly RunBlock[];
  /** The parts of memory to draw. */
  readonly regions: readonly Region[];
  /** The scale. */
  readonly pixelsPerByte: number;
  /** Pixels that a row of the strip is wide. */
  readonly rowWidth: number;
  /** Address of the header of the block to point out, or 0. */
  readonly lastBlock: number;
}

/** Segments of a heap to scale: shades, and the blocks that are large enough to be seen. */
export function coarseStrip(source: CoarseSource): Strip {
  const { regions, pixelsPerByte } = source;
  const pieces: StripPiece[] = [];
  let at = 0;
  regions.forEach((region, index) => {
    if (index > 0) {
      const before = regions[index - 1]!;
      const bytes = region.start - before.start - before.length;
      const tooltip = `${formatBytes(bytes)} of memory of others`;
      pieces.push({ start: at, end: at + GAP, name: "gap", tooltip });
      at += GAP;
    }
    pieces.push(
      ...rowOffsets(source, region, at),
      ...shades(source, region, at),
      ...largeBlocks(source, region, at),
    );
    at += region.length * pixelsPerByte;
  });
  return { pieces, length: at };
}

/** Mappings one after the other, to scale. */
export function coarseMappings(
  mappings: readonly RunBlock[],
  pixelsPerByte: number,
  lastBlock: number,
): Strip {
  const pieces: StripPiece[] = [];
  let at = 0;
  for (const block of mappings) {
    const start = at;
    at += (HEADER_BYTES + block.size) * pixelsPerByte;
    pieces.push({ start, end: at, ...payloadLook(block) });
    if (block.address === lastBlock) {
      pieces.push({ start, end: at, name: "last" });
    }
  }
  return { pieces, length: at };
}

/** Offsets from the heap's start, below the beginnings of segments and of rows. */
function rowOffsets(
  { regions, pixelsPerByte, rowWidth }: CoarseSource,
  region: Region,
  left: number,
): StripPiece[] {
  const right = left + region.length * pixelsPerByte;
  const first = Math.floor(left / rowWidth) + 1;
  const rows = Math.max(0, Math.ceil(right / rowWidth) - first);
  const starts = Array.from(
    { length: rows },
    (_, row) => (first + row) * rowWidth,
  );
  return [left, ...starts].map((start) => {
    const bytes = Math.round((start - left) / pixelsPerByte);
    const offset = region.start - regions[0]!.start + bytes;
    const below = `+${formatBytes(offset)}`;
    return { start, end: start + COLUMN, name: "free", below };
  });
}

function shades(
  { snapshot, pixelsPerByte }: CoarseSource,
  region: Region,
  left: number,
): StripPiece[] {
  const scale = COLUMN / pixelsPerByte;
  const used = usedBytesByCell(snapshot, region, scale);
  const length = region.length * pixelsPerByte;
  const pieces: StripPiece[] = [
    { start: left, end: left + length, name: "free" },
  ];
  const levels = used.map((bytes) =>
    Math.min(SHADES, Math.ceil(bytes / scale * SHADES - NOTHING))
  );
  for (let column = 0; column < levels.length;) {
    const shade = levels[column]!;
    const first = column;
    while (levels[column] === shade) column++;
    if (shade === 0) continue;
    pieces.push({
      start: left + first * COLUMN,
      end: left + Math.min(column * COLUMN, length),
      name: "used",
      opacity: shade / SHADES,
    });
  }
  return pieces;
}

function largeBlocks(
  { snapshot, pixelsPerByte, lastBlock, blocks }: CoarseSource,
  region: Region,
  left: number,
): StripPiece[] {
  const pieces: StripPiece[] = [];
  const outlines: StripPiece[] = [];
  for (let index = 0; index < snapshot.length; index++) {
    const offset = snapshot.addresses[index]! - region.start;
    if (offset < 0 || offset >= region.length) continue;
    if (snapshot.statuses[index] === STATUS.mapped) continue;
    const start = left + offset * pixelsPerByte;
    const bytes = HEADER_BYTES + snapshot.sizes[index]!;
    const end = start + bytes * pixelsPerByte;
    if (snapshot.addresses[index] === lastBlock) {
      outlines.push({
        start,
        end: Math.max(end, start + COLUMN),
        name: "last",
      });
    }
    if (end - start < SHORTEST) continue;
    pieces.push({ start, end, ...payloadLook(blocks[index]!) });
  }
  return [...pieces, ...outlines];
}
