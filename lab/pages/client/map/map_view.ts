/// <reference lib="dom" />
import { formatBytes, formatNumberOf } from "../../../words.ts";
import type { RunBlock } from "../../../runs/heap_moment.ts";
import { initialiseBlockKeys } from "../block_keys.ts";
import { colours } from "../canvas/colours.ts";
import { prepareSurface } from "../canvas/surface.ts";
import { find, setText } from "../dom.ts";
import { blockIndexAt } from "../state/block_lookup.ts";
import { onceSeen } from "../state/frame.ts";
import type { RunView } from "../state/run_view.ts";
import { placeIn } from "../timeline/timeline_point.ts";
import { hideTooltip, showBlock } from "../tooltip.ts";
import { blockSentence } from "../words.ts";
import { drawFrame, drawMap } from "./draw_map.ts";
import {
  layOutMap,
  type MapLayout,
  offsetAt,
  positionOf,
  type TapePlace,
} from "./map_layout.ts";

const NOTHING_SELECTED = "Point at a block, or tap it, to see what it is.";

/** The map of a heap at the moment that is looked at, to scale. */
export class MapView {
  readonly #view: RunView;
  readonly #panel: HTMLElement;
  readonly #stage: HTMLElement;
  readonly #canvas: HTMLCanvasElement;

  /**
   * @param panel The part of the page that it stands in.
   * @param view The run.
   */
  constructor(panel: HTMLElement, view: RunView) {
    this.#view = view;
    this.#panel = panel;
    this.#stage = find(panel, ".stage");
    this.#canvas = find<HTMLCanvasElement>(panel, "canvas");
    this.#follow();
    this.#listen();
    this.#paint();
  }

  #follow(): void {
    const draw = onceSeen(this.#panel, () => this.#paint());
    const { state, selected } = this.#view;
    state.calls.follow(draw);
    state.window.follow(draw);
    selected.follow(draw);
    colours.follow(draw);
    new ResizeObserver(draw).observe(this.#stage);
  }

  #listen(): void {
    const stage = this.#stage;
    stage.addEventListener("pointermove", (event) => this.#describe(event));
    stage.addEventListener("pointerleave", hideTooltip);
    stage.addEventListener("click", (event) => {
      this.#view.selected.set(this.#blockAt(event)?.address);
      this.#describe(event);
    });
    initialiseBlockKeys({
      stage,
      view: this.#view,
      up: -1,
      placeOf: (block) => this.#placeOf(block),
    });
  }

  get #layout(): MapLayout {
    const { footprint } = this.#view.run.scene;
    return layOutMap(
      {
        width: this.#stage.clientWidth,
        height: this.#stage.clientHeight,
        ratio: globalThis.devicePixelRatio || 1,
      },
      footprint.heap,
      footprint.mappings,
      this.#view.state.window.value,
    );
  }

  #paint(): void {
    const surface = prepareSurface(this.#canvas);
    const layout = this.#layout;
    drawMap(surface, this.#view, layout, colours.value);
    const { moment, selected } = this.#view;
    const last = this.#blockOf(moment.lastBlock || undefined);
    const chosen = this.#blockOf(selected.value);
    const { current, selection } = colours.value;
    const frames = [[last, current], [chosen, selection]] as const;
    for (const [block, colour] of frames) {
      if (block) drawFrame(surface, block, tapeOfBlock(layout, block), colour);
    }
    this.#describeMap(layout);
    setText(
      find(this.#panel, "[data-selected]"),
      chosen ? blockSentence(this.#view.run, chosen) : NOTHING_SELECTED,
    );
  }

  #describeMap({ heap }: MapLayout): void {
    const perRow = Math.round(heap.columns * heap.bytesPerPixel);
    const calls = formatNumberOf(this.#view.moment.calls, "call");
    setText(
      find(this.#panel, "[data-note]"),
      `after ${calls}; a row is ${formatBytes(perRow)}`,
    );
  }

  /** Below the first row in which a block is drawn. */
  #placeOf(block: RunBlock): readonly [number, number] {
    const tape = tapeOfBlock(this.#layout, block);
    const offset = tape.scale.offsetOf(block.address);
    const ratio = globalThis.devicePixelRatio || 1;
    const { row, x } = positionOf(tape, offset, ratio);
    return [x, tape.area.top + row * tape.pitch + tape.height];
  }

  #blockOf(address: number | undefined): RunBlock | undefined {
    const { moment } = this.#view;
    const index = blockIndexAt(moment, address ?? -1);
    return index < 0 ? undefined : moment.block(index);
  }

  #blockAt(event: MouseEvent): RunBlock | undefined {
    const [x, y] = placeIn(this.#stage, event);
    const ratio = globalThis.devicePixelRatio || 1;
    for (const tape of Object.values(this.#layout)) {
      const offset = tape && offsetAt(tape, x, y, ratio);
      if (offset === undefined) continue;
      return this.#blockOf(tape.scale.addressAt(offset));
    }
    return undefined;
  }

  #describe(event: MouseEvent): void {
    const block = this.#blockAt(event);
    if (!block) return hideTooltip();
    showBlock(this.#view.run, block, event.clientX, event.clientY);
  }
}

function tapeOfBlock(
  { heap, mappings }: MapLayout,
  { status }: RunBlock,
): TapePlace {
  return status === "mapped" && mappings ? mappings : heap;
}
