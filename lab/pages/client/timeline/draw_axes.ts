import { formatBytes, formatCount } from "../../../words.ts";
import type { TimelineScene } from "../../timeline/timeline_scene.ts";
import type { TimelineWindow } from "../../timeline/timeline_window.ts";
import type { Colours } from "../canvas/colours.ts";
import type { Surface } from "../canvas/surface.ts";
import type { TimelineLayout, TimelineProjection } from "./timeline_layout.ts";

const PIXELS_PER_MOMENT_TICK = 110;
const PIXELS_PER_BYTE_TICK = 34;

/** Draws the axes with their numbers, and lines where memory of others lies. */
export function drawAxes(
  surface: Surface,
  scene: TimelineScene,
  layout: TimelineLayout,
  window: TimelineWindow,
  projection: TimelineProjection,
  colours: Colours,
): void {
  drawMoments(surface, layout, window, projection, colours);
  drawBytes(surface, layout, window, projection, colours);
  drawGaps(surface, scene, layout, projection, colours);
  if (layout.mappings.height > 0) drawMappingsName(surface, layout, colours);
}

function drawMoments(
  { context }: Surface,
  { moments }: TimelineLayout,
  window: TimelineWindow,
  projection: TimelineProjection,
  colours: Colours,
): void {
  const most = moments.width / PIXELS_PER_MOMENT_TICK;
  context.fillStyle = colours.muted;
  for (const moment of decimalTicks(window.from, window.to, most)) {
    const text = formatCount(moment);
    const half = context.measureText(text).width / 2;
    const x = projection.x(moment);
    const right = moments.left + moments.width - half;
    context.textAlign = "center";
    context.fillText(
      text,
      Math.min(Math.max(x, moments.left + half), right),
      moments.top + 11,
    );
    context.fillRect(x, moments.top, 1, 3);
  }
}

function drawBytes(
  { context }: Surface,
  { bytes }: TimelineLayout,
  window: TimelineWindow,
  projection: TimelineProjection,
  colours: Colours,
): void {
  const most = bytes.height / PIXELS_PER_BYTE_TICK;
  const right = bytes.left + bytes.width;
  context.textAlign = "right";
  context.fillStyle = colours.muted;
  for (const offset of binaryTicks(window.low, window.high, most)) {
    const y = projection.y(offset);
    context.fillText(
      formatBytes(offset),
      right - 6,
      Math.max(y, bytes.top + 5),
    );
    context.fillRect(right - 3, y, 3, 1);
  }
}

function drawGaps(
  { context }: Surface,
  { footprint }: TimelineScene,
  { heap }: TimelineLayout,
  projection: TimelineProjection,
  colours: Colours,
): void {
  context.strokeStyle = colours.gap;
  context.setLineDash([5, 3]);
  context.lineWidth = 2;
  for (const offset of footprint.heap.offsets.slice(1)) {
    const y = projection.y(offset);
    if (y < heap.top || y > heap.top + heap.height) continue;
    context.beginPath();
    context.moveTo(heap.left, y);
    context.lineTo(heap.left + heap.width, y);
    context.stroke();
  }
  context.setLineDash([]);
}

function drawMappingsName(
  { context }: Surface,
  { mappings }: TimelineLayout,
  colours: Colours,
): void {
  context.textAlign = "right";
  context.fillStyle = colours.muted;
  context.fillText(
    "mappings",
    mappings.left - 6,
    mappings.top + mappings.height / 2,
  );
}

/** Round numbers between two others, at most this many, at steps of 1, 2 or 5. */
export function decimalTicks(from: number, to: number, most: number): number[] {
  const least = (to - from) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  const step = [1, 2, 5, 10].map((digit) => digit * power)
    .find((step) => step >= least) ?? power;
  return multiples(from, to, Math.max(step, 1));
}

/** Multiples of a power of two between two numbers, at most this many. */
export function binaryTicks(from: number, to: number, most: number): number[] {
  const least = Math.max((to - from) / Math.max(most, 1), 8);
  return multiples(from, to, 2 ** Math.ceil(Math.log2(least)));
}

function multiples(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  const count = Math.max(Math.floor(to / step) - first + 1, 0);
  return Array.from({ length: count }, (_, at) => (first + at) * step);
}
