import { HEADER_BYTES } from "@osmem/osmem/internal/plain";
import type { RunBlock } from "../../runs/heap_moment.ts";
import { formatBytes } from "../../words.ts";
import type { Strip, StripPiece } from "./strip.ts";

/** Payloads that would be longer are cut. */
const LONGEST = 420; // pixels
/** Memory of others, however much it is. */
const GAP = 14; // pixels

/**
 * Blocks in a strip, each with its header; long payloads are cut.
 *
 * @param blocks The blocks, in order.
 * @param pixelsPerByte The scale.
 * @param lastBlock Address of the header of the block to point out, or 0.
 */
export function fineStrip(
  blocks: readonly RunBlock[],
  pixelsPerByte: number,
  lastBlock: number,
): Strip {
  const pieces: StripPiece[] = [];
  const outlines: StripPiece[] = [];
  const start = blocks[0]?.address ?? 0;
  let at = 0;
  let end = start;
  for (const block of blocks) {
    const isMapped = block.status === "mapped";
    if (!isMapped && block.address !== end) {
      const tooltip = `${formatBytes(block.address - end)} of memory of others`;
      pieces.push({ start: at, end: at + GAP, name: "gap", tooltip });
      at += GAP;
    }
    const header = at + HEADER_BYTES * pixelsPerByte;
    const length = block.size * pixelsPerByte;
    const next = header + Math.min(length, LONGEST);
    pieces.push(
      headerPiece(block, at, header, isMapped ? undefined : start),
      payloadPiece(block, header, next, length > LONGEST),
    );
    if (block.address === lastBlock) {
      outlines.push({ start: at, end: next, name: "last" });
    }
    at = next;
    end = block.payload + block.size;
  }
  return { pieces: [...pieces, ...outlines], length: at };
}

/** Pixels that {@linkcode fineStrip} takes. */
export function fineLength(
  blocks: readonly RunBlock[],
  pixelsPerByte: number,
): number {
  return blocks.reduce(
    (sum, { size }) =>
      sum + HEADER_BYTES * pixelsPerByte +
      Math.min(size * pixelsPerByte, LONGEST),
    0,
  );
}

function headerPiece(
  { address, status }: RunBlock,
  start: number,
  end: number,
  heapStart: number | undefined,
): StripPiece {
  const names = {
    allocated: "header box",
    free: "free-header box",
    mapped: "mapping-header box",
  };
  const tooltip = `header, ${HEADER_BYTES} B, at 0x${address.toString(16)}`;
  const piece = { start, end, name: names[status], tooltip };
  return heapStart === undefined
    ? piece
    : { ...piece, below: `+0x${(address - heapStart).toString(16)}` };
}

function payloadPiece(
  block: RunBlock,
  start: number,
  end: number,
  isCut: boolean,
): StripPiece {
  return { start, end, isCut, ...payloadLook(block) };
}

/** How a block's payload is drawn, and its title. */
export function payloadLook(
  block: RunBlock,
): Pick<StripPiece, "name" | "tooltip" | "texts"> {
  const { status, size, requestedBytes, payload } = block;
  const bytes = formatBytes(size);
  const place = `payload at 0x${payload.toString(16)}`;
  if (status === "free") {
    return {
      name: "free box",
      tooltip: [`free block of ${bytes}`, place].join("\n"),
      texts: [`free · ${bytes}`, bytes],
    };
  }
  const name = nameOf(block);
  return {
    name: status === "mapped" ? "mapping box" : "used box",
    tooltip: [
      name,
      `${bytes} of payload, ${formatBytes(requestedBytes)} requested`,
      place,
    ].join("\n"),
    texts: [`${name} · ${bytes}`, name, String(block.block ?? "")],
  };
}

function nameOf({ label, block }: RunBlock): string {
  if (label !== undefined && label !== "") return label;
  return block === undefined ? "block" : `block ${block}`;
}
