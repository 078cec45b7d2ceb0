/// <reference lib="dom" />
import {
  moveWindow,
  type TimelineWindow,
} from "../../timeline/timeline_window.ts";
import type { Area } from "../canvas/surface.ts";
import { oncePerFrame } from "../state/frame.ts";
import type { RunView } from "../state/run_view.ts";
import { hideTooltip } from "../tooltip.ts";
import { type Flag, flagAt } from "./draw_flags.ts";
import { type Finger, pinched, turned } from "./gesture_windows.ts";
import { describePoint, placeIn, pointAt } from "./timeline_point.ts";
import type { TimelineView } from "./timeline_view.ts";

/** A pointer that moves less than this is a click. */
const LEAST_DRAG = 4;

interface Drag {
  readonly kind: "rectangle" | "move" | "scrub";
  readonly x: number;
  readonly y: number;
  readonly window: TimelineWindow;
  isMoved: boolean;
}

/**
 * What a pointer does to a timeline:
 *
 * ```text
 *   mouse    drag: zoom to a rectangle     with Shift or the middle button: move
 *   finger   drag: move, or step if everything is shown     two: pinch
 *   all      click or tap: go there, select the block       wheel: zoom
 * ```
 */
export class TimelinePointer {
  readonly #timeline: TimelineView;
  readonly #fingers = new Map<number, Finger>();
  readonly #describe: () => void;
  #drag: Drag | undefined;
  #hover: PointerEvent | undefined;

  /** @param timeline The timeline. */
  constructor(timeline: TimelineView) {
    this.#timeline = timeline;
    this.#describe = oncePerFrame(() => {
      if (this.#hover) describePoint(timeline, this.#hover);
    });
    const { stage } = timeline;
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerup", (event) => this.#up(event));
    stage.addEventListener("pointercancel", (event) => this.#cancel(event));
    stage.addEventListener("pointerleave", (event) => this.#leave(event));
    stage.addEventListener("wheel", (event) => this.#wheel(event), {
      passive: false,
    });
    this.#timeline.view.state.window.follow(() => this.#allowScrolling());
    this.#allowScrolling();
  }

  get #state() {
    return this.#timeline.view.state;
  }

  /** A finger scrolls the page unless there is something to move in the timeline. */
  #allowScrolling(): void {
    const { stage } = this.#timeline;
    stage.style.touchAction = this.#showsWhole() ? "pan-y" : "none";
  }

  #showsWhole(): boolean {
    const { whole, window } = this.#state;
    return window.value.from <= whole.from && window.value.to >= whole.to;
  }

  #down(event: PointerEvent): void {
    const [x, y] = placeIn(this.#timeline.stage, event);
    this.#timeline.stage.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, { x, y });
    if (this.#fingers.size > 1) {
      this.#drag = undefined;
      return;
    }
    const kind = this.#dragKind(event);
    const window = this.#state.window.value;
    this.#drag = { kind, x, y, window, isMoved: false };
    if (event.button === 1) event.preventDefault();
  }

  #dragKind(event: PointerEvent): Drag["kind"] {
    if (event.pointerType === "touch") {
      return this.#showsWhole() ? "scrub" : "move";
    }
    return event.shiftKey || event.button === 1 ? "move" : "rectangle";
  }

  #move(event: PointerEvent): void {
    const [x, y] = placeIn(this.#timeline.stage, event);
    if (this.#fingers.size > 1) return this.#pinch(event.pointerId, { x, y });
    const drag = this.#drag;
    if (!drag) {
      this.#hover = event;
      this.#describe();
      return;
    }
    drag.isMoved ||= Math.hypot(x - drag.x, y - drag.y) >= LEAST_DRAG;
    if (!drag.isMoved) return;
    hideTooltip();
    if (drag.kind === "rectangle") {
      this.#timeline.showDragged(rectangle(drag, x, y));
    } else if (drag.kind === "move") this.#moveBy(drag, x, y);
    else this.#goTo(x);
  }

  #up(event: PointerEvent): void {
    const drag = this.#drag;
    this.#fingers.delete(event.pointerId);
    this.#drag = undefined;
    this.#timeline.showDragged(undefined);
    if (!drag) return;
    const [x, y] = placeIn(this.#timeline.stage, event);
    if (!drag.isMoved) this.#click(event, x, y);
    else if (drag.kind === "rectangle") this.#zoomTo(rectangle(drag, x, y));
  }

  #cancel(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    this.#drag = undefined;
    this.#timeline.showDragged(undefined);
  }

  /** A finger leaves as soon as it is lifted: what it pointed at stays shown. */
  #leave(event: PointerEvent): void {
    this.#hover = undefined;
    if (event.pointerType !== "touch") hideTooltip();
  }

  #click(event: PointerEvent, x: number, y: number): void {
    const { view, layout, projection } = this.#timeline;
    const flag = flagAt(view, x, y, layout, projection);
    if (flag) this.#state.goTo(momentOf(view, flag));
    else this.#goToPoint(x, y);
    describePoint(this.#timeline, event);
  }

  #goToPoint(x: number, y: number): void {
    const { view } = this.#timeline;
    const point = pointAt(this.#timeline, x, y);
    if (!point) return;
    this.#state.goTo(point.calls);
    view.selected.set(point.block?.address);
  }

  #goTo(x: number): void {
    const { projection, view } = this.#timeline;
    const calls = Math.floor(projection.moment(x));
    this.#state.goTo(Math.min(calls, view.run.data.length));
  }

  #moveBy({ window, x: fromX, y: fromY }: Drag, x: number, y: number): void {
    const { momentWidth, byteHeight } = this.#timeline.projection;
    this.#state.show(
      moveWindow(window, (fromX - x) / momentWidth, (y - fromY) / byteHeight),
    );
  }

  /** What is as good as a line, or lies beside the heap, zooms one axis only. */
  #zoomTo({ left, top, width, height }: Area): void {
    const { projection, layout } = this.#timeline;
    const window = this.#state.window.value;
    const highest = Math.max(top, layout.heap.top);
    const lowest = top + height;
    const isFlat = lowest - highest < 2 * LEAST_DRAG;
    const isNarrow = width < 2 * LEAST_DRAG;
    this.#state.show({
      from: isNarrow ? window.from : projection.moment(left),
      to: isNarrow ? window.to : projection.moment(left + width),
      low: isFlat ? window.low : projection.offset(lowest),
      high: isFlat ? window.high : projection.offset(highest),
    });
  }

  /** Where there is nothing to zoom, the wheel scrolls the page. */
  #wheel(event: WheelEvent): void {
    const point = placeIn(this.#timeline.stage, event);
    const { layout, projection } = this.#timeline;
    const window = this.#state.window.value;
    this.#state.show(turned(window, event, point, layout, projection));
    if (this.#state.window.value !== window) event.preventDefault();
  }

  #pinch(moved: number, to: Finger): void {
    const from = this.#fingers.get(moved);
    const other = [...this.#fingers].find(([id]) => id !== moved)?.[1];
    if (!from || !other) return;
    hideTooltip();
    this.#fingers.set(moved, to);
    const { heap } = this.#timeline.layout;
    const window = this.#state.window.value;
    this.#state.show(pinched(window, { from, to, other }, heap));
  }
}

function momentOf({ run }: RunView, { kind, index }: Flag): number {
  const { growths, marks } = run.data;
  return kind === "growth" ? growths[index]!.call + 1 : marks[index]!.after;
}

function rectangle(from: Finger, x: number, y: number): Area {
  return {
    left: Math.min(from.x, x),
    top: Math.min(from.y, y),
    width: Math.abs(x - from.x),
    height: Math.abs(y - from.y),
  };
}
