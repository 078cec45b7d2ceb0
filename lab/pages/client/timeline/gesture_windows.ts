import {
  moveWindow,
  type TimelineWindow,
  zoomWindow,
} from "../../timeline/timeline_window.ts";
import { type Area, isIn } from "../canvas/surface.ts";
import { type TimelineLayout, TimelineProjection } from "./timeline_layout.ts";

const WHEEL_SPEED = 0.0016;
/** Fingers closer than this along an axis do not zoom that axis. */
const LEAST_SPREAD = 24;

/** A turn of the wheel. */
export interface Turn {
  readonly deltaX: number;
  readonly deltaY: number;
  readonly shiftKey: boolean;
}

/** A finger's place, in pixels of the stage. */
export interface Finger {
  readonly x: number;
  readonly y: number;
}

/** Two fingers, one of which moved. */
export interface Pinch {
  readonly from: Finger;
  readonly to: Finger;
  readonly other: Finger;
}

/**
 * The window after a turn of the wheel: larger or smaller around the pointer, on
 * an axis only along that one; with Shift it is moved.
 */
export function turned(
  window: TimelineWindow,
  { deltaX, deltaY, shiftKey }: Turn,
  [x, y]: readonly [x: number, y: number],
  layout: TimelineLayout,
  projection: TimelineProjection,
): TimelineWindow {
  if (shiftKey) {
    return moveWindow(window, (deltaX || deltaY) / projection.momentWidth, 0);
  }
  const factor = Math.exp(deltaY * WHEEL_SPEED);
  const isOnBytes = isIn(layout.bytes, x, y);
  const factors = {
    moments: isOnBytes ? 1 : factor,
    bytes: isOnBytes || isIn(layout.heap, x, y) ? factor : 1,
  };
  return zoomWindow(
    window,
    factors,
    projection.moment(x),
    projection.offset(y),
  );
}

/** The window after a pinch: what was between the fingers is between them now. */
export function pinched(
  window: TimelineWindow,
  { from, to, other }: Pinch,
  area: Area,
): TimelineWindow {
  const before = new TimelineProjection(window, area);
  const zoomed = zoomWindow(
    window,
    {
      moments: spreadRatio(from.x - other.x, to.x - other.x),
      bytes: spreadRatio(from.y - other.y, to.y - other.y),
    },
    before.moment((from.x + other.x) / 2),
    before.offset((from.y + other.y) / 2),
  );
  const after = new TimelineProjection(zoomed, area);
  return moveWindow(
    zoomed,
    (from.x - to.x) / 2 / after.momentWidth,
    (to.y - from.y) / 2 / after.byteHeight,
  );
}

function spreadRatio(before: number, after: number): number {
  const isApart = Math.abs(before) >= LEAST_SPREAD &&
    Math.abs(after) >= LEAST_SPREAD;
  return isApart ? Math.abs(before / after) : 1;
}
