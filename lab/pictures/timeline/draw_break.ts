import type { Element } from "xast";
import { x as element } from "xastscript";
import { formatBytes } from "../../words.ts";
import { pixels, rectangle, textAt } from "../svg/document.ts";
import { type BreakStep, stepsOf } from "./break_steps.ts";
import type { Plot } from "./plot.ts";

/** Draws the memory below the break, all of it free, for the blocks to lie on. */
export function drawGround(plot: Plot): Element[] {
  const { timeline, segments, frame, y } = plot;
  let next = 0; // raises, like segments, are in address order
  return segments.map(({ start, end }) => {
    const first = next;
    while (next < timeline.raises.length && timeline.raises[next]!.to <= end) {
      next++;
    }
    const raises = timeline.raises.slice(first, next);
    const outline = outlineOf(stepsOf(raises, raises[0]?.from ?? end, plot));
    const bottom = pixels(y.at(start + 1));
    const d = `M${frame.left} ${bottom}${outline}H${frame.right}V${bottom}Z`;
    return element("path", { class: "free", d });
  });
}

/** Draws the break as a line of steps. */
export function drawBreak(plot: Plot): Element[] {
  const { timeline: { raises }, segments, frame } = plot;
  const end = segments.at(-1)?.end;
  if (end === undefined) return [];
  const before = raises[0]?.from ?? end;
  const steps = stepsOf(raises, before, plot);
  const start = `M${frame.left} ${pixels(steps[0]!.top)}`;
  const d = `${start}${outlineOf(steps.slice(1))}H${frame.right}`;
  return [element("path", { class: "break", d })];
}

/** Draws what is not to scale: memory of others, and memory that was never used. */
export function drawCuts({ frame, y }: Plot): Element[] {
  const { left, right, heapTop, heapBottom } = frame;
  if (y.pieces.length === 0) {
    const text = "the program break was never raised";
    const [middle, baseline] = [(left + right) / 2, (heapTop + heapBottom) / 2];
    return [textAt("quiet", middle, baseline, text, "middle")];
  }
  return y.pieces.flatMap(({ isCut, start, end, top, bottom }, index) => {
    const below = y.pieces[index - 1];
    if (isCut) {
      const text = `${formatBytes(end - start)} more, never used: not to scale`;
      const baseline = (top + bottom) / 2 + 4;
      return [
        element("path", { class: "cut", d: tear(left, right, bottom) }),
        textAt("quiet", (left + right) / 2, baseline, text, "middle"),
      ];
    }
    if (!below || below.end === start) return [];
    const tooltip = `${formatBytes(start - below.end)} of memory of others`;
    return [
      rectangle("gap", left, bottom, right - left, below.top - bottom, tooltip),
    ];
  });
}

function outlineOf(steps: readonly BreakStep[]): string {
  return steps.map(({ left, top }) => `H${pixels(left)}V${pixels(top)}`)
    .join("");
}

const TOOTH = 6; // pixels

/** A torn edge. */
function tear(left: number, right: number, bottom: number): string {
  const teeth = Math.floor((right - left) / (2 * TOOTH));
  return `M${left} ${pixels(bottom)}${`l${TOOTH} -4l${TOOTH} 4`.repeat(teeth)}`;
}
