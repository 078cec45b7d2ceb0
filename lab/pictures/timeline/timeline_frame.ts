import { HEADER_BYTES } from "@osmem/osmem/internal/plain";
import { LEGEND_ROW } from "../svg/legend.ts";
import { AddressScale } from "./address_scale.ts";
import { MARK_ROW } from "./draw_marks.ts";
import type { Lives } from "../../runs/timeline/lives.ts";
import { assignRows } from "./mapping_rows.ts";
import type { CallWindow, PlotFrame } from "./plot.ts";
import type { Segment } from "../../runs/timeline/segments.ts";
import type { Timeline } from "../../runs/timeline/timeline.ts";

const LEFT = 84; // pixels, for the addresses
const RIGHT = 28; // pixels
const HEADING = 52; // pixels, for the title and the line below it
const HEADROOM = 18; // pixels between the plot's edge and the break, for its labels

/** Pixels that the axis of calls is high. */
export const AXIS_HEIGHT = 38;

const MAPPING_ROW = 16; // pixels
const MOST_MAPPINGS = 0.25; // share of the picture
const MARGIN = 8; // pixels

/** What a frame has to leave room for. */
export interface FrameNeeds {
  /** What part of the run is drawn. */
  readonly window: CallWindow;
  /** Pixels that the whole picture is wide. */
  readonly width: number;
  /** Pixels that it is high. */
  readonly height: number;
  /** Rows of labels of marks. */
  readonly markRows: number;
  /** Rows of the legend. */
  readonly legendRows: number;
}

/** The pixels between which moments are drawn, in a picture of this width. */
export function horizontalEdges(
  width: number,
): readonly [left: number, right: number] {
  return [LEFT, width - RIGHT];
}

/** Divides a picture among its parts. */
export function frameOf(
  { mappings }: Timeline,
  { window, width, height, markRows, legendRows }: FrameNeeds,
): PlotFrame {
  const [left, right] = horizontalEdges(width);
  const { count } = assignRows(mappings, window);
  const band = Math.min(count * MAPPING_ROW, MOST_MAPPINGS * height);
  const marksTop = HEADING;
  const mappingsTop = marksTop + markRows * MARK_ROW + MARGIN;
  const mappingsBottom = mappingsTop + band;
  return {
    left,
    right,
    marksTop,
    mappingsTop,
    mappingsBottom,
    heapTop: mappingsBottom + (count > 0 ? MARGIN : 0),
    heapBottom: height - AXIS_HEIGHT - legendRows * LEGEND_ROW - MARGIN,
  };
}

/** The scale of a heap's addresses in a frame. */
export function addressScale(
  segments: readonly Segment[],
  blocks: Lives,
  { heapTop, heapBottom }: PlotFrame,
): AddressScale {
  let used = 0;
  for (let life = 0; life < blocks.length; life++) {
    const end = blocks.addresses[life]! + HEADER_BYTES + blocks.sizes[life]!;
    used = Math.max(used, end);
  }
  const range = { top: heapTop + HEADROOM, bottom: heapBottom };
  return new AddressScale(segments, used + HEADER_BYTES, range);
}
