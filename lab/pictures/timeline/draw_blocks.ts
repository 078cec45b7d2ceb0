import type { Address } from "@osmem/osmem";
import { HEADER_BYTES } from "@osmem/osmem/internal/plain";
import type { Element } from "xast";
import {
  type BlockLife,
  lifeOf,
  type Lives,
} from "../../runs/timeline/lives.ts";
import { formatBytes } from "../../words.ts";
import {
  fitText,
  pixels,
  rectangle,
  textAt,
  textWidth,
} from "../svg/document.ts";
import { Occupancy, type RasterArea } from "../svg/occupancy.ts";
import { drawRaster } from "../svg/raster.ts";
import { type Box, placeLives, type Placement } from "./boxes.ts";
import { describeLife, nameOf } from "./describe_life.ts";
import { assignRows } from "./mapping_rows.ts";
import type { Plot } from "./plot.ts";

/** Lives as elements, and whether some of them were too small to be seen alone. */
export interface DrawnLives {
  /** What to draw. */
  readonly elements: readonly Element[];
  /** Whether some were merged into shades. */
  readonly isShaded: boolean;
  /** Whether headers can be told from payloads. */
  readonly hasHeaders: boolean;
}

const SMALLEST_HEADER = 1.5; // pixels
const TEXT_HEIGHT = 11; // pixels
const FONT_SIZE = 10; // pixels
const FEWEST_PIXELS = 24; // of text

/** Draws the allocated heap blocks. */
export function drawBlocks(plot: Plot): DrawnLives {
  const { blocks } = plot.timeline;
  return drawLives(blocks, heapPlacement(plot, blocks), {
    name: "used",
    headerName: "header",
    headerHeight: headerHeightOf(plot),
    start: plot.timeline.start,
    area: areaOf(plot, plot.frame.heapTop, plot.frame.heapBottom),
    mergesSmall: true,
  });
}

/** Draws the free heap blocks that are large enough to be seen alone. */
export function drawFreeBlocks(plot: Plot): DrawnLives {
  const { freeBlocks } = plot.timeline;
  return drawLives(freeBlocks, heapPlacement(plot, freeBlocks), {
    name: "free",
    headerName: "free-header",
    headerHeight: headerHeightOf(plot),
    start: plot.timeline.start,
    area: areaOf(plot, plot.frame.heapTop, plot.frame.heapBottom),
    mergesSmall: false,
  });
}

/** Draws the mappings in a band of their own, where each has a row for its life. */
export function drawMappings(plot: Plot): DrawnLives {
  const { timeline: { mappings }, frame, window, x } = plot;
  const { rows, count } = assignRows(mappings, window);
  const { mappingsTop: top, mappingsBottom: bottom } = frame;
  const height = (bottom - top) / Math.max(1, count);
  const y = (life: number) => {
    const lower = bottom - rows[life]! * height;
    return [lower - height, lower] as const;
  };
  return drawLives(mappings, { window, x, y }, {
    name: "mapping",
    headerName: "mapping-header",
    headerHeight: 0,
    start: 0,
    area: areaOf(plot, top, bottom),
    mergesSmall: true,
  });
}

function heapPlacement({ window, x, y }: Plot, lives: Lives): Placement {
  return {
    window,
    x,
    y: (life) => {
      const address = lives.addresses[life]!;
      const end = address + HEADER_BYTES + lives.sizes[life]!;
      return [y.at(end), y.at(address)];
    },
  };
}

/** Pixels that a header is high; 0 if that is too little to be seen. */
function headerHeightOf({ y }: Plot): number {
  const height = HEADER_BYTES * y.pixelsPerByte;
  return height < SMALLEST_HEADER ? 0 : height;
}

/** How the lives of a band look. */
interface LivesLook {
  /** Their class. */
  readonly name: string;
  /** The class of their headers. */
  readonly headerName: string;
  /** Pixels that a header is high; 0 if it is not drawn. */
  readonly headerHeight: number;
  /** Where addresses are counted from; 0 where they do not lie in the heap. */
  readonly start: Address;
  /** The band. */
  readonly area: RasterArea;
  /** Whether the small ones are merged into shades, and not left out. */
  readonly mergesSmall: boolean;
}

function drawLives(
  lives: Lives,
  placement: Placement,
  look: LivesLook,
): DrawnLives {
  const raster = new Occupancy(look.area);
  const whole = placeLives(lives, placement, ({ left, top, right, bottom }) => {
    if (look.mergesSmall) raster.add(left, top, right, bottom);
  });
  return {
    elements: [
      ...drawRaster(look.name, raster, look.area),
      ...whole.flatMap((box) => {
        const life = lifeOf(lives, box.life);
        return drawWhole(box, life, describeLife(life, look.start), look);
      }),
    ],
    isShaded: !raster.isEmpty,
    hasHeaders: look.headerHeight > 0 && whole.length > 0,
  };
}

function drawWhole(
  box: Box,
  life: BlockLife,
  tooltip: string,
  { name, headerName, headerHeight }: LivesLook,
): Element[] {
  const { left, right, top, bottom } = box;
  const width = right - left;
  const payloadBottom = Math.max(top, bottom - headerHeight);
  const elements = [
    rectangle(`${name} box`, left, top, width, bottom - top, tooltip),
  ];
  if (headerHeight > 0) {
    const height = bottom - payloadBottom;
    elements.push(rectangle(headerName, left, payloadBottom, width, height));
  }
  const text = name === "free"
    ? ""
    : textInside(life, width - 6, payloadBottom - top);
  if (text !== "") {
    const baseline = (top + payloadBottom) / 2 + FONT_SIZE * 0.36;
    elements.push(textAt("inside", pixels(left + 3), baseline, text));
  }
  return elements;
}

/** The block's name, and its size if there is room for that, too. */
function textInside(life: BlockLife, width: number, height: number): string {
  if (height < TEXT_HEIGHT || width < FEWEST_PIXELS) return "";
  const name = nameOf(life);
  const full = `${name} · ${formatBytes(life.size)}`;
  return textWidth(full, FONT_SIZE) <= width
    ? full
    : fitText(name, width, FONT_SIZE);
}

function areaOf({ frame }: Plot, top: number, bottom: number): RasterArea {
  const { left, right } = frame;
  return { left, top, width: right - left, height: bottom - top };
}
