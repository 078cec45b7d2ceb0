import type { TimelineSVGOptions } from "../../runs/picture_options.ts";
import type { Element } from "xast";
import type { Run } from "../../runs/run.ts";
import { segmentsAfter } from "../../runs/timeline/segments.ts";
import type { Timeline } from "../../runs/timeline/timeline.ts";
import { fitText, textAt, writePicture } from "../svg/document.ts";
import {
  drawLegendLines,
  layOutLegend,
  type LegendEntry,
} from "../svg/legend.ts";
import { drawAxes, drawGrid } from "./draw_axes.ts";
import { drawBlocks, drawFreeBlocks, drawMappings } from "./draw_blocks.ts";
import { drawBreak, drawCuts, drawGround } from "./draw_break.ts";
import { drawGrowths, growthMarkers } from "./draw_growths.ts";
import { drawMarks, type PlacedMarks, placeMarks } from "./draw_marks.ts";
import { type CallWindow, momentScale, type Plot } from "./plot.ts";
import {
  addressScale,
  AXIS_HEIGHT,
  frameOf,
  horizontalEdges,
} from "./timeline_frame.ts";
import { type LegendNeeds, timelineLegend } from "./timeline_legend.ts";
import { describeRun, subtitle } from "./timeline_words.ts";

const WIDTH = { usual: 960, least: 320 } as const;
const HEIGHT = { usual: 540, least: 240 } as const;

const LEGEND_LEFT = 18; // pixels, and of the heading

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
  const stats = run.stats();
  const { plot, marks, needs } = layOut(run.timeline(), window, width, height);
  const { elements, legend } = drawPlot(plot, marks, needs);
  return writePicture(
    { width, height, title, description: describeRun(stats) },
    [
      ...drawHeading(title, subtitle(run, window, stats), width),
      ...elements,
      ...drawLegendLines(
        layOutLegend(legend, width - 2 * LEGEND_LEFT),
        LEGEND_LEFT,
        plot.frame.heapBottom + AXIS_HEIGHT,
      ),
    ],
  );
}

/** A picture whose parts have their places, but are not drawn yet. */
interface LaidOut {
  readonly plot: Plot;
  readonly marks: PlacedMarks;
  readonly needs: LegendNeeds;
}

/** Gives each part its place. The legend has room for all that there may be to explain. */
function layOut(
  timeline: Timeline,
  window: CallWindow,
  width: number,
  height: number,
): LaidOut {
  const x = momentScale(window, ...horizontalEdges(width));
  const marks = placeMarks(timeline.marks, window, x);
  const needs = mostLegendNeeds(timeline, marks);
  const legend = layOutLegend(timelineLegend(needs), width - 2 * LEGEND_LEFT);
  const frame = frameOf(timeline, {
    window,
    width,
    height,
    markRows: marks.rows,
    legendRows: legend.length,
  });
  const segments = segmentsAfter(timeline.segments, timeline.raises, window.to);
  const y = addressScale(segments, timeline.blocks, frame);
  return { plot: { timeline, window, segments, frame, x, y }, marks, needs };
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
