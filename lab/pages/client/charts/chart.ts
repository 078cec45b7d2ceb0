/// <reference lib="dom" />
import uPlot from "uplot";
import { formatCount } from "../../../words.ts";
import { lastAtMost } from "../../timeline/address_scale.ts";
import { colours } from "../canvas/colours.ts";
import { element } from "../dom.ts";
import { onceSeen } from "../state/frame.ts";
import type { RunView } from "../state/run_view.ts";
import { type ChartSource, decimate } from "./decimate.ts";

/** A value holds until the next one. */
const STEPPED = uPlot.paths.stepped?.({ align: 1 });
const HEIGHT = 190;
const AXIS_SIZE = 62;
const FILL_OPACITY = "26"; // of 255, in hexadecimal

/** What a chart shows. */
export interface ChartKind {
  /** What it is called. */
  readonly name: string;
  /** The lines, each with the place of its colour. */
  readonly lines: readonly { readonly name: string; readonly colour: number }[];
  /** Its points. */
  readonly source: ChartSource;
  /** The steps that its scale may have. */
  readonly steps: number[];
  /** How a value is written. */
  format(value: number): string;
}

/** A chart over the calls, that follows the timeline and the current moment. */
export class Chart {
  readonly #view: RunView;
  readonly #kind: ChartKind;
  readonly #place: HTMLElement;
  readonly #plot: uPlot;
  readonly #cursor = element("div", { class: "moment" });

  /**
   * @param place The element that it stands in.
   * @param view The run.
   * @param kind What it shows.
   */
  constructor(place: HTMLElement, view: RunView, kind: ChartKind) {
    this.#view = view;
    this.#kind = kind;
    this.#place = place;
    place.append(element("h4", {}, kind.name));
    const data = this.#data() as uPlot.AlignedData;
    this.#plot = new uPlot(this.#options(), data, place);
    this.#plot.over.append(this.#cursor);
    this.#follow();
    this.#showWindow();
  }

  #follow(): void {
    const { state } = this.#view;
    const show = onceSeen(this.#place, () => this.#showWindow());
    state.window.follow(show);
    state.calls.follow(
      onceSeen(this.#place, () => this.#showMoment()),
    );
    colours.follow(
      onceSeen(this.#place, () => this.#plot.redraw(true)),
    );
    new ResizeObserver(() => {
      this.#plot.setSize({ width: this.#place.clientWidth, height: HEIGHT });
      show();
    }).observe(this.#place);
    this.#plot.over.addEventListener("click", (event) => {
      state.goTo(Math.floor(this.#plot.posToVal(event.offsetX, "x")));
    });
  }

  #showWindow(): void {
    const { from, to } = this.#view.state.window.value;
    this.#plot.batch(() => {
      this.#plot.setData(this.#data() as uPlot.AlignedData, false);
      this.#plot.setScale("x", { min: from, max: to });
    });
    this.#showMoment();
  }

  #showMoment(): void {
    const { calls } = this.#view.moment;
    const left = this.#plot.valToPos(calls, "x");
    this.#cursor.style.transform = `translateX(${left}px)`;
  }

  /** The points that can be seen, and one more at each side. */
  #data() {
    const { source } = this.#kind;
    const { from, to } = this.#view.state.window.value;
    const placeOf = (calls: number) =>
      lastAtMost(source.length, calls, (at) => source.callsAt(at));
    const first = Math.max(placeOf(from), 0);
    const end = Math.min(placeOf(to) + 2, source.length);
    return decimate(source, first, end, Math.max(this.#place.clientWidth, 300));
  }

  #options(): uPlot.Options {
    const { lines, steps, format } = this.#kind;
    return {
      width: Math.max(this.#place.clientWidth, 100),
      height: HEIGHT,
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: false, auto: false }, y: { range: rangeFromZero } },
      axes: [
        { ...axis(), size: 26, values: (_, ticks) => ticks.map(formatCount) },
        {
          ...axis(),
          size: AXIS_SIZE,
          incrs: steps,
          values: (_, ticks) => ticks.map((tick) => format(tick)),
        },
      ],
      series: [
        { label: "Calls", value: (_, value) => count(value) },
        ...lines.map(({ name, colour }): uPlot.Series => ({
          label: name,
          width: 1.5,
          points: { show: false },
          ...(STEPPED && { paths: STEPPED }),
          stroke: () => colours.value.series[colour]!,
          fill: () => colours.value.series[colour]! + FILL_OPACITY,
          value: (_, value) => value === null ? "–" : format(value),
        })),
      ],
    };
  }
}

function axis(): uPlot.Axis {
  return {
    stroke: () => colours.value.muted,
    grid: { stroke: () => colours.value.line, width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
}

/** All values are at least 0, and 0 is always shown. */
function rangeFromZero(
  _plot: uPlot,
  _least: number,
  most: number | null,
): [number, number] {
  return [0, most === null || most <= 0 ? 1 : most * 1.08];
}

function count(value: number | null): string {
  return value === null ? "–" : formatCount(value);
}
