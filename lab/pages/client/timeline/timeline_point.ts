import type { RunBlock } from "../../../runs/heap_moment.ts";
import { formatCount } from "../../../words.ts";
import { growthWords } from "../../run_words.ts";
import { isIn } from "../canvas/surface.ts";
import { blockIndexAt } from "../state/block_lookup.ts";
import type { RunView } from "../state/run_view.ts";
import { hideTooltip, showBlock, showText } from "../tooltip.ts";
import { type Flag, flagAt } from "./draw_flags.ts";
import type { TimelineView } from "./timeline_view.ts";

/** What lies at a point of a timeline. */
export interface TimelinePoint {
  /** Calls made before the moment. */
  readonly calls: number;
  /** The address; `undefined` where the heap never had memory. */
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
  const { footprint } = view.run.scene;
  const { top, height } = layout.mappings;
  const address = isInHeap
    ? footprint.heap.addressAt(projection.offset(y))
    : footprint.mappings.addressAt(
      (1 - (y - top) / height) * footprint.mappings.length,
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
  const { view, layout, projection } = timeline;
  const { clientX, clientY } = event;
  const [x, y] = placeIn(timeline.stage, event);
  const flag = flagAt(view, x, y, layout, projection);
  if (flag) return showText(flagWords(view, flag), clientX, clientY);
  const block = pointAt(timeline, x, y)?.block;
  if (block) showBlock(view.run, block, clientX, clientY);
  else hideTooltip();
}

function flagWords({ run }: RunView, { kind, index }: Flag): string {
  if (kind === "mark") {
    const { after, text } = run.data.marks[index]!;
    return `Mark after call ${formatCount(after)}: ${text}`;
  }
  const growth = run.data.growths[index]!;
  const { call, length, reason } = growth;
  return `Call ${formatCount(call + 1)} raised the break by ${
    formatCount(length)
  } bytes (${reason}). ${growthWords(growth)}`;
}

/** Where a block of the moment that is looked at is drawn, in pixels of the stage. */
export function placeInTimeline(
  { view, layout, projection }: TimelineView,
  { address, status }: RunBlock,
): readonly [x: number, y: number] {
  const x = projection.x(view.moment.calls);
  if (status === "mapped") return [x, layout.mappings.top];
  return [x, projection.y(view.run.scene.footprint.heap.offsetOf(address))];
}

/** A pointer's place in an element, in pixels. */
export function placeIn(
  stage: HTMLElement,
  { clientX, clientY }: MouseEvent,
): [x: number, y: number] {
  const { left, top } = stage.getBoundingClientRect();
  return [clientX - left, clientY - top];
}
