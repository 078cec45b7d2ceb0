import type { Address } from "@osmem/osmem";
import type { Segment } from "../../runs/timeline/segments.ts";

/** A range of addresses and where it is drawn. Low addresses are at the bottom. */
export interface ScalePiece extends Segment {
  /** The pixel of `start`, the lower edge. */
  readonly bottom: number;
  /** The pixel of `end`, the upper edge. */
  readonly top: number;
  /** Whether it is to scale with the other pieces, or cut short. */
  readonly isCut: boolean;
}

/** The vertical extent to fill, in pixels. */
export interface VerticalRange {
  /** The upper edge. */
  readonly top: number;
  /** The lower edge. */
  readonly bottom: number;
}

const GAP = 12; // pixels between segments, in the place of memory of others
const MOST_GAPS = 0.3; // share of the height
const CUT = 34; // pixels in the place of memory that was never used
/** Memory that was never used is cut out if it is more than this share of all. */
const UNUSED_SHARE = 0.4;

/**
 * From addresses to pixels. Memory of others between segments is left out, and so
 * is the end of the last segment if it is large and no block ever lay there:
 *
 * ```text
 *   ───────── break
 *   ≈ cut out ≈          never used
 *   ───────── used
 *   segment
 *   ─ ─ gap ─ ─          memory of others
 *   segment
 *   ───────── start
 * ```
 */
export class AddressScale {
  /** The pieces, from the lowest address to the highest. */
  readonly pieces: readonly ScalePiece[];

  /**
   * @param segments The heap's segments.
   * @param used The address past the highest block that there ever was.
   * @param range Where to draw.
   */
  constructor(
    segments: readonly Segment[],
    used: Address,
    range: VerticalRange,
  ) {
    this.pieces = layOut(cutUnused(segments, used), range);
  }

  /** Pixels that a byte is high, where it is not cut. */
  get pixelsPerByte(): number {
    const piece = this.pieces.find(({ isCut }) => !isCut);
    return piece ? (piece.bottom - piece.top) / (piece.end - piece.start) : 0;
  }

  /** The pixel of an address; one outside all pieces is drawn at the edge next to it. */
  at(address: Address): number {
    const piece = this.#pieceOf(address);
    if (!piece) return NaN;
    const share = (address - piece.start) / (piece.end - piece.start);
    const inside = Math.min(1, Math.max(0, share));
    return piece.bottom - inside * (piece.bottom - piece.top);
  }

  /** The highest piece that begins below an address; the lowest for what is below all. */
  #pieceOf(address: Address): ScalePiece | undefined {
    let low = 0;
    let high = this.pieces.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.pieces[middle]!.start < address) low = middle;
      else high = middle - 1;
    }
    return this.pieces[low];
  }
}

type UnplacedPiece = Pick<ScalePiece, "start" | "end" | "isCut">;

function cutUnused(
  segments: readonly Segment[],
  used: Address,
): UnplacedPiece[] {
  const pieces = segments.map((segment) => ({ ...segment, isCut: false }));
  const last = pieces.at(-1);
  if (!last || used <= last.start || used >= last.end) return pieces;
  const bytes = pieces.reduce((sum, { start, end }) => sum + end - start, 0);
  if (last.end - used < UNUSED_SHARE * bytes) return pieces;
  return [
    ...pieces.slice(0, -1),
    { ...last, end: used },
    { start: used, end: last.end, isCut: true },
  ];
}

function layOut(
  pieces: readonly UnplacedPiece[],
  { top, bottom }: VerticalRange,
): ScalePiece[] {
  const gaps = pieces.filter((_, index) => isBehindGap(pieces, index)).length;
  const gap = Math.min(GAP, MOST_GAPS * (bottom - top) / Math.max(1, gaps));
  const cuts = pieces.filter(({ isCut }) => isCut).length * CUT;
  const whole = pieces.filter(({ isCut }) => !isCut);
  const bytes = whole.reduce((sum, { start, end }) => sum + end - start, 0);
  const perByte = (bottom - top - gaps * gap - cuts) / bytes;
  let edge = bottom;
  return pieces.map((piece, index) => {
    const lower = isBehindGap(pieces, index) ? edge - gap : edge;
    edge = lower - (piece.isCut ? CUT : (piece.end - piece.start) * perByte);
    return { ...piece, bottom: lower, top: edge };
  });
}

function isBehindGap(pieces: readonly UnplacedPiece[], index: number): boolean {
  return index > 0 && pieces[index - 1]!.end !== pieces[index]!.start;
}
