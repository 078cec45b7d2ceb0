import type { Element } from "xast";

/** A part of a strip: what lies between two places of it. Places are in pixels. */
export interface StripPiece {
  /** Where it begins. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** Its class. */
  readonly name: string;
  /** How opaque it is, from 0 to 1; wholly if left out. */
  readonly opacity?: number;
  /** The title, shown where the pointer rests. */
  readonly tooltip?: string;
  /** What is written on it: the first text that fits. */
  readonly texts?: readonly string[];
  /** Whether it stands for more than its length. */
  readonly isCut?: boolean;
  /** What stands below its beginning. */
  readonly below?: string;
}

/** A strip of memory that is broken into rows. */
export interface Strip {
  /** Its pieces, those on top last. */
  readonly pieces: readonly StripPiece[];
  /** Its length in pixels. */
  readonly length: number;
}

/** Where the rows of a strip are drawn. Lengths are in pixels. */
export interface StripPlace {
  /** The left edge. */
  readonly left: number;
  /** The upper edge of the first row. */
  readonly top: number;
  /** The width of a row. */
  readonly width: number;
}

/** A strip as it is drawn. */
export interface DrawnStrip {
  /** What to draw. */
  readonly elements: readonly Element[];
  /** Pixels that it is high. */
  readonly height: number;
}
