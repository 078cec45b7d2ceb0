import type { Element } from "xast";
import { HEADER_BYTES } from "../../runs/heap_snapshot.ts";
import type { Run } from "../../runs/run.ts";
import type { RunStats } from "../../runs/run_stats.ts";
import { describePolicy } from "../describe_policy.ts";
import { textAt, writePicture } from "../svg/document.ts";
import {
  drawLegendLines,
  layOutLegend,
  LEGEND_ROW,
  type LegendEntry,
} from "../svg/legend.ts";
import { fitText } from "../svg/text_width.ts";
import { formatBytes, formatCount, formatNumberOf } from "../units.ts";
import { AddressScale } from "./address_scale.ts";
import { drawAxes, drawGrid } from "./draw_axes.ts";
import { drawBlocks, drawFreeBlocks, drawMappings } from "./draw_blocks.ts";
import { drawBreak, drawCuts, drawGround } from "./draw_break.ts";
import { drawGrowths, growthMarkers } from "./draw_growths.ts";
import {
  drawMarks,
  MARK_ROW,
  type PlacedMarks,
  placeMarks,
} from "./draw_marks.ts";
import type { Lives } from "./lives.ts";
import { type Segment, segmentsAfter } from "./segments.ts";
import { assignRows } from "./mapping_rows.ts";
import {
  type CallWindow,
  momentScale,
  type Plot,
  type PlotFrame,
} from "./plot.ts";
import type { Timeline } from "./timeline.ts";
import { type LegendNeeds, timelineLegend } from "./timeline_legend.ts";

/** How a timeline is drawn. */
export interface TimelineSVGOptions {
  /** Pixels; 960 by default, at least 320. */
  readonly width?: number;
  /** Pixels; 540 by default, at least 240. */
  readonly height?: number;
  /** Calls made before the first moment that is drawn; 0 by default. */
  readonly from?: number;
  /** Calls made before the last one; all by default. */
  readonly to?: number;
  /** A heading; the run's title by default. */
  readonly title?: string;
}

const WIDTH = { usual: 960, least: 320 } as const;
const HEIGHT = { usual: 540, least: 240 } as const;

const LEFT = 84; // pixels, for the addresses
const RIGHT = 28; // pixels
const HEADING = 52; // pixels, for the title and the line below it
const HEADROOM = 18; // pixels between the plot's edge and the break, for its labels
const AXIS = 38; // pixels, for the calls
const MAPPING_ROW = 16; // pixels
const MOST_MAPPINGS = 0.25; // share of the picture
const MARGIN = 8; // pixels
const LEGEND_LEFT = 18; // pixels

/**
 * Draws a run as an SVG document: addresses over calls, a rectangle for the life of
 * each block.
 *
 * ```text
 *   title
 *   marks            │ mark        │ mark
 *   mappings    ┌────┴───┐         │
 *   heap        │    ┌───┴─────────┤ break
 *               │ ██████   ████████
 *               └──────────────────▶ calls made
 *   legend
 * ```
 *
 * @throws {RangeError} If the picture would be too small, or there is no such moment.
 */
export function drawTimeline(
  run: Run,
  options: TimelineSVGOptions = {},
): string {
  const { width = WIDTH.usual, height = HEIGHT.usual, title = run.title } =
    options;
  requireAtLeast("width", width, WIDTH.least);
  requireAtLeast("height", height, HEIGHT.least);
  const window = windowOf(run, options);
  const timeline = run.timeline();
  const stats = run.stats();
  const right = width - RIGHT;
  const x = momentScale(window, LEFT, right);
  const marks = placeMarks(timeline.marks, window, x);
  const legendWidth = width - LEGEND_LEFT - MARGIN;
  const needs = mostLegendNeeds(timeline, marks);
  const legendRows = layOutLegend(timelineLegend(needs), legendWidth).length;
  const frame = frameOf(timeline, { right, height, marks, legendRows });
  const segments = segmentsAfter(timeline.segments, timeline.raises, window.to);
  const y = addressScale(segments, timeline.blocks, frame);
  const plot = { timeline, window, segments, frame, x, y };
  const { elements, legend } = drawPlot(plot, marks, needs);
  return writePicture(
    { width, height, title, description: describeRun(stats) },
    [
      ...drawHeading(title, subtitle(run, window, stats), width),
      ...elements,
      ...drawLegendLines(
        layOutLegend(legend, legendWidth),
        LEGEND_LEFT,
        frame.heapBottom + AXIS,
      ),
    ],
  );
}

/** What the legend may have to explain, before it is known what can be seen. */
function mostLegendNeeds(
  { blocks, mappings, segments, raises }: Timeline,
  { marks }: PlacedMarks,
): LegendNeeds {
  return {
    blocks: blocks.length > 0,
    headers: blocks.length > 0,
    freeHeaders: segments.length > 0,
    shades: blocks.length + mappings.length > 0,
    heap: segments.length > 0,
    gaps: segments.length > 1,
    mappings: mappings.length > 0,
    marks: marks.length > 0,
    reasons: new Set(raises.flatMap(({ growth }) => growth?.reason ?? [])),
  };
}

/** Draws everything between heading and legend, from the back to the front. */
function drawPlot(
  plot: Plot,
  marks: PlacedMarks,
  needs: LegendNeeds,
): { readonly elements: Element[]; readonly legend: LegendEntry[] } {
  const blocks = drawBlocks(plot);
  const freeBlocks = drawFreeBlocks(plot);
  const mappings = drawMappings(plot);
  const growths = growthMarkers(plot);
  return {
    elements: [
      ...drawGround(plot),
      ...freeBlocks.elements,
      ...drawGrid(plot),
      ...blocks.elements,
      ...mappings.elements,
      ...drawCuts(plot),
      ...drawAxes(plot),
      ...drawMarks(marks, plot.frame),
      ...drawBreak(plot),
      ...drawGrowths(plot, growths),
    ],
    legend: timelineLegend({
      ...needs,
      blocks: blocks.elements.length > 0,
      headers: blocks.hasHeaders,
      freeHeaders: freeBlocks.hasHeaders,
      shades: blocks.isShaded || mappings.isShaded,
      mappings: mappings.elements.length > 0,
      reasons: new Set(growths.map(({ reason }) => reason)),
    }),
  };
}

function drawHeading(title: string, below: string, width: number): Element[] {
  const room = width - 2 * LEGEND_LEFT;
  return [
    textAt("heading", LEGEND_LEFT, 25, fitText(title, room, 15)),
    textAt("quiet", LEGEND_LEFT, 43, fitText(below, room)),
  ];
}

/** What a frame has to leave room for. */
interface FrameNeeds {
  readonly right: number;
  readonly height: number;
  readonly marks: PlacedMarks;
  readonly legendRows: number;
}

function frameOf(
  { mappings }: Timeline,
  { right, height, marks, legendRows }: FrameNeeds,
): PlotFrame {
  const { count } = assignRows(mappings);
  const band = Math.min(count * MAPPING_ROW, MOST_MAPPINGS * height);
  const marksTop = HEADING;
  const mappingsTop = marksTop + marks.rows * MARK_ROW + MARGIN;
  const mappingsBottom = mappingsTop + band;
  return {
    left: LEFT,
    right,
    marksTop,
    mappingsTop,
    mappingsBottom,
    heapTop: mappingsBottom + (count > 0 ? MARGIN : 0),
    heapBottom: height - AXIS - legendRows * LEGEND_ROW - MARGIN,
  };
}

function addressScale(
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
  return new AddressScale(segments, used, range);
}

function subtitle(run: Run, { from, to }: CallWindow, stats: RunStats): string {
  const isWhole = from === 0 && to === run.length;
  const calls = isWhole
    ? formatNumberOf(run.length, "call")
    : `calls ${formatCount(from)} to ${formatCount(to)} of ${
      formatCount(run.length)
    }`;
  return [
    describePolicy(run.policy),
    calls,
    `at most ${formatBytes(stats.peakRequestedBytes)} requested`,
    `${formatBytes(stats.peakFootprintBytes)} held`,
  ].join(" · ");
}

function describeRun(stats: RunStats): string {
  const growths = Object.entries(stats.growthsByReason)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${formatCount(count)} ${reason}`);
  const why = growths.length === 0 ? "" : ` (${growths.join(", ")})`;
  return `Addresses over calls. ${
    formatNumberOf(stats.calls, "call")
  } allocated ${
    formatNumberOf(stats.blocks, "block")
  } and raised the program break ${
    formatNumberOf(stats.growths, "time")
  }${why}. ` +
    `At most ${formatBytes(stats.peakRequestedBytes)} were requested and ${
      formatBytes(stats.peakFootprintBytes)
    } held; at the end ${formatBytes(stats.end.freeBytes)} are free.`;
}

function windowOf(
  { length }: Run,
  { from = 0, to = length }: TimelineSVGOptions,
): CallWindow {
  const isWindow = Number.isInteger(from) && Number.isInteger(to) &&
    0 <= from && from <= to && to <= length;
  if (isWindow) return { from, to };
  throw new RangeError(
    `Cannot draw this run from ${from} to ${to}: expected whole numbers with 0 <= from <= to <= ${length}`,
  );
}

function requireAtLeast(what: string, value: number, least: number): void {
  if (Number.isFinite(value) && value >= least) return;
  throw new RangeError(
    `Cannot draw a timeline with ${what} ${value}: expected at least ${least} pixels`,
  );
}
