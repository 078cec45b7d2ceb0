/// <reference lib="dom" />
import { colours } from "../canvas/colours.ts";
import {
  type Area,
  clipped,
  prepareSurface,
  type Surface,
} from "../canvas/surface.ts";
import { formatBytes, formatCount } from "../../../words.ts";
import { find, setText } from "../dom.ts";
import { oncePerFrame } from "../state/frame.ts";
import type { RunView } from "../state/run_view.ts";
import { drawAxes } from "./draw_axes.ts";
import { drawBreak, fillFootprint } from "./draw_break.ts";
import { drawFlags } from "./draw_flags.ts";
import { drawOutlines } from "./draw_outlines.ts";
import { drawOverlay } from "./draw_overlay.ts";
import { LivesPicture } from "./lives_picture.ts";
import {
  layOutTimeline,
  type TimelineLayout,
  TimelineProjection,
} from "./timeline_layout.ts";

/**
 * The timeline of a run: addresses upward, calls to the right, one rectangle for
 * each life of a block. What changes with every step lies on a canvas of its own,
 * above the one with the blocks.
 */
export class TimelineView {
  /** The run. */
  readonly view: RunView;
  /** What both canvases lie on; it takes the pointer and the keys. */
  readonly stage: HTMLElement;
  readonly #note: HTMLElement;
  readonly #base: HTMLCanvasElement;
  readonly #overlay: HTMLCanvasElement;
  readonly #heapPicture = new LivesPicture();
  readonly #mappingsPicture = new LivesPicture();
  readonly #drawBase: () => void;
  readonly #drawOverlay: () => void;
  #dragged: Area | undefined;

  /**
   * @param panel The part of the page that it stands in.
   * @param view The run.
   */
  constructor(panel: HTMLElement, view: RunView) {
    this.view = view;
    this.stage = find(panel, ".stage");
    this.#note = find(panel, "[data-note]");
    this.#base = find<HTMLCanvasElement>(panel, "[data-layer=base]");
    this.#overlay = find<HTMLCanvasElement>(panel, "[data-layer=overlay]");
    this.#drawBase = oncePerFrame(() => this.#paintBase());
    this.#drawOverlay = oncePerFrame(() => this.#paintOverlay());
    this.#follow();
    this.#paintBase();
    this.#paintOverlay();
    find(panel, ".overview").remove();
  }

  /** Where its parts lie. */
  get layout(): TimelineLayout {
    const { clientWidth, clientHeight } = this.stage;
    const { length } = this.view.run.scene.lives.mappings;
    return layOutTimeline(clientWidth, clientHeight, length > 0);
  }

  /** How moments and offsets become pixels. */
  get projection(): TimelineProjection {
    return new TimelineProjection(
      this.view.state.window.value,
      this.layout.heap,
    );
  }

  /** Shows a rectangle that is being dragged; `undefined` for none. */
  showDragged(area: Area | undefined): void {
    this.#dragged = area;
    this.#drawOverlay();
  }

  #follow(): void {
    const { state, selected } = this.view;
    const drawBoth = () => {
      this.#drawBase();
      this.#drawOverlay();
    };
    state.window.follow(drawBoth);
    colours.follow(drawBoth);
    state.calls.follow(this.#drawOverlay);
    selected.follow(this.#drawOverlay);
    new ResizeObserver(drawBoth).observe(this.stage);
  }

  /** Says what part of the run is shown. */
  #describeWindow(): void {
    const { from, to, low, high } = this.view.state.window.value;
    const last = Math.min(Math.ceil(to) - 1, this.view.state.mostCalls);
    setText(
      this.#note,
      `calls ${formatCount(Math.floor(from))} to ${formatCount(last)}, ` +
        `${formatBytes(Math.round(low))} to ${formatBytes(Math.round(high))}`,
    );
  }

  #paintBase(): void {
    this.#describeWindow();
    const surface = prepareSurface(this.#base);
    const { layout, projection } = this;
    const { scene } = this.view.run;
    const window = this.view.state.window.value;
    clipped(
      surface,
      layout.heap,
      () => this.#paintHeap(surface, layout, projection),
    );
    this.#paintMappings(surface, layout);
    drawFlags(surface, this.view, layout, window, projection, colours.value);
    drawAxes(surface, scene, layout, window, projection, colours.value);
  }

  #paintHeap(
    surface: Surface,
    { heap }: TimelineLayout,
    projection: TimelineProjection,
  ): void {
    const { lives, footprint } = this.view.run.scene;
    const window = this.view.state.window.value;
    const theme = colours.value;
    const steps = footprint.breakSteps;
    fillFootprint(surface, steps, window, projection, heap, theme);
    this.#heapPicture.paint(
      surface,
      heap,
      lives.heap,
      window,
      theme.allocated,
    );
    drawOutlines(surface, this.view, lives.heap, window, projection, theme);
    drawBreak(surface, steps, window, projection, heap, theme);
  }

  /** Mappings have a scale of their own: they would make the heap too small. */
  #paintMappings(surface: Surface, { mappings }: TimelineLayout): void {
    if (mappings.height === 0) return;
    const { lives, footprint } = this.view.run.scene;
    const { from, to } = this.view.state.window.value;
    this.#mappingsPicture.paint(
      surface,
      mappings,
      lives.mappings,
      { from, to, low: 0, high: footprint.mappings.length },
      colours.value.mapping,
    );
  }

  #paintOverlay(): void {
    drawOverlay(
      prepareSurface(this.#overlay),
      this.view,
      this.layout,
      this.projection,
      this.#dragged,
      colours.value,
    );
  }
}
