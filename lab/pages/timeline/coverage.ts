import type { Lives } from "./lives.ts";
import type { TimelineWindow } from "./timeline_window.ts";

/** Neighbours are told apart by so many tones. */
export const TONES = 4;

/** How much of each pixel is covered, row by row from the top. */
export interface Coverage {
  readonly width: number;
  readonly height: number;
  /** The share of each pixel that is covered; a little more than 1 by rounding. */
  readonly shares: Float32Array;
  /** The tones of what covers it, from 0, each multiplied by its share. */
  readonly tones: Float32Array;
}

/** Coverage of nothing. */
export function emptyCoverage(width: number, height: number): Coverage {
  return {
    width,
    height,
    shares: new Float32Array(width * height),
    tones: new Float32Array(width * height),
  };
}

/**
 * Adds lives to the pixels that they cover, in proportion: a hundred thousand
 * lives that are much smaller than a pixel show how full that pixel is. Lives do
 * not overlap, so this takes a step for each life and one for each pixel.
 */
export function coverLives(
  coverage: Coverage,
  lives: Lives,
  window: TimelineWindow,
): void {
  const { width, height } = coverage;
  const perMoment = width / (window.to - window.from);
  const perByte = height / (window.high - window.low);
  const { length, blocks, from, to, low, high } = lives;
  for (let life = 0; life < length; life++) {
    if (to[life]! <= window.from || from[life]! >= window.to) continue;
    if (high[life]! <= window.low || low[life]! >= window.high) continue;
    coverRectangle(
      coverage,
      Math.max((from[life]! - window.from) * perMoment, 0),
      Math.min((to[life]! - window.from) * perMoment, width),
      Math.max((window.high - high[life]!) * perByte, 0),
      Math.min((window.high - low[life]!) * perByte, height),
      blocks[life]! % TONES,
    );
  }
}

function coverRectangle(
  { width, shares, tones }: Coverage,
  left: number,
  right: number,
  top: number,
  bottom: number,
  tone: number,
): void {
  const lastColumn = Math.ceil(right) - 1;
  const lastRow = Math.ceil(bottom) - 1;
  for (let row = Math.floor(top); row <= lastRow; row++) {
    const across = Math.min(bottom, row + 1) - Math.max(top, row);
    for (let column = Math.floor(left); column <= lastColumn; column++) {
      const along = Math.min(right, column + 1) - Math.max(left, column);
      const share = across * along;
      const pixel = row * width + column;
      shares[pixel] = shares[pixel]! + share;
      tones[pixel] = tones[pixel]! + share * tone;
    }
  }
}
