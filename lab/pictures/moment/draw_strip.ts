import type { Element } from "xast";
import { x } from "xastscript";
import { pixels, rectangle, textAt, textWidth } from "../svg/document.ts";
import type { DrawnStrip, Strip, StripPiece, StripPlace } from "./strip.ts";

const BAND = 36; // pixels that a row's memory is high
const BELOW = 16; // pixels below it, for offsets
const ROW = BAND + BELOW;
const FONT_SIZE = 10; // pixels
const ROOM = 6; // pixels between labels, and around a text

/** The part of a piece that lies in one row. */
interface PieceInRow {
  readonly piece: StripPiece;
  readonly row: number;
  /** Whether the piece begins here. */
  readonly isFirst: boolean;
  /** Pixels from the row's left edge. */
  readonly left: number;
  readonly right: number;
}

/**
 * Draws a strip in rows: what does not fit in one row continues in the next.
 *
 * ```text
 *   │h│ a · 200 B              │h│ free     │
 *   +0x0                       +0xe8
 *   │ free        │h│ b · 64 B │
 *                 +0x158
 * ```
 */
export function drawStrip(strip: Strip, place: StripPlace): DrawnStrip {
  const parts = strip.pieces.flatMap((piece) =>
    splitIntoRows(piece, place.width)
  );
  const rows = Math.ceil(strip.length / place.width);
  return {
    elements: [
      ...parts.flatMap((part) => drawPart(part, place)),
      ...drawOffsets(parts, place),
    ],
    height: rows * ROW,
  };
}

function splitIntoRows(piece: StripPiece, width: number): PieceInRow[] {
  const parts: PieceInRow[] = [];
  const first = Math.floor(piece.start / width);
  const last = Math.ceil(piece.end / width);
  for (let row = first; row < last; row++) {
    const left = Math.max(0, piece.start - row * width);
    const right = Math.min(width, piece.end - row * width);
    const isFirst = row === first;
    if (right > left) parts.push({ piece, row, isFirst, left, right });
  }
  return parts;
}

function drawPart(part: PieceInRow, place: StripPlace): Element[] {
  const { piece, row } = part;
  const left = place.left + part.left;
  const top = place.top + row * ROW;
  const width = part.right - part.left;
  const band = rectangle(piece.name, left, top, width, BAND, piece.tooltip);
  if (piece.opacity !== undefined) {
    band.attributes["fill-opacity"] = String(piece.opacity);
  }
  const middle = left + width / 2;
  return [
    band,
    ...(piece.isCut && part.isFirst ? [drawCut(left + width * 0.8, top)] : []),
    ...drawText(piece.texts ?? [], middle, top, width),
  ];
}

function drawText(
  texts: readonly string[],
  middle: number,
  top: number,
  width: number,
): Element[] {
  const text = texts.find((text) => textWidth(text, FONT_SIZE) + ROOM <= width);
  return text === undefined
    ? []
    : [textAt("inside", middle, top + BAND / 2 + 4, text, "middle")];
}

/** Two strokes across a piece that is longer than it is drawn. */
function drawCut(left: number, top: number): Element {
  const at = pixels(left);
  const stroke = `l6 ${-BAND}`;
  const lower = top + BAND;
  return x("path", {
    class: "cut",
    d: `M${at} ${lower}${stroke}M${at + 4} ${lower}${stroke}`,
  });
}

/** What stands below the beginnings of pieces, as far as there is room. */
function drawOffsets(
  parts: readonly PieceInRow[],
  { left, top, width }: StripPlace,
): Element[] {
  const ends: number[] = [];
  return parts.flatMap(({ piece: { below }, row, isFirst, left: start }) => {
    if (below === undefined || !isFirst) return [];
    const end = start + textWidth(below) + ROOM;
    if (start < (ends[row] ?? 0) || end > width) return [];
    ends[row] = end + ROOM;
    return [textAt("quiet", left + start, top + row * ROW + BAND + 12, below)];
  });
}
