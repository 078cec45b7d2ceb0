import type { RunBlock } from "../../../runs/heap_moment.ts";
import { formatCount } from "../../../pictures/units.ts";
import { growthWords } from "../../words/growth_words.ts";
import { isIn } from "../canvas/surface.ts";
import { blockIndexAt } from "../state/block_lookup.ts";
import { hideTooltip, showBlock, showText } from "../tooltip.ts";
import { flagAt } from "./draw_flags.ts";
import type { TimelineView } from "./timeline_view.ts";

/** What lies at a point of a timeline. */
export interface TimelinePoint {
  /** Calls made before the moment. */
  readonly calls: number;
  /** The address; `undefined` where nothing was ever held. */
  readonly address: number | undefined;
  /** The block that lies there at that moment, allocated or free. */
  readonly block: RunBlock | undefined;
}

/** What lies at a point of the stage, in pixels; `undefined` beside the picture. */
export function pointAt(
  timeline: TimelineView,
  x: number,
  y: number,
): TimelinePoint | undefined {
  const { layout, projection, view } = timeline;
  const isInHeap = isIn(layout.heap, x, y);
  if (!isInHeap && !isIn(layout.mappings, x, y)) return undefined;
  const calls = Math.floor(projection.moment(x));
  if (calls < 0 || calls > view.run.data.length) return undefined;
  const { held } = view.run.scene;
  const { top, height } = layout.mappings;
  const address = isInHeap
    ? held.heap.addressAt(projection.offset(y))
    : held.mappings.addressAt(
      (1 - (y - top) / height) * held.mappings.length,
    );
  if (address === undefined) return { calls, address, block: undefined };
  const moment = view.run.glanceAt(calls);
  const index = blockIndexAt(moment, address);
  return {
    calls,
    address,
    block: index < 0 ? undefined : moment.block(index),
  };
}

/** Says beside the pointer what it points at. */
export function describePoint(
  timeline: TimelineView,
  event: PointerEvent,
): void {
  const { run } = timeline.view;
  const [x, y] = placeIn(timeline.stage, event);
  const flag = flagAt(
    timeline.view,
    x,
    y,
    timeline.layout,
    timeline.projection,
  );
  if (flag?.kind === "mark") {
    const { after, text } = run.data.marks[flag.index]!;
    return showText(
      `Mark after call ${formatCount(after)}: ${text}`,
      event.clientX,
      event.clientY,
    );
  }
  if (flag) {
    const growth = run.data.growths[flag.index]!;
    const text = `Call ${formatCount(growth.call + 1)} raised the break by ${
      formatCount(growth.length)
    } bytes (${growth.reason}). ${growthWords(growth)}`;
    return showText(text, event.clientX, event.clientY);
  }
  const block = pointAt(timeline, x, y)?.block;
  if (block) showBlock(run, block, event.clientX, event.clientY);
  else hideTooltip();
}

/** Where a block of the moment that is looked at is drawn, in pixels of the stage. */
export function placeInTimeline(
  { view, layout, projection }: TimelineView,
  { address, status }: RunBlock,
): readonly [x: number, y: number] {
  const x = projection.x(view.moment.calls);
  if (status === "mapped") return [x, layout.mappings.top];
  return [x, projection.y(view.run.scene.held.heap.offsetOf(address))];
}

/** A pointer's place in an element, in pixels. */
export function placeIn(
  stage: HTMLElement,
  { clientX, clientY }: MouseEvent,
): [x: number, y: number] {
  const { left, top } = stage.getBoundingClientRect();
  return [clientX - left, clientY - top];
}
