import type { Element } from "xast";
import { x as element } from "xastscript";
import { pixels } from "../svg/document.ts";
import { formatBytes } from "../units.ts";
import { rectangle, textAt } from "../svg/document.ts";
import { type BreakStep, stepsOf } from "./break_steps.ts";
import type { Plot } from "./plot.ts";
import type { Segment } from "./segments.ts";

/** Draws the memory below the break, all of it free, for the blocks to lie on. */
export function drawGround(plot: Plot): Element[] {
  const { timeline, frame, y } = plot;
  return timeline.segments.filter((segment) => isShown(segment, plot)).map(
    (segment) => {
      const bottom = pixels(y.at(segment.start + 1));
      const raises = timeline.raises.filter(({ from, to }) =>
        from >= segment.start && to <= segment.end
      );
      const before = raises[0]?.from ?? segment.end;
      const outline = outlineOf(stepsOf(raises, before, plot));
      const d = `M${frame.left} ${bottom}${outline}H${frame.right}V${bottom}Z`;
      return element("path", { class: "free", d });
    },
  );
}

/** Draws the break as a line of steps. */
export function drawBreak(plot: Plot): Element[] {
  const { timeline: { raises, segments }, frame } = plot;
  const before = raises[0]?.from ?? segments.at(-1)?.end;
  if (before === undefined) return [];
  const steps = stepsOf(raises, before, plot);
  const start = `M${frame.left} ${pixels(steps[0]!.top)}`;
  const d = `${start}${outlineOf(steps.slice(1))}H${frame.right}`;
  return [element("path", { class: "break", d })];
}

/** Draws what is not to scale: memory of others, and memory that was never used. */
export function drawCuts({ frame, y }: Plot): Element[] {
  const { left, right } = frame;
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

/** Whether a segment was there in the window. */
function isShown({ start, end }: Segment, { timeline, window }: Plot): boolean {
  const first = timeline.raises.find(({ from, to }) =>
    from >= start && to <= end
  );
  return first === undefined || first.from > start ||
    first.after <= window.to;
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
