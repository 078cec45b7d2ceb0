import type { TimelineWindow } from "../../timeline/timeline_window.ts";
import type { Area } from "../canvas/surface.ts";

const LEFT_AXIS = 62;
const BOTTOM_AXIS = 20;
const FLAGS = 16;
const RIGHT_MARGIN = 6;
const MAPPINGS_SHARE = 0.16;
const BETWEEN = 5;

/**
 * Where the parts of a timeline lie:
 *
 * ```text
 *          flags of marks and growths
 *          mappings, if there are any
 *   bytes  the heap
 *          calls
 * ```
 */
export interface TimelineLayout {
  readonly flags: Area;
  readonly mappings: Area;
  readonly heap: Area;
  /** The axes: what lies left of the heap, and below it. */
  readonly bytes: Area;
  readonly moments: Area;
}

/** Lays a timeline out. */
export function layOutTimeline(
  width: number,
  height: number,
  hasMappings: boolean,
): TimelineLayout {
  const left = LEFT_AXIS;
  const inner = Math.max(width - left - RIGHT_MARGIN, 1);
  const rest = Math.max(height - FLAGS - BOTTOM_AXIS, 1);
  const mapped = hasMappings ? Math.round(rest * MAPPINGS_SHARE) : 0;
  const heapTop = FLAGS + mapped + (hasMappings ? BETWEEN : 0);
  const heapHeight = Math.max(height - BOTTOM_AXIS - heapTop, 1);
  return {
    flags: { left, top: 0, width: inner, height: FLAGS },
    mappings: { left, top: FLAGS, width: inner, height: mapped },
    heap: { left, top: heapTop, width: inner, height: heapHeight },
    bytes: { left: 0, top: heapTop, width: left, height: heapHeight },
    moments: {
      left,
      top: heapTop + heapHeight,
      width: inner,
      height: BOTTOM_AXIS,
    },
  };
}

/** Turns moments and offsets into pixels of an area and back. */
export class TimelineProjection {
  readonly #window: TimelineWindow;
  readonly #area: Area;

  /**
   * @param window What is shown.
   * @param area Where.
   */
  constructor(window: TimelineWindow, area: Area) {
    this.#window = window;
    this.#area = area;
  }

  /** Pixels that a moment takes. */
  get momentWidth(): number {
    return this.#area.width / (this.#window.to - this.#window.from);
  }

  /** Pixels that a byte takes. */
  get byteHeight(): number {
    return this.#area.height / (this.#window.high - this.#window.low);
  }

  x(moment: number): number {
    return this.#area.left + (moment - this.#window.from) * this.momentWidth;
  }

  y(offset: number): number {
    return this.#area.top + (this.#window.high - offset) * this.byteHeight;
  }

  moment(x: number): number {
    return this.#window.from + (x - this.#area.left) / this.momentWidth;
  }

  offset(y: number): number {
    return this.#window.high - (y - this.#area.top) / this.byteHeight;
  }
}
