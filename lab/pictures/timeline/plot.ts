import { type ScaleLinear, scaleLinear } from "../svg/scale_linear.ts";
import type { AddressScale } from "./address_scale.ts";
import type { Segment } from "../../runs/timeline/segments.ts";
import type { Timeline } from "../../runs/timeline/timeline.ts";

/** The part of a run that is drawn: from one moment to another, both included. */
export interface CallWindow {
  /** Calls made before the first moment. */
  readonly from: number;
  /** Calls made before the last one. */
  readonly to: number;
}

/** Where a picture's parts are. Lengths are in pixels. */
export interface PlotFrame {
  /** The left edge. */
  readonly left: number;
  /** The right edge. */
  readonly right: number;
  /** The upper edge of the marks' labels. */
  readonly marksTop: number;
  /** The upper edge of the band of mappings; the band has no height if there are none. */
  readonly mappingsTop: number;
  /** Its lower edge. */
  readonly mappingsBottom: number;
  /** The upper edge of the heap. */
  readonly heapTop: number;
  /** Its lower edge. */
  readonly heapBottom: number;
}

/** What the parts of a timeline's picture are drawn in. */
export interface Plot {
  /** What is drawn. */
  readonly timeline: Timeline;
  /** The part of it. */
  readonly window: CallWindow;
  /** The heap's segments at the end of that part. */
  readonly segments: readonly Segment[];
  /** Where. */
  readonly frame: PlotFrame;
  /**
   * From calls made to the pixel where that moment begins. A moment lasts to where
   * the next one begins, so that what the last call did is seen, too.
   */
  readonly x: ScaleLinear;
  /** From addresses to pixels. */
  readonly y: AddressScale;
}

/** The scale of a window's moments. */
export function momentScale(
  { from, to }: CallWindow,
  left: number,
  right: number,
): ScaleLinear {
  return scaleLinear().domain([from, to + 1]).range([left, right]);
}
