import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { Colours } from "../canvas/colours.ts";
import { type Area, clipped, type Surface } from "../canvas/surface.ts";
import { blockIndexAt } from "../state/block_lookup.ts";
import type { RunView } from "../state/run_view.ts";
import type { TimelineLayout, TimelineProjection } from "./timeline_layout.ts";

/** Draws the moment that is looked at, the selected block, and what is dragged. */
export function drawOverlay(
  surface: Surface,
  view: RunView,
  layout: TimelineLayout,
  projection: TimelineProjection,
  dragged: Area | undefined,
  colours: Colours,
): void {
  const { heap, mappings } = layout;
  const top = mappings.top;
  const inner = { ...heap, top, height: heap.top + heap.height - top };
  clipped(surface, inner, () => {
    drawSelected(surface, view, projection, colours);
    drawMoment(surface, view, inner, projection, colours);
    if (dragged) drawDragged(surface, dragged, colours);
  });
}

function drawMoment(
  { context }: Surface,
  { moment }: RunView,
  { top, height }: Area,
  projection: TimelineProjection,
  colours: Colours,
): void {
  const x = projection.x(moment.calls);
  const width = projection.momentWidth;
  context.fillStyle = colours.current;
  if (width > 3) {
    context.globalAlpha = 0.18;
    context.fillRect(x, top, width, height);
    context.globalAlpha = 1;
  }
  context.fillRect(Math.round(x + Math.min(width, 2) / 2) - 1, top, 2, height);
}

function drawSelected(
  { context }: Surface,
  view: RunView,
  projection: TimelineProjection,
  colours: Colours,
): void {
  const address = view.selected.value;
  if (address === undefined) return;
  const { moment, run } = view;
  const index = blockIndexAt(moment, address);
  const { snapshot } = moment;
  if (index < 0 || snapshot.statuses[index] === STATUS.mapped) return;
  const low = run.scene.footprint.heap.offsetOf(snapshot.addresses[index]!);
  const bytes = HEADER_BYTES + snapshot.sizes[index]!;
  const y = projection.y(low + bytes);
  const height = Math.max(bytes * projection.byteHeight, 2);
  const x = projection.x(moment.calls);
  context.strokeStyle = colours.selection;
  context.lineWidth = 2;
  context.strokeRect(
    x - 5,
    y - 1,
    Math.max(projection.momentWidth, 1) + 10,
    height + 2,
  );
}

function drawDragged(
  { context }: Surface,
  { left, top, width, height }: Area,
  colours: Colours,
): void {
  context.fillStyle = colours.selection;
  context.globalAlpha = 0.15;
  context.fillRect(left, top, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = colours.selection;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, top + 0.5, width, height);
}
