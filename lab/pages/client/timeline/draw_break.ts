import { lastAtMost } from "../../timeline/address_scale.ts";
import type { BreakStep } from "../../timeline/footprint.ts";
import type { TimelineWindow } from "../../timeline/timeline_window.ts";
import type { Colours } from "../canvas/colours.ts";
import type { Area, Surface } from "../canvas/surface.ts";
import type { TimelineProjection } from "./timeline_layout.ts";

/** The corners of the break's line, as far as they can be told apart. */
function corners(
  steps: readonly BreakStep[],
  window: TimelineWindow,
  projection: TimelineProjection,
): [x: number, y: number][] {
  const first = Math.max(
    lastAtMost(steps.length, window.from, (at) => steps[at]!.moment),
    0,
  );
  const line: [number, number][] = [];
  for (let at = first; at < steps.length; at++) {
    const { moment, offset } = steps[at]!;
    if (moment >= window.to) break;
    const x = projection.x(Math.max(moment, window.from));
    const last = line.at(-1);
    if (last && x - last[0] < 0.5) last[1] = projection.y(offset);
    else line.push([x, projection.y(offset)]);
  }
  return line;
}

/** Fills what the heap holds below the break. */
export function fillFootprint(
  { context }: Surface,
  steps: readonly BreakStep[],
  window: TimelineWindow,
  projection: TimelineProjection,
  area: Area,
  colours: Colours,
): void {
  const right = area.left + area.width;
  const bottom = projection.y(0);
  const line = corners(steps, window, projection);
  context.fillStyle = colours.free;
  line.forEach(([x, y], at) => {
    const end = line[at + 1]?.[0] ?? right;
    if (bottom > y) context.fillRect(x, y, end - x, bottom - y);
  });
}

/** Draws the break as a line. */
export function drawBreak(
  { context }: Surface,
  steps: readonly BreakStep[],
  window: TimelineWindow,
  projection: TimelineProjection,
  area: Area,
  colours: Colours,
): void {
  context.strokeStyle = colours.ink;
  context.lineWidth = 1.5;
  context.beginPath();
  const line = corners(steps, window, projection);
  let before: number | undefined;
  for (const [x, y] of line) {
    if (before === undefined) context.moveTo(x, y);
    else {
      context.lineTo(x, before);
      context.lineTo(x, y);
    }
    before = y;
  }
  if (before !== undefined) context.lineTo(area.left + area.width, before);
  context.stroke();
}
