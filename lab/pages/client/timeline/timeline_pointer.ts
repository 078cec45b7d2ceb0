/// <reference lib="dom" />
import {
  moveWindow,
  type TimelineWindow,
  zoomWindow,
} from "../../timeline/timeline_window.ts";
import { type Area, isIn } from "../canvas/surface.ts";
import { oncePerFrame } from "../state/frame.ts";
import { hideTooltip } from "../tooltip.ts";
import { flagAt } from "./draw_flags.ts";
import { TimelineProjection } from "./timeline_layout.ts";
import { describePoint, placeIn, pointAt } from "./timeline_point.ts";
import type { TimelineView } from "./timeline_view.ts";

/** A pointer that moves less than this is a click. */
const LEAST_DRAG = 4;
const WHEEL_SPEED = 0.0016;
/** Fingers closer than this along an axis do not zoom that axis. */
const LEAST_SPREAD = 24;

interface Finger {
  readonly x: number;
  readonly y: number;
}

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
    if (flag) {
      const { growths, marks } = view.run.data;
      this.#state.goTo(
        flag.kind === "growth"
          ? growths[flag.index]!.call + 1
          : marks[flag.index]!.after,
      );
      describePoint(this.#timeline, event);
      return;
    }
    const point = pointAt(this.#timeline, x, y);
    if (!point) return;
    this.#state.goTo(point.calls);
    view.selected.set(point.block?.address);
    describePoint(this.#timeline, event);
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

  #zoomTo({ left, top, width, height }: Area): void {
    const { projection } = this.#timeline;
    const window = this.#state.window.value;
    const isFlat = height < 2 * LEAST_DRAG;
    const isNarrow = width < 2 * LEAST_DRAG;
    this.#state.show({
      from: isNarrow ? window.from : projection.moment(left),
      to: isNarrow ? window.to : projection.moment(left + width),
      low: isFlat ? window.low : projection.offset(top + height),
      high: isFlat ? window.high : projection.offset(top),
    });
  }

  #wheel(event: WheelEvent): void {
    const [x, y] = placeIn(this.#timeline.stage, event);
    const { layout, projection } = this.#timeline;
    const window = this.#state.window.value;
    if (event.shiftKey) {
      const delta = event.deltaX || event.deltaY;
      this.#state.show(moveWindow(window, delta / projection.momentWidth, 0));
    } else {
      const factor = Math.exp(event.deltaY * WHEEL_SPEED);
      const isOverHeap = isIn(layout.heap, x, y);
      this.#state.show(zoomWindow(
        window,
        {
          moments: isIn(layout.bytes, x, y) ? 1 : factor,
          bytes: isOverHeap || isIn(layout.bytes, x, y) ? factor : 1,
        },
        projection.moment(x),
        projection.offset(y),
      ));
    }
    if (this.#state.window.value !== window) event.preventDefault();
  }

  /** Two fingers: what was between them before is between them now. */
  #pinch(moved: number, to: Finger): void {
    const from = this.#fingers.get(moved);
    const other = [...this.#fingers].find(([id]) => id !== moved)?.[1];
    if (!from || !other) return;
    hideTooltip();
    this.#fingers.set(moved, to);
    const { projection } = this.#timeline;
    const window = this.#state.window.value;
    const centre = { x: (from.x + other.x) / 2, y: (from.y + other.y) / 2 };
    const zoomed = zoomWindow(
      window,
      {
        moments: spreadRatio(from.x - other.x, to.x - other.x),
        bytes: spreadRatio(from.y - other.y, to.y - other.y),
      },
      projection.moment(centre.x),
      projection.offset(centre.y),
    );
    const next = new TimelineProjection(zoomed, this.#timeline.layout.heap);
    this.#state.show(moveWindow(
      zoomed,
      (from.x - to.x) / 2 / next.momentWidth,
      (to.y - from.y) / 2 / next.byteHeight,
    ));
  }
}

function spreadRatio(before: number, after: number): number {
  const isApart = Math.abs(before) >= LEAST_SPREAD &&
    Math.abs(after) >= LEAST_SPREAD;
  return isApart ? Math.abs(before / after) : 1;
}

function rectangle(from: Finger, x: number, y: number): Area {
  return {
    left: Math.min(from.x, x),
    top: Math.min(from.y, y),
    width: Math.abs(x - from.x),
    height: Math.abs(y - from.y),
  };
}
