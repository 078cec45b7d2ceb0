import { HEADER_BYTES } from "@osmem/osmem/internal/plain";
import { formatBytes } from "../../../words.ts";
import type { RunBlock } from "../../../runs/heap_moment.ts";
import type { Colours } from "../canvas/colours.ts";
import type { Surface } from "../canvas/surface.ts";
import { heapBlockCount } from "../state/block_lookup.ts";
import type { RunView } from "../state/run_view.ts";
import { type MapLayout, positionOf, type TapePlace } from "./map_layout.ts";
import { paintTape } from "./paint_tape.ts";
import { type Piece, pieces } from "./pieces.ts";
import { tapeOf } from "./tape.ts";

/** More blocks than this are too small for lines between them. */
const MOST_OUTLINES = 3000;
const NARROWEST = 4;
const TEXT_WIDTH = 40;

/** Draws a heap map: the tapes, lines between blocks, names and numbers. */
export function drawMap(
  surface: Surface,
  view: RunView,
  layout: MapLayout,
  colours: Colours,
): void {
  const { moment } = view;
  const heapCount = heapBlockCount(moment);
  const { heap, mappings } = layout;
  const heapTape = tapeOf(moment, 0, heapCount, heap);
  paintTape(surface, heapTape, heap, colours.allocated, colours);
  drawDetails(surface, view, 0, heapCount, heap, colours);
  drawOffsets(surface, heap, colours);
  drawGaps(surface, heap, colours);
  if (!mappings) return;
  const end = moment.snapshot.length;
  const mappedTape = tapeOf(moment, heapCount, end, mappings);
  paintTape(surface, mappedTape, mappings, colours.mapping, colours);
  drawDetails(surface, view, heapCount, end, mappings, colours);
  drawLabel(surface, "mappings", mappings, 0, colours);
}

/** Draws a frame around a block, in as many rows as it reaches over. */
export function drawFrame(
  surface: Surface,
  block: Pick<RunBlock, "address" | "size">,
  tape: TapePlace,
  colour: string,
): void {
  const { context } = surface;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  const low = tape.scale.offsetOf(block.address);
  const bytes = HEADER_BYTES + block.size;
  for (const { row, left, right } of pieces(tape, low, bytes, surface.ratio)) {
    const top = tape.area.top + row * tape.pitch;
    context.strokeRect(
      left,
      top,
      Math.max(right - left, 3),
      tape.height,
    );
  }
}

function drawDetails(
  surface: Surface,
  view: RunView,
  first: number,
  end: number,
  tape: TapePlace,
  colours: Colours,
): void {
  const { snapshot } = view.moment;
  const { low, pixels, bytesPerPixel, scale } = tape;
  const smallest = NARROWEST * bytesPerPixel * surface.ratio - HEADER_BYTES;
  const large: number[] = [];
  for (let index = first; index < end; index++) {
    if (snapshot.sizes[index]! < smallest) continue;
    const offset = scale.offsetOf(snapshot.addresses[index]!);
    if (offset >= low + pixels * bytesPerPixel) break;
    if (offset + HEADER_BYTES + snapshot.sizes[index]! <= low) continue;
    if (large.push(index) > MOST_OUTLINES) return;
  }
  for (const index of large) drawDetail(surface, view, index, tape, colours);
}

function drawDetail(
  surface: Surface,
  view: RunView,
  index: number,
  tape: TapePlace,
  colours: Colours,
): void {
  const { context, ratio } = surface;
  const { snapshot } = view.moment;
  const low = tape.scale.offsetOf(snapshot.addresses[index]!);
  const { row, x } = positionOf(tape, low, ratio);
  const top = tape.area.top + row * tape.pitch;
  context.fillStyle = colours.panel;
  if (row >= 0) context.fillRect(x, top, 1, tape.height);
  const bytes = snapshot.sizes[index]!;
  const payload = low + HEADER_BYTES;
  const widest = widestOf(pieces(tape, payload, bytes, ratio));
  if (widest) {
    drawName(surface, view.moment.block(index), widest, tape, colours);
  }
}

/** The widest piece, if a name has room in it. */
function widestOf(found: readonly Piece[]): Piece | undefined {
  const widthOf = ({ left, right }: Piece) => right - left;
  const [widest] = found.toSorted((a, b) => widthOf(b) - widthOf(a));
  return widest && widthOf(widest) > TEXT_WIDTH ? widest : undefined;
}

function drawName(
  { context }: Surface,
  block: RunBlock,
  { row, left, right }: Piece,
  tape: TapePlace,
  colours: Colours,
): void {
  const top = tape.area.top + row * tape.pitch;
  const isFree = block.status === "free";
  context.save();
  context.beginPath();
  context.rect(left, top, right - left - 3, tape.height);
  context.clip();
  context.textAlign = "left";
  context.fillStyle = isFree ? colours.muted : "#ffffff";
  const text = isFree
    ? `free ${formatBytes(block.size)}`
    : block.label ?? `block ${block.block ?? ""}`;
  context.fillText(text, left + 5, top + tape.height / 2 + 0.5);
  context.restore();
}

function drawOffsets(
  surface: Surface,
  tape: TapePlace,
  colours: Colours,
): void {
  for (let row = 0; row < tape.rows; row++) {
    const offset = tape.low + row * tape.columns * tape.bytesPerPixel;
    drawLabel(surface, formatBytes(Math.round(offset)), tape, row, colours);
  }
}

function drawLabel(
  { context }: Surface,
  text: string,
  { area, pitch, height }: TapePlace,
  row: number,
  colours: Colours,
): void {
  context.textAlign = "right";
  context.fillStyle = colours.muted;
  context.fillText(text, area.left - 6, area.top + row * pitch + height / 2);
}

/** Where memory of others lies between two ranges, which is not to scale. */
function drawGaps(
  { context, ratio }: Surface,
  tape: TapePlace,
  colours: Colours,
): void {
  context.fillStyle = colours.gap;
  for (const offset of tape.scale.offsets.slice(1)) {
    const { row, x } = positionOf(tape, offset, ratio);
    if (row < 0 || row >= tape.rows) continue;
    const top = tape.area.top + row * tape.pitch;
    context.fillRect(x - 2, top - 1, 4, tape.height + 2);
  }
}
