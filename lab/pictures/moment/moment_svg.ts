import type { MomentSVGOptions } from "../../runs/picture_options.ts";
import type { Element } from "xast";
import type { HeapMoment, RunBlock } from "../../runs/heap_moment.ts";
import { bytesOf, regionsOf } from "../../runs/regions.ts";
import { fitText, textAt, writePicture } from "../svg/document.ts";
import {
  drawLegendLines,
  layOutLegend,
  LEGEND_ROW,
  type LegendEntry,
  shadeSwatch,
  swatch,
} from "../svg/legend.ts";
import { coarseMappings, coarseStrip } from "./coarse_strip.ts";
import { drawStrip } from "./draw_strip.ts";
import { fineLength, fineStrip } from "./fine_strip.ts";
import { describeMoment, headingOf, subtitleOf } from "./moment_words.ts";
import type { Strip } from "./strip.ts";

const WIDTH = { usual: 960, least: 320 } as const;
const MARGIN = 18; // pixels
const HEADING = 56; // pixels
const CAPTION = 20; // pixels, above the mappings
const MOST_ROWS = 6;

const SMALL_BLOCKS = "partly: blocks too small to be seen alone";

/** Scales at which headers can be seen, in pixels for a byte, the largest first. */
const FINE_SCALES = [1, 0.75, 0.5, 0.375, 0.25] as const;

/** The strips of a heap, and what their legend must explain. */
interface MomentStrips {
  readonly heap: Strip;
  readonly mappings: Strip;
  readonly isFine: boolean;
}

/**
 * Draws the heap at one moment as an SVG document: a strip of memory to scale, in
 * rows, with the mappings below it.
 *
 * @throws {RangeError} If the picture would be too narrow.
 */
export function drawMomentSVG(
  moment: HeapMoment,
  options: MomentSVGOptions = {},
): string {
  const { width = WIDTH.usual, title = headingOf(moment) } = options;
  requireWidth(width);
  const inside = width - 2 * MARGIN;
  const strips = stripsOf(moment, inside);
  const { elements, height } = drawStrips(strips, inside);
  const legend = layOutLegend(legendOf(moment, strips.isFine), inside);
  const figures = moment.figures();
  return writePicture({
    width,
    height: height + legend.length * LEGEND_ROW + MARGIN,
    title,
    description: describeMoment(figures),
  }, [
    textAt("heading", MARGIN, 26, fitText(title, inside, 15)),
    textAt("quiet", MARGIN, 44, fitText(subtitleOf(figures), inside)),
    ...elements,
    ...drawLegendLines(legend, MARGIN, height + 4),
  ]);
}

function drawStrips(
  { heap, mappings }: MomentStrips,
  width: number,
): { readonly elements: Element[]; readonly height: number } {
  const drawn = drawStrip(heap, { left: MARGIN, top: HEADING, width });
  const top = HEADING + drawn.height;
  if (mappings.pieces.length === 0) {
    return { elements: [...drawn.elements], height: top };
  }
  const below = drawStrip(mappings, {
    left: MARGIN,
    top: top + CAPTION,
    width,
  });
  return {
    elements: [
      ...drawn.elements,
      textAt("quiet", MARGIN, top + CAPTION - 7, "mappings"),
      ...below.elements,
    ],
    height: top + CAPTION + below.height,
  };
}

/** As fine as fits in a few rows. */
function stripsOf(moment: HeapMoment, width: number): MomentStrips {
  const { snapshot, lastBlock } = moment;
  const blocks = moment.blocks();
  const heap = blocks.filter(({ status }) => status !== "mapped");
  const mapped = blocks.filter(({ status }) => status === "mapped");
  const scale = FINE_SCALES.find((scale) =>
    rowsOf(heap, scale, width) + rowsOf(mapped, scale, width) <= MOST_ROWS
  );
  if (scale !== undefined) {
    return {
      heap: fineStrip(heap, scale, lastBlock),
      mappings: fineStrip(mapped, scale, lastBlock),
      isFine: true,
    };
  }
  const { segments, mappings } = regionsOf(snapshot);
  const bytes = bytesOf(segments) + bytesOf(mappings);
  const pixelsPerByte = MOST_ROWS * width / bytes;
  return {
    heap: coarseStrip({
      snapshot,
      blocks,
      regions: segments,
      pixelsPerByte,
      rowWidth: width,
      lastBlock,
    }),
    mappings: coarseMappings(mapped, pixelsPerByte, lastBlock),
    isFine: false,
  };
}

function rowsOf(
  blocks: readonly RunBlock[],
  scale: number,
  width: number,
): number {
  return Math.ceil(fineLength(blocks, scale) / width);
}

function legendOf(
  { snapshot, lastBlock }: HeapMoment,
  isFine: boolean,
): LegendEntry[] {
  const { segments, mappings } = regionsOf(snapshot);
  const entry = (name: string, text: string) => ({ sign: swatch(name), text });
  const entries = [entry("used", "allocated"), entry("free", "free")];
  if (isFine) entries.push(entry("header", "header"));
  if (isFine) entries.push(entry("free-header", "header of a free block"));
  if (!isFine) entries.push({ sign: shadeSwatch(), text: SMALL_BLOCKS });
  if (mappings.length > 0) entries.push(entry("mapping", "mapping"));
  if (segments.length > 1) entries.push(entry("gap", "memory of others"));
  if (lastBlock !== 0) entries.push(entry("last", "the last call's block"));
  return snapshot.length === 0 ? [] : entries;
}

function requireWidth(width: number): void {
  if (Number.isFinite(width) && width >= WIDTH.least) return;
  throw new RangeError(
    `Cannot draw a moment with width ${width}: expected at least ${WIDTH.least} pixels`,
  );
}
