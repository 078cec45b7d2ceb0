import { HEADER_BYTES } from "@osmem/osmem/internal/plain";
import { firstUnended, type Lives } from "../../timeline/lives.ts";
import type { TimelineWindow } from "../../timeline/timeline_window.ts";
import type { Colours } from "../canvas/colours.ts";
import type { Surface } from "../canvas/surface.ts";
import type { RunView } from "../state/run_view.ts";
import type { TimelineProjection } from "./timeline_layout.ts";

/** More blocks than this are too small for outlines. */
const MOST_OUTLINES = 3000;
const SMALLEST_SIDE = 4;
const TEXT_WIDTH = 56;
const TEXT_HEIGHT = 13;

/** Draws headers, outlines and names of blocks that are large enough. */
export function drawOutlines(
  surface: Surface,
  view: RunView,
  lives: Lives,
  window: TimelineWindow,
  projection: TimelineProjection,
  colours: Colours,
): void {
  const visible = largeLives(lives, window, projection);
  if (visible.length > MOST_OUTLINES) return;
  for (const life of visible) {
    outline(surface, lives, life, projection, colours);
    name(surface, view, lives, life, window, projection);
  }
}

/** Those that can be seen and are a few pixels large; or too many of them. */
function largeLives(
  lives: Lives,
  window: TimelineWindow,
  { momentWidth, byteHeight }: TimelineProjection,
): number[] {
  const { length, from, to, low, high } = lives;
  const found: number[] = [];
  const leastCalls = SMALLEST_SIDE / momentWidth;
  const leastBytes = SMALLEST_SIDE / byteHeight;
  const first = firstUnended(lives, window.from);
  for (let life = first; life < length; life++) {
    if (from[life]! >= window.to) continue;
    if (high[life]! <= window.low || low[life]! >= window.high) continue;
    if (to[life]! - from[life]! < leastCalls) continue;
    if (high[life]! - low[life]! < leastBytes) continue;
    if (found.push(life) > MOST_OUTLINES) return found;
  }
  return found;
}

function outline(
  { context }: Surface,
  lives: Lives,
  life: number,
  projection: TimelineProjection,
  colours: Colours,
): void {
  const left = projection.x(lives.from[life]!);
  const right = projection.x(lives.to[life]!);
  const top = projection.y(lives.high[life]!);
  const bottom = projection.y(lives.low[life]!);
  const header = HEADER_BYTES * projection.byteHeight;
  if (header >= 1.5 && lives.high[life]! - lives.low[life]! > HEADER_BYTES) {
    context.fillStyle = colours.header;
    context.fillRect(left, bottom - header, right - left, header);
  }
  context.fillStyle = colours.panel;
  context.fillRect(left, top, right - left, 1);
  context.fillRect(right - 1, top, 1, bottom - top);
}

function name(
  { context }: Surface,
  { run }: RunView,
  lives: Lives,
  life: number,
  window: TimelineWindow,
  projection: TimelineProjection,
): void {
  const left = projection.x(Math.max(lives.from[life]!, window.from));
  const right = projection.x(Math.min(lives.to[life]!, window.to));
  const top = projection.y(Math.min(lives.high[life]!, window.high));
  const payload = lives.low[life]! + HEADER_BYTES;
  const bottom = projection.y(Math.max(payload, window.low));
  if (right - left < TEXT_WIDTH || bottom - top < TEXT_HEIGHT) return;
  const block = lives.blocks[life]!;
  const label = run.history.labelOf(block, lives.to[life]!);
  context.save();
  context.beginPath();
  context.rect(left, top, right - left - 2, bottom - top);
  context.clip();
  context.textAlign = "left";
  context.fillStyle = "#ffffff";
  context.fillText(label ?? `block ${block}`, left + 5, (top + bottom) / 2);
  context.restore();
}
