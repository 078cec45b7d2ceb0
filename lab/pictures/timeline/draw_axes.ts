import type { Element } from "xast";
import { x as element } from "xastscript";
import { pixels, textAt } from "../svg/document.ts";
import { byteTicks, callTicks } from "../svg/scale_linear.ts";
import { formatBytes, formatCount } from "../../words.ts";
import type { ScalePiece } from "./address_scale.ts";
import type { Plot } from "./plot.ts";

const TICK = 4; // pixels
const CALLS_APART = 90; // pixels between ticks, at least
const BYTES_APART = 36; // pixels between ticks, at least
const NEAREST = 13; // pixels between labels of neighbouring pieces

/** Draws the lines that lead from the ticks through the heap. */
export function drawGrid(plot: Plot): Element[] {
  const { left, right } = plot.frame;
  const lines = addressTicks(plot).map(({ top }) =>
    `M${left} ${pixels(top)}H${right}`
  );
  return lines.length === 0
    ? []
    : [element("path", { class: "grid", d: lines.join("") })];
}

/** Draws both axes with their ticks. */
export function drawAxes(plot: Plot): Element[] {
  const { left, right, heapTop, heapBottom, mappingsTop, mappingsBottom } =
    plot.frame;
  const band = (mappingsTop + mappingsBottom) / 2 + 4;
  const ticks = addressTicks(plot);
  const marks = ticks.map(({ top }) => `M${left} ${pixels(top)}h${-TICK}`);
  const axes = `M${left} ${heapTop}V${heapBottom}H${right}`;
  return [
    element("path", { class: "axis", d: axes + marks.join("") }),
    ...ticks.map(({ top, name }) =>
      textAt("quiet", left - TICK - 3, top + 4, name, "end")
    ),
    ...drawCallAxis(plot),
    ...(mappingsBottom - mappingsTop < NEAREST
      ? []
      : [textAt("quiet", left - TICK - 3, band, "mappings", "end")]),
  ];
}

function drawCallAxis({ window, frame, x }: Plot): Element[] {
  const { left, right, heapBottom } = frame;
  const count = Math.max(2, Math.floor((right - left) / CALLS_APART));
  const caption = "calls made";
  const lower = heapBottom + TICK + 12;
  return [
    ...callTicks(window.from, window.to, count).flatMap((calls) => {
      const middle = pixels(x(calls + 0.5));
      return [
        element("path", {
          class: "axis",
          d: `M${middle} ${heapBottom}v${TICK}`,
        }),
        textAt("quiet", middle, lower, formatCount(calls), "middle"),
      ];
    }),
    textAt("quiet", (left + right) / 2, lower + 15, caption, "middle"),
  ];
}

interface AddressTick {
  /** How far from the heap's start it is. */
  readonly name: string;
  /** Pixels. */
  readonly top: number;
}

/** Ticks of every piece that is high enough for them, and none too close together. */
function addressTicks({ timeline, y }: Plot): AddressTick[] {
  const ticks: AddressTick[] = [];
  for (const piece of y.pieces.filter(({ isCut }) => !isCut)) {
    for (const tick of ticksOf(piece, timeline.start)) {
      const last = ticks.at(-1);
      if (!last || last.top - tick.top >= NEAREST) ticks.push(tick);
    }
  }
  return ticks;
}

function ticksOf(piece: ScalePiece, start: number): AddressTick[] {
  const { bottom, top } = piece;
  const first = Math.max(0, piece.start - start); // the break may not be aligned
  const last = piece.end - start;
  const count = Math.max(1, Math.floor((bottom - top) / BYTES_APART));
  const offsets = new Set([first, ...byteTicks(first, last, count)]);
  return [...offsets].map((offset) => ({
    name: nameOffset(offset, first > 0),
    top: bottom - (offset - first) / (last - first) * (bottom - top),
  }));
}

/** An offset; past memory of others it is not a round number, and must be exact. */
function nameOffset(offset: number, isBehindOthers: boolean): string {
  if (offset === 0) return "HeapStart";
  return isBehindOthers
    ? `+0x${offset.toString(16)}`
    : `+${formatBytes(offset)}`;
}
