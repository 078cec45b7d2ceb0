import type { CallWindow } from "./plot.ts";
import { type Lives, STILL_LIVE } from "../../runs/timeline/lives.ts";

/** A life as it is drawn: its edges in pixels. */
export interface Box {
  /** The number of the life. */
  readonly life: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Smaller rectangles than this, in pixels, are merged with their neighbours. */
const SMALLEST = 2;

/** How many rectangles are drawn one by one at most; each takes some 350 bytes. */
const MOST_WHOLE = 1500;

/** How the lives of a band are placed. */
export interface Placement {
  /** What part of the run is drawn. */
  readonly window: CallWindow;
  /** From calls made to pixels. */
  readonly x: (calls: number) => number;
  /** The pixels of a life's upper and lower edge. */
  readonly y: (life: number) => readonly [top: number, bottom: number];
}

/**
 * Places the lives that reach into the window.
 *
 * @param lives The lives.
 * @param placement Where they are drawn.
 * @param onSmall Receives those that are too small to be drawn one by one.
 * @returns The others.
 */
export function placeLives(
  lives: Lives,
  placement: Placement,
  onSmall: (box: Box) => void,
): Box[] {
  const large: Box[] = [];
  for (let life = 0; life < lives.length; life++) {
    const box = boxOf(lives, life, placement);
    if (!box) continue;
    if (isLarge(box)) large.push(box);
    else onSmall(box);
  }
  if (large.length <= MOST_WHOLE) return large;
  large.sort((one, other) => areaOf(other) - areaOf(one));
  for (const box of large.slice(MOST_WHOLE)) onSmall(box);
  return large.slice(0, MOST_WHOLE);
}

function boxOf(
  { from, to }: Lives,
  life: number,
  { window, x, y }: Placement,
): Box | undefined {
  const end = to[life] === STILL_LIVE ? Infinity : to[life]!;
  const first = Math.max(from[life]!, window.from);
  const last = Math.min(end, window.to + 1);
  if (first >= last) return undefined;
  const [top, bottom] = y(life);
  return { life, left: x(first), right: x(last), top, bottom };
}

function isLarge(box: Box): boolean {
  return box.right - box.left >= SMALLEST && box.bottom - box.top >= SMALLEST;
}

function areaOf(box: Box): number {
  return (box.right - box.left) * (box.bottom - box.top);
}
