import { lastAtMost } from "../../timeline/address_scale.ts";
import { breakAt } from "../../timeline/break_rows.ts";
import type { TimelineWindow } from "../../timeline/timeline_window.ts";
import type { Colours } from "../canvas/colours.ts";
import type { Area, Surface } from "../canvas/surface.ts";
import type { RunView } from "../state/run_view.ts";
import type { TimelineLayout, TimelineProjection } from "./timeline_layout.ts";

/** Flags closer than this are drawn as one. */
const CLOSEST = 5;
const SIDE = 4;
/** How near to a flag one has to point. */
const NEAR = 6;

/** What a flag stands for. */
export interface Flag {
  readonly kind: "growth" | "mark";
  /** Its place among the growths or the marks. */
  readonly index: number;
}

/** Draws marks as flags, and each raise of the break as a triangle on its line. */
export function drawFlags(
  surface: Surface,
  view: RunView,
  layout: TimelineLayout,
  window: TimelineWindow,
  projection: TimelineProjection,
  colours: Colours,
): void {
  drawGrowths(surface, view, layout, window, projection, colours);
  drawMarks(surface, view, layout, window, projection, colours);
}

/** The flag at a point of the strip above the timeline, or at the break's line. */
export function flagAt(
  view: RunView,
  x: number,
  y: number,
  layout: TimelineLayout,
  projection: TimelineProjection,
): Flag | undefined {
  const { marks } = view.run.data;
  const isAbove = y < layout.flags.top + layout.flags.height;
  const mark = nearest(
    isAbove ? marks.length : 0,
    x,
    (at) => projection.x(marks[at]!.after),
  );
  if (mark >= 0) return { kind: "mark", index: mark };
  const growth = growthAt(view, x, isAbove ? undefined : y, projection);
  return growth < 0 ? undefined : { kind: "growth", index: growth };
}

/** The place of the growth there; `y` is left out where it does not matter. */
function growthAt(
  { run }: RunView,
  x: number,
  y: number | undefined,
  projection: TimelineProjection,
): number {
  const { growths } = run.data;
  const momentOf = (index: number) => growths[index]!.call + 1;
  const index = nearest(growths.length, x, (at) => projection.x(momentOf(at)));
  if (index < 0 || y === undefined) return index;
  const line = breakAt(run.scene.footprint.breakSteps, momentOf(index));
  return Math.abs(y - projection.y(line)) <= NEAR ? index : -1;
}

function nearest(
  length: number,
  x: number,
  xOf: (index: number) => number,
): number {
  const last = lastAtMost(length, x, xOf);
  const near = [last, last + 1].filter((index) =>
    index >= 0 && index < length && Math.abs(xOf(index) - x) <= NEAR
  );
  return near.toSorted((a, b) => Math.abs(xOf(a) - x) - Math.abs(xOf(b) - x))
    .at(0) ?? -1;
}

function drawGrowths(
  { context }: Surface,
  { run }: RunView,
  { flags, heap }: TimelineLayout,
  window: TimelineWindow,
  projection: TimelineProjection,
  colours: Colours,
): void {
  const { growths } = run.data;
  const steps = run.scene.footprint.breakSteps;
  let last = -Infinity;
  const first = lastAtMost(
    growths.length,
    window.from - 1,
    (at) => growths[at]!.call,
  );
  for (let at = Math.max(first, 0); at < growths.length; at++) {
    const { call, reason } = growths[at]!;
    const x = projection.x(call + 1);
    if (call + 1 >= window.to) break;
    if (call + 1 < window.from || x - last < CLOSEST) continue;
    last = x;
    context.fillStyle = colours.reasons[reason];
    context.fillRect(x - 1, flags.top + flags.height - 5, 3, 5);
    const y = projection.y(breakAt(steps, call + 1));
    if (y >= heap.top - 1) drawTriangle(context, x, y);
  }
}

function drawTriangle(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
): void {
  context.beginPath();
  context.moveTo(x, y - SIDE);
  context.lineTo(x + SIDE, y + SIDE - 1);
  context.lineTo(x - SIDE, y + SIDE - 1);
  context.fill();
}

function drawMarks(
  surface: Surface,
  { run }: RunView,
  { flags, heap }: TimelineLayout,
  window: TimelineWindow,
  projection: TimelineProjection,
  colours: Colours,
): void {
  const height = heap.top + heap.height - flags.top - 1;
  let last = -Infinity;
  for (const { after } of run.data.marks) {
    const left = Math.round(projection.x(after));
    if (after < window.from || after > window.to) continue;
    if (left - last < CLOSEST) continue;
    last = left;
    const pole = { left, top: flags.top + 1, width: 1, height };
    drawFlag(surface, pole, colours.mark);
  }
}

function drawFlag(
  { context }: Surface,
  { left, top, width, height }: Area,
  colour: string,
): void {
  context.fillStyle = colour;
  context.globalAlpha = 0.55;
  context.fillRect(left, top, width, height);
  context.globalAlpha = 1;
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(left + 9, top + 4);
  context.lineTo(left, top + 8);
  context.fill();
}
