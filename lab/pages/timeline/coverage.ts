import { firstUnended, type Lives } from "./lives.ts";
import type { TimelineWindow } from "./timeline_window.ts";

/** How many tones tell neighbours apart. */
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
  const first = firstUnended(lives, window.from);
  for (let life = first; life < length; life++) {
    if (from[life]! >= window.to) continue;
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
  coverage: Coverage,
  left: number,
  right: number,
  top: number,
  bottom: number,
  tone: number,
): void {
  const lastRow = Math.ceil(bottom) - 1;
  let row = Math.floor(top);
  if (row === lastRow) {
    coverRow(coverage, row, left, right, bottom - top, tone);
    return;
  }
  coverRow(coverage, row, left, right, row + 1 - top, tone);
  while (++row < lastRow) coverRow(coverage, row, left, right, 1, tone);
  coverRow(coverage, row, left, right, bottom - lastRow, tone);
}

/** Covers part of a row: the first and the last pixel are covered in part. */
function coverRow(
  { width, shares, tones }: Coverage,
  row: number,
  left: number,
  right: number,
  height: number,
  tone: number,
): void {
  const start = row * width;
  const first = Math.floor(left);
  const last = Math.ceil(right) - 1;
  const toned = height * tone;
  if (first === last) {
    shares[start + first]! += height * (right - left);
    tones[start + first]! += toned * (right - left);
    return;
  }
  shares[start + first]! += height * (first + 1 - left);
  tones[start + first]! += toned * (first + 1 - left);
  for (let pixel = start + first + 1; pixel < start + last; pixel++) {
    shares[pixel]! += height;
    tones[pixel]! += toned;
  }
  shares[start + last]! += height * (right - last);
  tones[start + last]! += toned * (right - last);
}
